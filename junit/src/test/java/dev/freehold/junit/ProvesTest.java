package dev.freehold.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.freehold.chat.ChatModel;
import dev.freehold.evaluation.EvidencePack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/// What JUnit makes of verdicts.
class ProvesTest {

  private static final String FOLDER = "target/freehold-proves";

  private static String next(String question) {
    return Integer.toString(Integer.parseInt(question.replaceAll("\\D", "")) + 1);
  }

  static final class Mixed {
    @Incumbent final ChatModel rented = new ScriptedModel("rented", ProvesTest::next);
    @Candidate final ChatModel good = new ScriptedModel("good", ProvesTest::next);
    @Candidate final ChatModel poor = new ScriptedModel("poor", _ -> "No idea.");

    @Proves(benchmark = "numbers.jsonl", grader = "contains", margin = 10, folder = FOLDER)
    void each() {}

    @Proves(
        benchmark = "numbers.jsonl",
        grader = "contains",
        margin = 0.1,
        folder = FOLDER,
        openSkips = true)
    void tooFew() {}
  }

  static final class Alone {
    @Incumbent final ChatModel rented = new ScriptedModel("rented", ProvesTest::next);

    @Proves(benchmark = "numbers.jsonl", folder = FOLDER)
    void nobody() {}
  }

  private static EngineExecutionResults run(Class<?> type) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(type)).execute();
  }

  @Test
  void eachCandidateIsATestThatSaysWhyItFails() {
    EngineExecutionResults results = run(Mixed.class);
    List<Event> failed = results.testEvents().failed().list();
    assertThat(failed).hasSize(2);
    assertThat(failed.toString()).contains("poor is worse than rented; stay with rented");
    assertThat(results.testEvents().succeeded().count()).isEqualTo(1);
    assertThat(results.testEvents().aborted().count())
        .as("not enough evidence skips, where that is asked for")
        .isEqualTo(1);
    Path pack = Path.of(FOLDER, "Mixed-each", "evidence.zip");
    assertThat(EvidencePack.verify(pack, Optional.empty()).verdicts()).hasSize(2);
    assertThat(Files.exists(Path.of(FOLDER, "Mixed-each", "report.pdf"))).isTrue();
  }

  @Test
  void aClassWithoutACandidateIsToldSo() {
    assertThat(run(Alone.class).allEvents().failed().list().toString())
        .contains("at least one marked @Candidate");
  }
}
