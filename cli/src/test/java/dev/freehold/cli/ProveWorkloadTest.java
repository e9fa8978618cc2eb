package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.database.Database;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.proving.ProofRun;
import dev.freehold.workload.Exchange;
import dev.freehold.workload.Part;
import dev.freehold.workload.SqliteExchanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `freehold prove WORKLOAD`: what was asked of a workload becomes the benchmark, and its verdict
/// what a switch rests on; with the real default model, killed in the middle.
class ProveWorkloadTest {

  private static final int CASES = 32;

  @TempDir private Path home;

  @BeforeEach
  void aWorkloadThatWasAsked() {
    done("pull", DefaultModel.path().toString(), "--name", "mine");
    done("pull", DefaultModel.path().toString(), "--name", "other");
    done("workloads", "create", "mails", "--incumbent", "mine", "--capture", "full");
    try (Database database = Database.open(home.resolve("freehold.db"))) {
      List<Exchange> all = new ArrayList<>();
      for (int i = 0; i < CASES; i++) {
        all.add(asked(i));
      }
      SqliteExchanges.in(database).append(all);
    }
  }

  private static Exchange asked(int i) {
    return new Exchange(
        "x-%04d".formatted(i),
        Instant.parse("2026-11-20T10:00:00Z").plusSeconds(i),
        "mails",
        i % 4 == 0 ? "person:ann" : "person:bob",
        "mine",
        Part.INCUMBENT,
        "",
        Exchange.Outcome.ANSWERED,
        "",
        "STOP",
        Duration.ofMillis(5),
        Duration.ofMillis(2),
        5,
        5,
        0,
        true,
        false,
        "[{\"role\":\"user\",\"content\":\"Say the number %d.\"}]".formatted(i),
        "",
        Integer.toString(i),
        false);
  }

  private Ran done(String... arguments) {
    Ran ran = Ran.command(home, arguments);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }

  private static final String[] PROVE = {
    "prove",
    "mails",
    "--candidate",
    "other",
    "--margin",
    "25",
    "--grader",
    "contains",
    "--golds",
    "model",
    "--max-tokens",
    "2",
    "--parallel",
    "1"
  };

  @Test
  void aWorkloadIsProvedAlsoWhenItIsKilledAndASwitchRestsOnTheVerdict() throws Exception {
    Ran unreviewed =
        Ran.command(home, "prove", "mails", "--candidate", "other", "--grader", "contains");
    assertThat(unreviewed.code()).isEqualTo(73);
    assertThat(unreviewed.err()).contains("/workloads/mails/golds", "--golds model");
    assertThat(
            Ran.command(home, "prove", "mails", "--candidate", "other", "--price", "x=1,1").err())
        .contains("--price is for benchmarks in files");
    assertThat(Ran.command(home, "prove", "nothing", "--candidate", "other").code()).isEqualTo(66);

    Ran grounded = Ran.command(home, "watch", "mails", "--candidate", "other+docs");
    assertThat(grounded.code()).isEqualTo(64);
    assertThat(grounded.err())
        .contains("by a running Freehold", "POST /api/workloads/mails/watch", "--docs FOLDER");

    List<String> before;
    try (UpProcess prove = UpProcess.start(home, PROVE)) {
      before = journal(10);
      prove.kill();
    }
    assertThat(seenFromElsewhere())
        .extracting(ProofRun::state)
        .containsExactly(ProofRun.State.FAILED);
    assertThat(seenFromElsewhere().getFirst().problem())
        .contains("has ended; the same command goes on where it was");
    Ran again = Ran.command(home, PROVE);
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err())
        .contains("32 cases (0 reviewed, 32 open", "A margin of 25 points needs")
        .contains("mine answers mails now; 96 questions will be asked.", "96 of 96");
    List<String> after = journal(97);
    assertThat(after).hasSize(97).startsWith(before.toArray(String[]::new));
    Set<String> keys = new HashSet<>();
    after.stream().skip(1).forEach(line -> keys.add(line.replaceAll(",\"text\".*", "")));
    assertThat(keys).as("nothing was asked twice").hasSize(96);

    assertThat(again.out()).contains("other is as good as mine:", "Verdict v-");
    String id = again.out().replaceAll("(?s).*Verdict (v-\\w+).*", "$1");
    done("switch", "mails", "--to", "other", "--full", "--verdict", id);
    assertThat(done("workloads", "show", "mails").out()).contains(id);
    assertThat(
            Ran.command(
                    home,
                    Stream.concat(Stream.of(PROVE), Stream.of("--plan")).toArray(String[]::new))
                .err())
        .contains("other answers mails now");

    assertThat(done("workloads", "erase", "person:ann").out()).contains("8 exchanges");
    try (Stream<Path> left = Files.list(home.resolve("proofs"))) {
      assertThat(left).isEmpty();
    }
  }

  /// The proofs as any other process on the same data folder sees them, the page's too.
  private List<ProofRun> seenFromElsewhere() {
    Settings settings = Settings.of(Map.of("home", home.toString()), Map.of());
    try (Administration here = Administration.open(settings)) {
      return here.proofs().of(here.person(), "mails");
    }
  }

  /// The journal's lines, once there are so many.
  private List<String> journal(int least) throws IOException, InterruptedException {
    while (true) {
      if (Files.isDirectory(home.resolve("proofs"))) {
        try (Stream<Path> files = Files.walk(home.resolve("proofs"))) {
          for (Path file : files.filter(one -> one.endsWith("journal.jsonl")).toList()) {
            String text = Files.readString(file);
            List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
            if (lines.size() >= least) {
              return lines;
            }
          }
        }
      }
      Thread.sleep(5); // The kill is to come long before the last question.
    }
  }
}
