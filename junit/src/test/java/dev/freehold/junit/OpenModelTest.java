package dev.freehold.junit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freehold.chat.ChatModel;
import dev.freehold.evaluation.Verdict;

/// The example of docs/proving.md, compiled and run with every build.
class OpenModelTest {

  @Incumbent(value = "rented", promptPrice = 3, answerPrice = 15)
  private final ChatModel rented = new ScriptedModel("rented", OpenModelTest::next);

  @Candidate("ours")
  private final ChatModel ours = new ScriptedModel("ours", OpenModelTest::next);

  @Proves(benchmark = "numbers.jsonl", grader = "contains", margin = 10)
  void oursMayTakeThePlace(Verdict verdict) {
    assertTrue(verdict.candidateScore() > 0.9, verdict.sentence());
  }

  private static String next(String question) {
    int number = Integer.parseInt(question.replaceAll("\\D", ""));
    return "After it comes %d.".formatted(number + 1);
  }
}
