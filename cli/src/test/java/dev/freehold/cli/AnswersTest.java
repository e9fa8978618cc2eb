package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.fixture.DefaultModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Commands that run the real default model.
class AnswersTest {

  @TempDir private static Path home;

  @BeforeAll
  static void theDefaultModelIsHere() {
    Ran pull = Ran.command(home, "pull", DefaultModel.path().toString(), "--name", "smollm2");
    assertThat(pull.code()).as(pull.err()).isZero();
  }

  @Test
  void whatIsPipedInIsAnswered() {
    Ran chat =
        Ran.piped(
            home,
            "What is the capital of France?\n",
            "chat",
            "--temperature",
            "0",
            "--max-tokens",
            "30");
    assertThat(chat.code()).as(chat.err()).isZero();
    assertThat(chat.out()).contains("Paris");
    assertThat(chat.err()).isEmpty();
  }

  @Test
  void nothingPipedInIsAWrongUse() {
    assertThat(Ran.piped(home, " \n", "chat").code()).isEqualTo(64);
  }

  @Test
  void aModelThatIsNowhereIsNotFound() {
    assertThat(Ran.piped(home, "x", "chat", "nothing").code()).isEqualTo(66);
  }

  @Test
  void aSamplingThatCannotBeIsRefusedByName() {
    Ran chat = Ran.piped(home, "x", "chat", "--temperature", "3");
    assertThat(chat.code()).isEqualTo(64);
    assertThat(chat.err()).contains("temperature");
  }

  @Test
  void aQuestionIsAnsweredFromAFolderWithTheFileCited(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("holidays.md"),
        """
        # Holidays
        Every employee of Wintermute Pumps has 27 days of paid holiday a year.
        """);
    Files.writeString(
        folder.resolve("travel.txt"),
        "Train tickets are paid in second class. Taxis need a receipt.\n");
    String[] ask = {
      "ask",
      "--docs",
      folder.toString(),
      "--max-tokens",
      "60",
      "--json",
      "How many days of paid holiday does an employee have?"
    };
    Ran first = Ran.command(home, ask);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("2 new");
    JsonNode answer = JsonMapper.shared().readTree(first.out());
    assertThat(answer.path("grounding").stringValue()).isEqualTo("grounded");
    assertThat(answer.path("passages").path(0).path("document").stringValue())
        .isEqualTo("holidays.md");
    assertThat(answer.path("answer").stringValue()).isNotBlank();

    Files.delete(folder.resolve("travel.txt"));
    Ran second = Ran.command(home, ask);
    assertThat(second.err()).contains("0 new, 0 changed, 1 gone, 1 known");

    Ran text = Ran.command(home, "ask", "--docs", folder.toString(), "--max-tokens", "60", ask[6]);
    assertThat(text.out()).contains("holidays.md");

    Ran nothing =
        Ran.command(
            home, "ask", "--docs", folder.toString(), "What is the melting point of tungsten?");
    assertThat(nothing.code()).isZero();
    assertThat(nothing.out()).isNotBlank();
  }

  @Test
  void aFolderThatIsNoneIsRefused() {
    Ran ask = Ran.command(home, "ask", "--docs", "/nowhere/at/all", "Hello?");
    assertThat(ask.code()).isEqualTo(64);
    assertThat(ask.err()).contains("/nowhere/at/all");
  }

  @Test
  void aBenchmarkIsShapedAsLlamaBenchs() {
    Ran bench = Ran.command(home, "bench", "-p", "16", "-n", "4", "-r", "2");
    assertThat(bench.code()).as(bench.err()).isZero();
    assertThat(bench.out().lines()).hasSize(4);
    assertThat(bench.out()).contains("| model ", "pp16", "tg4", " ± ");
    JsonNode json =
        JsonMapper.shared()
            .readTree(Ran.command(home, "bench", "-p", "16", "-n", "0", "-r", "2", "--json").out());
    assertThat(json.path("tests").path(0).path("samples").size()).isEqualTo(2);
    assertThat(json.path("tests").path(0).path("tokensPerSecond").doubleValue()).isPositive();
  }
}
