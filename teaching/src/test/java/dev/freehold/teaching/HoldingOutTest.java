package dev.freehold.teaching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Message;
import dev.freehold.chat.ToolUse;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.lesson.Turn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldingOutTest {

  private static final HoldingOut<Lesson> HOLDING =
      new HoldingOut<>(HeldAnswers::conversation, HeldAnswers::askable, 17);

  private static Lesson row(String first, String... more) {
    List<Turn> turns = new ArrayList<>(List.of(Turn.of(new Message.User(first))));
    for (String text : more) {
      turns.add(
          turns.size() % 2 == 1
              ? Turn.of(new Message.Assistant(text))
              : Turn.of(new Message.User(text)));
    }
    return new Lesson.Talk(
        Kind.CONVERSATION, turns, ToolUse.NONE, List.of(new Origin.File("file-1")));
  }

  private static List<Lesson> rows(int conversations) {
    List<Lesson> rows = new ArrayList<>();
    for (int i = 0; i < conversations; i++) {
      rows.add(row("Question " + i, "Answer " + i));
      if (i % 3 == 0) {
        // The same conversation a turn later, written a little differently.
        rows.add(row("question  " + i, "Answer " + i, "And then?", "More of " + i));
      }
    }
    return rows;
  }

  private static Set<String> conversations(List<Lesson> rows) {
    Set<String> found = new HashSet<>();
    rows.forEach(row -> found.add(HeldAnswers.conversation(row)));
    return found;
  }

  @Test
  void aTenthIsAskedATwentiethMeasuresAndNoConversationIsInTwoParts() {
    List<Lesson> rows = rows(200);
    HoldingOut.Parts<Lesson> parts = HOLDING.of(rows);
    assertThat(conversations(parts.asked())).hasSize(20);
    assertThat(conversations(parts.measured())).hasSize(10);
    assertThat(conversations(parts.learned()))
        .hasSize(170)
        .doesNotContainAnyElementsOf(conversations(parts.asked()))
        .doesNotContainAnyElementsOf(conversations(parts.measured()));
    assertThat(conversations(parts.asked()))
        .doesNotContainAnyElementsOf(conversations(parts.measured()));
    assertThat(parts.learned().size() + parts.measured().size() + parts.asked().size())
        .isEqualTo(rows.size());
    assertThat(HOLDING.of(rows)).isEqualTo(parts);
    assertThat(HeldAnswers.ofLessons(parts.asked())).hasSameSizeAs(parts.asked());
  }

  @Test
  void ofFewAllAreLearned() {
    assertThat(HOLDING.of(rows(19)).learned()).hasSize(19 + 7);
    assertThat(HOLDING.of(rows(20)).asked()).isNotEmpty();
  }

  @Test
  void oneConversationOfManyRowsIsLearned() {
    List<Lesson> rows = new ArrayList<>(rows(30));
    for (int i = 0; i < 50; i++) {
      rows.add(row("Hello", "Good day " + i));
    }
    HoldingOut.Parts<Lesson> parts = HOLDING.of(rows);
    assertThat(parts.asked()).isNotEmpty();
    assertThat(parts.learned().stream().filter(row -> row.text().startsWith("Hello"))).hasSize(50);
  }

  @Test
  void whatWasBroughtToMeasureByIsNeverLearned() {
    HoldingOut.Parts<Lesson> some = HOLDING.ofValidation(rows(40));
    assertThat(some.learned()).isEmpty();
    assertThat(conversations(some.asked())).hasSize(20);
    assertThat(conversations(some.measured())).hasSize(20);
    HoldingOut.Parts<Lesson> few = HOLDING.ofValidation(rows(6));
    assertThat(few.asked()).hasSize(8);
    assertThat(few.measured()).isEmpty();
  }

  @Test
  void anAnswerThatIsNoWordsIsNotAsked() {
    Lesson unlearned =
        new Lesson.Talk(
            Kind.CONVERSATION,
            List.of(
                Turn.of(new Message.Assistant("Hello")),
                Turn.of(new Message.User("Hose?")),
                new Turn(new Message.Assistant("16 bar"), false)),
            ToolUse.NONE,
            List.of(new Origin.File("file-1")));
    assertThat(HeldAnswers.askable(unlearned)).isFalse();
    assertThat(
            HeldAnswers.askable(
                new Lesson.Completion(
                    Kind.CONVERSATION, "", "Plain text.", List.of(new Origin.File("file-1")))))
        .isFalse();
  }
}
