package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.governance.egress.EgressRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A workload led from a model here to one on another machine and back: two real processes, two
/// real models, a command line beside them, and a fault in the middle.
class SwitchedOverTest {

  private static final String IBAN = "DE89370400440532013000";

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private Path home(String name) {
    Path home = folder.resolve(name);
    Ran pull = Ran.command(home, "pull", DefaultModel.path().toString(), "--name", "smollm2");
    assertThat(pull.code()).as(pull.err()).isZero();
    return home;
  }

  private static Ran done(Path home, String... arguments) {
    Ran ran = Ran.command(home, arguments);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }

  private HttpResponse<String> ask(String base, String key, String what)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(base + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    ("{\"model\":\"mails\",\"max_tokens\":8,\"temperature\":0,\"seed\":1,"
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}")
                        .formatted(what)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void aWorkloadIsShadowedSwitchedLedBackByAFaultAndNothingLeavesUnseen()
      throws IOException, InterruptedException {
    Path here = home("here");
    Path there = home("there");
    String key = done(here, "keys", "create", "Ada", "--quiet").out().strip();
    String theirKey = done(there, "keys", "create", "House", "--quiet").out().strip();
    try (UpProcess other = UpProcess.start(there, "up", "--port", "0");
        UpProcess ours = UpProcess.start(here, "up", "--port", "0")) {
      String base = ours.address();
      Ran added =
          Ran.piped(
              here,
              theirKey,
              "upstreams",
              "add",
              "gpu",
              "--kind",
              "freehold",
              "--key-stdin",
              "--url",
              other.address() + "/v1");
      assertThat(added.code()).as(added.err()).isZero();
      assertThat(done(here, "upstreams", "test", "gpu").out()).contains("gpu/smollm2");
      done(here, "workloads", "create", "mails", "--incumbent", "smollm2", "--capture", "full");

      HttpResponse<String> first = ask(base, key, "Say hello to " + IBAN);
      assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
      assertThat(egress(here)).as("nothing left").isEmpty();

      done(here, "switch", "mails", "--to", "gpu/smollm2", "--shadow");
      assertThat(ask(base, key, "Say hello to " + IBAN).body())
          .as("nobody sees the shadow")
          .contains(said(first));
      // The shadow is asked beside the answer, so its record may come after it.
      while (egress(here).isEmpty()) {
        Thread.sleep(20);
      }
      done(here, "switch", "mails", "--full", "--reason", "The shadow looked well");
      assertThat(ask(base, key, "Hello").statusCode()).isEqualTo(200);
      assertThat(egress(here))
          .extracting(EgressRecord::decision)
          .containsExactly(EgressRecord.Decision.PASSED, EgressRecord.Decision.REPLACED);
      assertThat(egress(here).getLast().workload()).isEqualTo("mails");

      aVerdictOverTheSocket(here);
      other.close();
      int failed = 0;
      while (ask(base, key, "Hello").statusCode() != 200) {
        failed++;
        assertThat(failed).as("the guards end it").isLessThan(5);
      }
      assertThat(failed).isEqualTo(3);
      assertThat(done(here, "workloads", "show", "mails").out())
          .contains("guards")
          .contains("3 of the candidate's last")
          .contains("The shadow looked well")
          .contains("shadow")
          .contains("Unavailable");
      ours.stop();
    }
  }

  /// The rented side of a proof is an upstream; what it is asked passes the gate.
  private void aVerdictOverTheSocket(Path here) throws IOException {
    Path cases =
        Files.writeString(
            folder.resolve("hello.jsonl"),
            IntStream.range(0, 4)
                .mapToObj(i ->
                    "{\"id\":\"c%1$d\",\"question\":\"Say the number %1$d.\",\"answer\":\"%1$d\"}\n"
                        .formatted(i))
                .collect(Collectors.joining()));
    int left = egress(here).size();
    Ran proof =
        Ran.command(
            here,
            "prove",
            cases.toString(),
            "--grader",
            "contains",
            "--incumbent",
            "gpu/smollm2",
            "--candidate",
            "smollm2",
            "--max-tokens",
            "4",
            "--no-control",
            "--out",
            folder.resolve("out").toString());
    assertThat(proof.code()).as(proof.err()).isEqualTo(ProveCommand.OPEN);
    assertThat(proof.out()).contains("There is not enough evidence", "gpu/smollm2");
    assertThat(proof.err()).contains("8 of 8").doesNotContain("8 failed", "4 failed");
    assertThat(egress(here)).hasSize(left + 4);
    assertThat(Files.readString(folder.resolve("out/report.html"))).contains("gpu/smollm2");
  }

  private static String said(HttpResponse<String> response) {
    String body = response.body();
    int start = body.indexOf("\"content\":\"");
    return body.substring(start, body.indexOf('"', start + 11) + 1);
  }

  private static java.util.List<EgressRecord> egress(Path home) {
    Principal officer = new Principal("o", "Officer", Set.of(Principal.ADMINISTRATORS));
    try (Database database = Database.open(home.resolve("freehold.db"))) {
      return EgressLog.in(database).newest(officer, 10);
    }
  }
}
