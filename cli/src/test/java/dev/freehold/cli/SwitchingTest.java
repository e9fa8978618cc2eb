package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.fixture.DefaultModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Upstreams, workloads and switches from the command line.
class SwitchingTest {

  @TempDir private Path home;

  private Ran run(String... arguments) {
    return Ran.command(home, arguments);
  }

  private Ran done(String... arguments) {
    Ran ran = run(arguments);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }

  @BeforeEach
  void model() {
    done("pull", DefaultModel.path().toString(), "--name", "mine");
  }

  private void upstream(String base) {
    Ran added =
        Ran.piped(
            home,
            "sk-very-secret-0123456789\n",
            "upstreams",
            "add",
            "rented",
            "--kind",
            "compatible",
            "--url",
            base,
            "--key-stdin");
    assertThat(added.code()).as(added.err()).isZero();
  }

  @Test
  void anUpstreamIsAddedTestedListedAndRemovedAndItsKeyIsNeverShown() throws IOException {
    ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> list(server));
    try {
      upstream("http://127.0.0.1:" + server.getLocalPort() + "/v1/");
      assertThat(done("upstreams", "test", "rented").out())
          .contains("rented/gpt-old", "2027-03-01");
      assertThat(done("upstreams", "list").out())
          .contains("rented", "yes")
          .doesNotContain("very-secret");
      assertThat(done("upstreams", "list", "--json").out())
          .contains("2027-03-01")
          .doesNotContain("very-secret");
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.filter(Files::isRegularFile).filter(SwitchingTest::small).toList()) {
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain("sk-very-secret");
        }
      }
      assertThat(done("upstreams", "rm", "rented").out()).contains("removed");
      assertThat(run("upstreams", "test", "rented").code()).isEqualTo(66);
    } finally {
      server.close();
    }
  }

  /// Lists one model to whoever shows the key.
  private static void list(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        boolean known = false;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          known |= line.equals("Authorization: Bearer sk-very-secret-0123456789");
        }
        String body = "{\"data\":[{\"id\":\"gpt-old\",\"shutdown_date\":\"2027-03-01\"}]}";
        client
            .getOutputStream()
            .write(
                ("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                        .formatted(known ? "200 OK" : "401 No", body.length(), body))
                    .getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        return; // The test is over.
      }
    }
  }

  private static boolean small(Path file) {
    try {
      return Files.size(file) < 1_000_000;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatNoUpstreamCanBeIsRefusedByName() {
    assertThat(run("upstreams").code()).isEqualTo(64);
    assertThat(run("upstreams", "add", "x", "--kind", "gemini").err()).contains("anthropic");
    assertThat(run("upstreams", "add", "x", "--url", "http://example.com/v1").err())
        .contains("--private");
    assertThat(run("upstreams", "add", "x", "--kind", "openai", "--key-env", "NOT_SET").err())
        .contains("NOT_SET");
    assertThat(run("upstreams", "add", "x").err()).contains("--url");
    assertThat(done("upstreams", "list").out()).contains("There is none");
  }

  @Test
  void aWorkloadIsMadeSwitchedAndSwitchedBackAndItsHistorySaysSo() throws Exception {
    upstream("http://127.0.0.1:9/v1");
    done(
        "workloads",
        "create",
        "mails",
        "--incumbent",
        "rented/gpt-4o",
        "--capture",
        "metadata",
        "--price",
        "rented/gpt-4o=2.5,1.25,10");
    assertThat(done("workloads", "list").out()).contains("mails", "metadata", "rented/gpt-4o");
    assertThat(done("switch", "mails", "--to", "mine", "--shadow").out())
        .contains("mails leads to rented/gpt-4o, mine in shadow.");
    Ran canary = done("switch", "mails", "--canary", "12.5", "--reason", "Looks fine in shadow");
    assertThat(canary.out()).contains("mine for 12.5 %");
    assertThat(canary.err()).contains("no verdict");
    assertThat(run("switch", "mails", "--full", "--verdict", "v-7").err())
        .contains("There is no verdict v-7 on mails.");
    done("switch", "mails", "--full");
    assertThat(done("switch", "mails", "--back").out()).contains("mails leads to rented/gpt-4o.");
    assertThat(done("workloads", "show", "mails").out())
        .contains("Looks fine in shadow", "without a verdict", "mine instead of rented/gpt-4o");
    done("workloads", "set", "mails", "--capture", "off", "--fallback", "mine");
    assertThat(done("workloads", "list").out()).contains("off");
    Path saved = savedPrompt("p-somebody");
    assertThat(done("workloads", "erase", "p-nobody").out()).contains("0 exchanges");
    assertThat(saved).exists();
    assertThat(done("workloads", "erase", "p-somebody").out()).contains("saved prompts");
    assertThat(saved).doesNotExist();
    done("workloads", "rm", "mails");
    assertThat(run("workloads", "show", "mails").code()).isEqualTo(66);
  }

  private Path savedPrompt(String principal) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(principal.getBytes(StandardCharsets.UTF_8));
    Path realm =
        Files.createDirectories(
            home.resolve("prompts").resolve(HexFormat.of().formatHex(hash)).resolve("realm"));
    return Files.writeString(realm.resolve("a.prompt"), "what somebody asked");
  }

  @Test
  void aSwitchThatMakesNoSenseChangesNothing() {
    done("workloads", "create", "mails", "--incumbent", "mine");
    assertThat(run("switch", "mails", "--to", "nothing", "--full").code()).isEqualTo(66);
    assertThat(run("switch", "mails", "--full").err()).contains("--to");
    assertThat(run("switch", "mails", "--to", "mine", "--full").code()).isEqualTo(64);
    assertThat(run("switch", "mails").err()).contains("--shadow");
    assertThat(run("switch", "mails", "--full", "--back").code()).isEqualTo(64);
    assertThat(run("switch", "mails", "--to", "mine", "--canary", "150").code()).isEqualTo(64);
    assertThat(run("switch", "none", "--back").code()).isEqualTo(66);
    assertThat(run("workloads", "create", "x", "--incumbent", "none").code()).isEqualTo(66);
    assertThat(run("workloads", "create", "x", "--incumbent", "mine", "--capture", "all").code())
        .isEqualTo(64);
    assertThat(run("workloads", "create", "Bad Name", "--incumbent", "mine").code()).isEqualTo(64);
  }
}
