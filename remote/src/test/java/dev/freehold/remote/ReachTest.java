package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which addresses are connected to, whatever a name server says.
class ReachTest {

  @TempDir Path home;

  private static InetAddress[] to(String... addresses) throws IOException {
    InetAddress[] all = new InetAddress[addresses.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = InetAddress.ofLiteral(addresses[i]);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "0.1.2.3",
        "255.255.255.255",
        "240.0.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1"
      })
  void aPublicUpstreamNeverLeadsIntoTheHouse(String address) {
    URI api = URI.create("https://api.example.com/v1");
    assertThatThrownBy(() -> Reach.PUBLIC.vetted(api, _ -> to(address), "up"))
        .isInstanceOf(Unavailable.class);
    assertThatThrownBy(() -> Reach.PUBLIC.vetted(api, _ -> to("93.184.216.34", address), "up"))
        .as("one bad address is enough")
        .isInstanceOf(Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"93.184.216.34", "169.254.169.254", "0.0.0.0", "fe80::1", "2001:db8::1"})
  void aPrivateUpstreamNeverLeadsOut(String address) {
    assertThatThrownBy(
            () -> Reach.PRIVATE.vetted(URI.create("http://gpu:8000/v1"), _ -> to(address), "up"))
        .isInstanceOf(Unavailable.class);
  }

  @Test
  void aPublicUpstreamIsReachedByNameSoThatItsCertificateIsChecked() {
    URI api = URI.create("https://api.example.com/v1/chat?api-version=1");
    assertThat(Reach.PUBLIC.vetted(api, _ -> to("93.184.216.34"), "up")).isEqualTo(api);
  }

  @Test
  void aPlainConnectionGoesToTheVeryAddressThatWasChecked() {
    assertThat(
            Reach.PRIVATE.vetted(
                URI.create("http://gpu.internal:8000/v1/models?limit=1"),
                _ -> to("10.0.0.7"),
                "up"))
        .isEqualTo(URI.create("http://10.0.0.7:8000/v1/models?limit=1"));
    assertThat(Reach.PRIVATE.vetted(URI.create("http://gpu/v1"), _ -> to("fd00::7"), "up"))
        .isEqualTo(URI.create("http://[fd00:0:0:0:0:0:0:7]/v1"));
  }

  @Test
  void aNameThatChangesItsMindReachesNothingElse() throws IOException {
    try (var server = new ScriptedServer(ScriptedServer.stream("data: [DONE]\n\n"))) {
      var asked = new AtomicInteger();
      // The first answer is checked; a second look-up would lead out.
      Upstreams upstreams =
          Upstreams.in(
              home,
              Added.SHORT,
              _ -> asked.incrementAndGet() == 1 ? to("127.0.0.1") : to("93.184.216.34"));
      upstreams.add(
          Added.upstream(
              "up",
              Dialect.OPENAI,
              URI.create("http://gpu.internal.invalid:" + server.port() + "/v1")),
          Optional.empty());
      ChatRequest hello = ChatRequest.of(new Message.User("Hello"));
      assertThatThrownBy(() -> upstreams.model("up/m").answer(hello))
          .hasMessageContaining("ended without a reason");
      assertThat(server.asked).hasSize(1);
      assertThat(asked).hasValue(1);
      assertThatThrownBy(() -> upstreams.model("up/m").answer(hello))
          .hasMessageContaining("refused");
      assertThat(server.asked).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.openai.com/v1",
        "ftp://api.openai.com/v1",
        "https://user:secret@api.openai.com/v1",
        "https://api.openai.com/v1?key=1",
        "https://api.openai.com/v1#x",
        "https:///v1",
        "api.openai.com"
      })
  void anAddressThatNoPublicUpstreamCanHaveIsRefused(String base) {
    assertThatThrownBy(() -> Reach.PUBLIC.requireBase(URI.create(base)))
        .isInstanceOf(InvalidRequest.class);
  }
}
