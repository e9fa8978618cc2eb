package dev.freehold.teaching.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.teaching.ScriptedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExaminationTest {

  @TempDir private Path folder;
  private int sittings;

  private static List<ExamItem> items() {
    List<ExamItem> items = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      for (ExamItem.Group group : ExamItem.Group.values()) {
        items.add(
            new ExamItem(
                group.word() + i,
                group,
                "What is " + group.word() + " " + i + "?",
                List.of("right " + i, "wrong 1", "wrong 2", "wrong 3"),
                0,
                List.of()));
      }
    }
    return items;
  }

  private Examined sit(ScriptedModel base, ScriptedModel adapter) {
    Map<Column, dev.freehold.chat.ChatModel> columns = new EnumMap<>(Column.class);
    columns.put(Column.BASE, base);
    columns.put(Column.ADAPTER, adapter);
    columns.put(Column.BASE_DOCUMENTS, base);
    columns.put(Column.ADAPTER_DOCUMENTS, adapter);
    return new Examination(Paper.of(items()), columns, new ExamSettings(6, 3, 8, 2), (_, _) -> {})
        .sit(folder.resolve("replies.jsonl"));
  }

  @Test
  void anAdapterThatLearnedAndForgotNothingHoldsAllGates() {
    ScriptedModel base =
        ScriptedModel.knowing(
            "base", (prompt, option) -> option.startsWith("right") && prompt.contains("known"));
    ScriptedModel adapter =
        ScriptedModel.knowing(
            "base",
            (prompt, option) ->
                option.startsWith("right")
                    && (prompt.contains("known") || prompt.contains("taught")));
    Examined examined = sit(base, adapter);
    assertThat(examined.gates()).extracting(Gate::outcome).containsOnly(Gate.Outcome.HELD);
    assertThat(examined.held()).isTrue();
    assertThat(examined.standing(ExamItem.Group.TAUGHT, Column.ADAPTER).orElseThrow().accuracy())
        .isEqualTo(1);
    assertThat(examined.standing(ExamItem.Group.TAUGHT, Column.BASE).orElseThrow().right())
        .isZero();
    assertThat(
            examined.standing(ExamItem.Group.TAUGHT, Column.BASE_DOCUMENTS).orElseThrow().asked())
        .isEqualTo(6);
    assertThat(examined.adapterBesideDocuments().orElseThrow().difference()).isEqualTo(1);
    assertThat(examined.agreement()).isCloseTo(1, within(1e-9));
    assertThat(ExaminedJson.read(ExaminedJson.write(examined).getBytes(StandardCharsets.UTF_8)))
        .usingRecursiveComparison()
        .isEqualTo(examined);
  }

  private Examined sit(List<HeldAnswer> held, ScriptedModel base, ScriptedModel adapter) {
    Map<Column, dev.freehold.chat.ChatModel> columns = new EnumMap<>(Column.class);
    columns.put(Column.BASE, base);
    columns.put(Column.ADAPTER, adapter);
    Examined examined =
        new Examination(
                new Paper(CommonGround.questions(), held),
                columns,
                new ExamSettings(6, 3, 8, 2),
                (_, _) -> {})
            .sit(folder.resolve("replies-%d.jsonl".formatted(sittings++)));
    byte[] written = ExaminedJson.write(examined).getBytes(StandardCharsets.UTF_8);
    assertThat(ExaminedJson.read(written).heldOut()).isEqualTo(examined.heldOut());
    assertThat(ExaminedJson.read(written).gates()).isEqualTo(examined.gates());
    return examined;
  }

  private static List<HeldAnswer> held(int answers, boolean pairs) {
    List<HeldAnswer> held = new ArrayList<>();
    for (int i = 0; i < answers; i++) {
      held.add(
          new HeldAnswer(
              "held-out/" + i,
              "conversation " + i,
              new Prompt.Conversation(List.of(new Message.User("Mail " + i))),
              "Kind regards " + "and thanks ".repeat(i % 3),
              pairs ? Optional.of("Cheers!") : Optional.empty()));
    }
    return held;
  }

  private static boolean capital(String prompt, String option) {
    return prompt.contains("capital");
  }

  @Test
  void answersThatWereHeldOutShowThatOthersLikeThemWereLearned() {
    ScriptedModel base = ScriptedModel.knowing("base", ExaminationTest::capital);
    ScriptedModel adapter =
        ScriptedModel.knowing(
            "base", (prompt, option) -> capital(prompt, option) || prompt.contains("Mail"));
    Examined learned = sit(held(12, false), base, adapter);
    assertThat(learned.held()).isTrue();
    assertThat(learned.gates()).extracting(Gate::name).startsWith("answers");
    HeldOut.Answers answers = (HeldOut.Answers) learned.heldOut().orElseThrow();
    assertThat(answers.surprise().difference()).isCloseTo(-0.9, within(1e-9));
    assertThat(answers.surprise().conversations()).isEqualTo(12);
    assertThat(answers.words().cases()).isEqualTo(3);
  }

  @Test
  void anAdapterThatLearnedNothingOfConversationsIsHeldBackAndSoIsOneOfWhichNothingCanBeAsked() {
    ScriptedModel base = ScriptedModel.knowing("base", ExaminationTest::capital);
    Examined same = sit(held(12, false), base, base);
    assertThat(same.held()).isFalse();
    assertThat(same.gates().getFirst().outcome()).isEqualTo(Gate.Outcome.MISSED);
    Examined few = sit(held(4, false), base, base);
    assertThat(few.gates().getFirst().outcome()).isEqualTo(Gate.Outcome.NOT_MEASURED);
    assertThat(few.held()).isFalse();
    assertThat(sit(List.of(), base, base).learned()).isFalse();
  }

  @Test
  void pairsThatWereHeldOutShowWhichAnswerIsPreferred() {
    ScriptedModel base =
        ScriptedModel.knowing(
            "base", (prompt, option) -> capital(prompt, option) || option.startsWith("Cheers"));
    ScriptedModel adapter =
        ScriptedModel.knowing(
            "base", (prompt, option) -> capital(prompt, option) || option.startsWith("Kind"));
    Examined learned = sit(held(12, true), base, adapter);
    assertThat(learned.held()).isTrue();
    HeldOut.Pairs pairs = (HeldOut.Pairs) learned.heldOut().orElseThrow();
    assertThat(pairs.likelier().before()).isZero();
    assertThat(pairs.likelier().after()).isEqualTo(1);
    assertThat(pairs.margin().low()).isPositive();
    assertThat(sit(held(12, true), adapter, base).held()).isFalse();
  }

  @Test
  void anAdapterThatForgotOrSaysEverywhereTheSameIsHeldBack() {
    ScriptedModel base =
        ScriptedModel.knowing(
            "base", (prompt, option) -> option.startsWith("right") && prompt.contains("known"));
    ScriptedModel forgetful =
        ScriptedModel.knowing(
                "other words",
                (prompt, option) -> option.startsWith("right") && !prompt.contains("known 3"))
            .surprised(1.2);
    Examined examined = sit(base, forgetful);
    assertThat(examined.held()).isFalse();
    assertThat(examined.gates())
        .filteredOn(gate -> gate.outcome() == Gate.Outcome.MISSED)
        .extracting(Gate::name)
        .containsExactly("control", "retention", "perplexity");
    assertThat(examined.retention()).isCloseTo(0.9, within(1e-9));
    assertThat(examined.agreement()).isLessThan(0.5);
  }

  @Test
  void anExamThatWasKilledAsksOnlyWhatWasNotAnswered() throws IOException {
    ScriptedModel base = ScriptedModel.knowing("base", (_, option) -> option.startsWith("right"));
    ScriptedModel adapter =
        ScriptedModel.knowing("base", (_, option) -> option.startsWith("right"));
    Examined whole = sit(base, adapter);
    int asked = base.askings() + adapter.askings();
    Path journal = folder.resolve("replies.jsonl");
    List<String> lines = Files.readAllLines(journal);
    Files.write(journal, lines.subList(0, 20));
    Files.writeString(journal, "{\"column\":\"BASE\",\"it", StandardOpenOption.APPEND);
    ScriptedModel again = ScriptedModel.knowing("base", (_, option) -> option.startsWith("right"));
    Examined continued = sit(again, again);
    assertThat(continued).usingRecursiveComparison().isEqualTo(whole);
    int forgetting = asked - lines.size();
    assertThat(again.askings()).isEqualTo(lines.size() - 20 + forgetting);
  }

  @Test
  void anExamsFileTakesWrongOptionsFromItsOwnGroup() {
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      file.append(
          "{\"question\":\"T%d?\",\"answer\":\"t%d\",\"group\":\"taught\"}\n".formatted(i, i));
      file.append(
          "{\"question\":\"C%d?\",\"answer\":\"c%d\",\"group\":\"control\"}\n".formatted(i, i));
    }
    List<ExamItem> items =
        ExamFile.read(file.toString().getBytes(StandardCharsets.UTF_8), "e.jsonl");
    assertThat(items)
        .hasSize(10)
        .allSatisfy(item ->
            assertThat(item.options())
                .hasSize(4)
                .allMatch(option -> option.startsWith(item.answer().substring(0, 1))));
    assertThat(ExamFile.read(ExamFile.write(items), "again")).isEqualTo(items);
  }
}
