package dev.freehold.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Message;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What form an answer was asked for belongs to the case.
class FormatTest {

  private static final ResponseFormat SCHEMA =
      new ResponseFormat.JsonSchema("department", "{\"type\":\"object\"}");

  @TempDir Path folder;

  @Test
  void everyFormIsKeptInTheBenchmarksFileAndIsPartOfItsDigest() {
    List<ResponseFormat> forms =
        List.of(
            ResponseFormat.FREE,
            new ResponseFormat.JsonObject(),
            SCHEMA,
            new ResponseFormat.Regex("[A-Z]{2}\\d+"),
            new ResponseFormat.OneOf(List.of("yes", "no, \"never\"")),
            new ResponseFormat.Gbnf("root ::= \"a\" | \"b\"\n"));
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      cases.add(Case.of("c" + i, "Question " + i, "a").withFormat(forms.get(i)));
    }
    Benchmark benchmark = new Benchmark("forms", 1, new Grader.Exact(), cases);
    Path file = folder.resolve("forms.jsonl");
    BenchmarkFiles.write(benchmark, file);
    assertThat(BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain()).benchmark())
        .isEqualTo(benchmark);
    Benchmark without =
        new Benchmark(
            "forms",
            1,
            new Grader.Exact(),
            cases.stream().map(one -> one.withFormat(ResponseFormat.FREE)).toList());
    assertThat(without.digest()).isNotEqualTo(benchmark.digest());
  }

  @Test
  void rowsOfOthersStateItAsOpenAiDoesAndWhatIsNoneIsNamed() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(
        file,
        """
        {"question":"Which?","answer":"a","response_format":{"type":"json_schema","json_schema":{"name":"department","schema":{"type":"object"}}}}
        {"question":"What?","answer":"b"}
        """);
    BenchmarkFiles.Imported read = BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain());
    assertThat(read.notes()).isEmpty();
    assertThat(read.benchmark().cases())
        .extracting(Case::format)
        .containsExactly(SCHEMA, ResponseFormat.FREE);
    Files.writeString(
        file, "{\"question\":\"?\",\"answer\":\"b\",\"response_format\":{\"type\":\"xml\"}}");
    assertThatThrownBy(() -> BenchmarkFiles.read(file, BenchmarkFiles.Reading.plain()))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("xml");
    assertThatThrownBy(() -> Lines.readFormat("{\"type\":\"json_schema\",\"json_schema\":{}}"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("schema");
  }

  @Test
  void contestantsAreHeldToTheFormTheCaseWasAskedIn() {
    Set<ResponseFormat> seen = ConcurrentHashMap.newKeySet();
    List<Entrant> entrants = new ArrayList<>();
    for (String name : List.of("rented", "open")) {
      ScriptedModel model =
          new ScriptedModel(
              name,
              request -> {
                seen.add(request.format());
                return "{}";
              });
      entrants.add(new Entrant(Contestant.of(name, model, false, Price.FREE), model));
    }
    Benchmark benchmark =
        new Benchmark(
            "forms",
            1,
            new Grader.Exact(),
            List.of(Case.of("a", "Which?", "{}").withFormat(SCHEMA), Case.of("b", "What?", "{}")));
    Trial trial = new Trial(benchmark, ProofSettings.standard(0.1), entrants, Optional.empty(), 2);
    try (Journal journal = Journal.open(folder.resolve("journal"), trial.terms())) {
      trial.run(journal, new Grading(Instruments.none()), Labels.NONE, "test", _ -> {});
    }
    assertThat(seen).containsExactlyInAnyOrder(SCHEMA, ResponseFormat.FREE);
  }

  @Test
  void instructionsThatAllQuestionsShareDoNotMakeThemTheSame() {
    String instructions = "You sort mails. ".repeat(60);
    List<Exchange> exchanges = new ArrayList<>();
    List<String> questions =
        List.of(
            "Where is the parcel that left on Monday?",
            "I should like to pay in three instalments, please.",
            "I should like to pay in three instalments, please!");
    for (int i = 0; i < questions.size(); i++) {
      exchanges.add(
          new Exchange(
              "x" + i,
              "x" + i,
              List.of(new Message.System(instructions), new Message.User(questions.get(i))),
              SCHEMA,
              "{}",
              "rented",
              Instant.EPOCH.plusSeconds(i),
              Map.of()));
    }
    BenchmarkDraw.Drawn drawn =
        new BenchmarkDraw("mails", 10, List.of(), Instant.EPOCH, 0.8, 1)
            .draw(exchanges, new Grader.Exact());
    assertThat(drawn.near()).isEqualTo(1);
    assertThat(drawn.benchmark().cases()).hasSize(2).allMatch(one -> one.format().equals(SCHEMA));
  }
}
