package dev.freehold.evaluation.grader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GradingTest {

  private static final Grading GRADING = new Grading(Instruments.none());

  private static Question gold(String... golds) {
    return new Question(List.of(new Message.User("?")), List.of(golds), List.of());
  }

  private static double score(Grader grader, String answer, String... golds) {
    return GRADING.score(grader, gold(golds), answer).value();
  }

  @Test
  void chrFAndRougeLEqualTheReferences() throws Exception {
    try (InputStream in =
        getClass().getResourceAsStream("/dev/freehold/evaluation/oracle/text-scores.json")) {
      JsonNode rows = JsonMapper.shared().readTree(in);
      assertThat(rows.size()).isGreaterThan(60);
      for (JsonNode row : rows) {
        String answer = row.get("answer").stringValue();
        String right = row.get("gold").stringValue();
        assertThat(score(new Grader.ChrF(), answer, right))
            .as("chrF of \"%s\" to \"%s\"", answer, right)
            .isCloseTo(row.get("chrF").doubleValue(), within(1e-9));
        if (row.has("rougeL")) {
          assertThat(score(new Grader.RougeL(), answer, right))
              .as("ROUGE-L of \"%s\" to \"%s\"", answer, right)
              .isCloseTo(row.get("rougeL").doubleValue(), within(1e-9));
        }
      }
    }
  }

  @Test
  void rightAnswersAreToldFromWrongOnesByWords() {
    assertThat(score(new Grader.Exact(), " 4471\n", "4471")).isEqualTo(1);
    assertThat(score(new Grader.Exact(), "4471.", "4471")).isZero();
    assertThat(score(new Grader.Normalised(), "The cage, beside goods-in!", "cage beside goods in"))
        .isEqualTo(1);
    assertThat(score(new Grader.Normalised(), "not the cage", "cage")).isZero();
    assertThat(score(new Grader.Contains(), "At least 90 seconds.", "two minutes", "90 seconds"))
        .isEqualTo(1);
    assertThat(score(new Grader.Contains(), "At least 190 seconds.", "90 seconds")).isZero();
    assertThat(score(new Grader.Matches("\\bF\\d{3}\\b"), "It is F012.")).isEqualTo(1);
    assertThat(score(new Grader.Matches(""), "It is F12.", "F\\d{3}")).isZero();
    assertThat(score(new Grader.SetF1(), "red; green", "Green, blue")).isEqualTo(0.5);
    assertThat(score(new Grader.SetF1(), "", "blue")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "It costs 1,234.50 euros|1234.5|0|1",
        "Es kostet 1.234,50 Euro|1234.5|0|1",
        "Il coûte 1 234,50 euros|1234.5|0|1",
        "about 1.234|1234|0|1",
        "about 1.234|1.234|0|1",
        "first 7, then 8|7|0|0",
        "3.14|3.1415|0.01|1",
        "3.2|3.1415|0.01|0",
        "−5 °C|-5|0|1",
        "a range of 3-5|5|0|1",
        "none|5|0|0",
        "model F2000|2000|0|0",
        "1e3|1000|0|1",
        "12.5.2024|12|0|0",
      })
  void numbersAreReadAsPeopleWriteThem(
      String answer, String right, double tolerance, double expected) {
    assertThat(score(new Grader.NumberWithin(tolerance, 0), answer, right)).isEqualTo(expected);
  }

  @Test
  void aGoldThatIsNoNumberIsTheBenchmarksFault() {
    assertThatThrownBy(() -> score(new Grader.NumberWithin(0, 0), "5", "five"))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> score(new Grader.Exact(), "5")).isInstanceOf(InvalidRequest.class);
  }

  @Test
  void jsonIsScoredFieldByField() {
    Grader all = new Grader.JsonFields(List.of(), 0.01);
    String right = "{\"name\":\"Lauter\",\"price\":100,\"parts\":[\"a\",\"b\"]}";
    Score score =
        GRADING.score(
            all,
            gold(right),
            "```json\n{\"name\":\"Lauter\",\"price\":100.5,\"parts\":[\"a\"]}\n```");
    assertThat(score.parts())
        .containsEntry("name", 1.0)
        .containsEntry("price", 1.0)
        .containsEntry("parts[1]", 0.0);
    assertThat(score.value()).isEqualTo(0.75);
    assertThat(score.why()).isEqualTo("wrong: parts[1]");
    assertThat(score(all, "{\"name\":\"Lauter\"", right)).isZero();
    assertThat(score(all, right + " and more", right)).isZero();
    assertThat(
            score(
                new Grader.JsonFields(List.of("name"), 0), "{\"name\":\"Lauter\",\"x\":1}", right))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "I don't know.",
        "I’m sorry, but I cannot find that.",
        "The price is not stated in the documents.",
        "Je ne sais pas.",
        "Cette information n'est pas mentionnée dans les documents.",
        "Das weiß ich leider nicht.",
        "Der Preis geht aus den Unterlagen nicht hervor.",
        "Dazu gibt es keine Angaben. Keine Information.",
        ""
      })
  void refusalsAreSeenInThreeLanguages(String answer) {
    assertThat(score(new Grader.Refusal(), answer)).isEqualTo(1);
    assertThat(score(new Grader.Refusal(), answer, "42")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "After 90 seconds.",
        "You must not open the valve.",
        "Nein, nach 90 Sekunden.",
        "Il ne faut pas ouvrir."
      })
  void answersAreNotTakenForRefusals(String answer) {
    assertThat(score(new Grader.Refusal(), answer)).isZero();
  }

  @Test
  void eachClaimMustStandInThePassageItCites() {
    Question question =
        new Question(
            List.of(new Message.User("How long?")),
            List.of(),
            List.of("Wait at least 90 seconds after opening the vent screw.", "The code is 4471."));
    Grader grader = new Grader.Citations();
    assertThat(
            GRADING
                .score(grader, question, "Wait at least 90 seconds [1]. The code is 4471 [2].")
                .value())
        .isEqualTo(1);
    assertThat(GRADING.score(grader, question, "Wait at least 60 seconds [1].").why())
        .isEqualTo("60 is not in the cited passage");
    assertThat(GRADING.score(grader, question, "Wait at least 90 seconds [2].").value()).isZero();
    assertThat(GRADING.score(grader, question, "Wait at least 90 seconds.").why())
        .isEqualTo("cites nothing");
    assertThat(GRADING.score(grader, question, "Wait 90 seconds [3].").why())
        .isEqualTo("[3] is no passage");
    assertThat(
            GRADING
                .score(
                    grader,
                    question,
                    "Wait 90 seconds [1]. Then call the fire brigade at once [1].")
                .value())
        .isEqualTo(0.5);
  }

  @Test
  void meaningIsComparedThroughTheEmbedder() {
    Embedder embedder = new LetterEmbedder();
    Grading grading = new Grading(new Instruments(Optional.of(embedder), Path.of(".")));
    assertThat(grading.score(new Grader.Similarity(0), gold("abc", "xyz"), "abc").value())
        .isCloseTo(1, within(1e-6));
    assertThat(grading.score(new Grader.Similarity(0.9), gold("abc"), "xyz").value()).isZero();
    assertThatThrownBy(() -> score(new Grader.Similarity(0), "a", "a"))
        .isInstanceOf(InvalidRequest.class);
  }

  @Test
  void aProgramOfTheUsersScoresOverAProcessBoundary(@TempDir Path folder) {
    Grading grading = new Grading(new Instruments(Optional.empty(), folder));
    Grader.Program says = program("grep -q 4471 && echo '{\"score\": 0.5, \"why\": \"half\"}'");
    Score score = grading.score(says, gold("x"), "The code is 4471");
    assertThat(score.value()).isEqualTo(0.5);
    assertThat(score.why()).isEqualTo("half");
    assertThat(grading.score(program("echo 1"), gold("x"), "a".repeat(1 << 18)).value())
        .isEqualTo(1);
    assertThatThrownBy(() -> grading.score(program("exit 3"), gold("x"), ""))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("code 3");
    assertThatThrownBy(() -> grading.score(program("echo 7"), gold("x"), ""))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("no score");
    assertThatThrownBy(() -> grading.score(program("echo hello"), gold("x"), ""))
        .isInstanceOf(Unavailable.class);
    assertThatThrownBy(() ->
            grading.score(
                new Grader.Program(List.of("sh", "-c", "sleep 60"), Duration.ofMillis(200)),
                gold("x"),
                ""))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("longer");
    assertThat(grading.score(program("test -z \"$HOME\" && echo 1"), gold("x"), "").value())
        .isEqualTo(1);
  }

  @Test
  void whatAProgramLeavesRunningHoldsUpNoScore(@TempDir Path folder) {
    Grading grading = new Grading(new Instruments(Optional.empty(), folder));
    // The child keeps the output open for as long as it lives.
    String script = "sleep 600 & echo $! > child; echo 1";
    assertThat(grading.score(program(script), gold("x"), "").value()).isEqualTo(1);
    child(folder).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void whatRunsBelowAProgramIsEndedWithIt(@TempDir Path folder) throws Exception {
    Grading grading = new Grading(new Instruments(Optional.empty(), folder));
    Grader.Program waits =
        new Grader.Program(
            List.of("sh", "-c", "sleep 600 & echo $! > child; wait"), Duration.ofSeconds(3));
    assertThatThrownBy(() -> grading.score(waits, gold("x"), ""))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("longer");
    Optional<ProcessHandle> child = child(folder);
    if (child.isPresent()) {
      child.get().onExit().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aProgramThatSaysFarTooMuchIsEnded(@TempDir Path folder) {
    Grading grading = new Grading(new Instruments(Optional.empty(), folder));
    Grader.Program talks = program("while :; do head -c 300000 /dev/zero; sleep 0.05; done");
    assertThatThrownBy(() -> grading.score(talks, gold("x"), ""))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("says more");
  }

  private static Optional<ProcessHandle> child(Path folder) {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("child")).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Grader.Program program(String script) {
    return new Grader.Program(List.of("sh", "-c", script), Duration.ofSeconds(60));
  }

  /// One dimension a letter.
  private static final class LetterEmbedder implements Embedder {
    @Override
    public String id() {
      return "letters";
    }

    @Override
    public int dimensions() {
      return 128;
    }

    @Override
    public int maxTokens() {
      return 1000;
    }

    @Override
    public int countTokens(String text) {
      return text.length();
    }

    @Override
    public List<float[]> embed(Purpose purpose, List<String> texts) {
      return texts.stream()
          .map(text -> {
            float[] vector = new float[128];
            text.chars().forEach(c -> vector[c & 127]++);
            double norm = 0;
            for (float one : vector) {
              norm += one * one;
            }
            for (int i = 0; i < vector.length; i++) {
              vector[i] /= (float) Math.sqrt(norm);
            }
            return vector;
          })
          .toList();
    }

    @Override
    public void close() {}
  }
}
