package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that do what servers do on bad days, over real sockets: none may look like success, none
/// may hang, none may learn the key that is another's.
class MisbehavingUpstreamTest {

  private static final ChatRequest HELLO = ChatRequest.of(new Message.User("Hello"));
  private static final String WORD =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n";
  private static final String STOP =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final String USAGE =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";
  private static final String WHOLE = WORD + STOP + USAGE + DONE;

  @TempDir Path home;
  private ScriptedServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer(ScriptedServer.stream(WHOLE));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ChatModel model() {
    return Added.model(home, Dialect.OPENAI, server);
  }

  private ChatModel model(Deadlines deadlines) {
    return Added.one(home, Dialect.OPENAI, server.base(), deadlines).model("up/m");
  }

  private static Deadlines deadlines(long firstByte, long stall, long total) {
    return new Deadlines(
        Duration.ofSeconds(5),
        Duration.ofMillis(firstByte),
        Duration.ofMillis(stall),
        Duration.ofMillis(total),
        Duration.ofMillis(2),
        Duration.ofSeconds(2),
        3);
  }

  @Test
  void aSoundAnswerIsOne() {
    assertThat(model().answer(HELLO).text()).isEqualTo("word ");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNeverFollowedAndItsTargetLearnsNothing(int status) throws IOException {
    try (var trap = new ScriptedServer(ScriptedServer.stream(WHOLE))) {
      server.script(
          ScriptedServer.status(status, "Location: " + trap.base() + "/chat/completions\r\n", ""));
      assertThatThrownBy(() -> model().answer(HELLO))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("redirects");
      assertThat(trap.asked).isEmpty();
      assertThat(server.asked).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        WORD,
        WORD + STOP,
        WORD + STOP + USAGE,
        WORD + USAGE + DONE,
        WORD + STOP + DONE,
        WORD + "data: {\"choices\":[{\"index\":0,\"delta\"",
        WORD + "data: {\"choices\":[]}\n",
        WORD + "<html>Bad gateway</html>\n\n" + DONE,
        WORD + "data: not json\n\n" + STOP + USAGE + DONE,
        WORD + "data: []\n\n" + STOP + USAGE + DONE,
        WORD + "data: {\"a\":1,\"a\":2}\n\n" + STOP + USAGE + DONE,
        WORD + "data: {\"error\":{\"message\":\"overloaded\"}}\n\n" + DONE,
        WORD + "event: error\ndata: {\"message\":\"overloaded\"}\n\n" + STOP + USAGE + DONE,
        STOP + WORD + USAGE + DONE,
        WORD
            + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n"
            + USAGE
            + DONE,
        WORD
            + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n"
            + USAGE
            + DONE,
        WORD
            + "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\n\n"
            + STOP
            + USAGE
            + DONE,
        WORD
            + "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}\n\n"
            + STOP
            + USAGE
            + DONE
      })
  void aStreamThatIsCutOrMakesNoSenseEndsInAnError(String body) {
    server.script(ScriptedServer.stream(body));
    assertThatThrownBy(() -> model().answer(HELLO)).isInstanceOf(Unavailable.class);
    assertThat(server.asked).as("an answer that has begun is never asked for again").hasSize(1);
  }

  @Test
  void bytesThatAreNotTextEndInAnError() {
    server.script((_, out) -> {
      ScriptedServer.events(out);
      ScriptedServer.send(out, WORD);
      out.write(new byte[] {'d', 'a', 't', 'a', ':', (byte) 0xff, (byte) 0xfe, '\n', '\n'});
    });
    assertThatThrownBy(() -> model().answer(HELLO))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void aChunkedBodyThatIsCutEndsInAnError() {
    server.script((_, out) ->
        ScriptedServer.send(
            out,
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "%x\r\n%s\r\n400\r\ndata: ".formatted(WORD.length(), WORD)));
    assertThatThrownBy(() -> model().answer(HELLO)).isInstanceOf(Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/html; charset=utf-8", "text/plain"})
  void anotherContentTypeIsRefused(String type) {
    server.script(ScriptedServer.status(200, "Content-Type: " + type + "\r\n", WHOLE));
    assertThatThrownBy(() -> model().answer(HELLO))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("text/event-stream was due");
  }

  @Test
  void aCompressedAnswerIsRefused() {
    server.script(
        ScriptedServer.status(
            200, "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n", WHOLE));
    assertThatThrownBy(() -> model().answer(HELLO)).isInstanceOf(Unavailable.class);
  }

  @Test
  void aServerThatIsSilentIsGivenUp() {
    // The first question of all loads what every other one finds; that time is not the server's.
    model().answer(HELLO);
    var times = new AtomicInteger();
    server.script((_, _) -> {
      times.incrementAndGet();
      Thread.sleep(60_000);
    });
    ChatModel model = Upstreams.in(home, deadlines(2_000, 60_000, 60_000)).model("up/m");
    assertThatThrownBy(() -> model.answer(HELLO))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("silent");
    assertThat(times.get()).as("it may still be at work on it").isLessThanOrEqualTo(1);
  }

  @Test
  void aServerThatFallsSilentInTheMiddleIsGivenUp() {
    server.script((_, out) -> {
      ScriptedServer.events(out);
      ScriptedServer.send(out, WORD);
      Thread.sleep(60_000);
    });
    assertThatThrownBy(() -> model(deadlines(20_000, 200, 60_000)).answer(HELLO))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("nothing came");
  }

  @Test
  void aServerThatNeverStopsIsGivenUp() {
    server.script((_, out) -> {
      ScriptedServer.events(out);
      while (true) {
        ScriptedServer.send(out, WORD);
        Thread.sleep(5);
      }
    });
    assertThatThrownBy(() -> model(deadlines(20_000, 20_000, 500)).answer(HELLO))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("went on");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504, 529})
  void aPassingFaultIsTriedAgainUntilItHasPassed(int status) {
    var times = new AtomicInteger();
    server.script((asked, out) -> {
      if (times.incrementAndGet() < 3) {
        ScriptedServer.status(status, "Retry-After: 0\r\n", "{}").answer(asked, out);
      } else {
        ScriptedServer.stream(WHOLE).answer(asked, out);
      }
    });
    assertThat(model().answer(HELLO).text()).isEqualTo("word ");
    assertThat(server.asked).hasSize(3);
  }

  @Test
  void retryAfterIsWaitedForWhereItIsBearable() {
    var times = new AtomicInteger();
    server.script((asked, out) -> {
      if (times.incrementAndGet() == 1) {
        ScriptedServer.status(429, "Retry-After: 1\r\n", "{}").answer(asked, out);
      } else {
        ScriptedServer.stream(WHOLE).answer(asked, out);
      }
    });
    long began = System.nanoTime();
    model().answer(HELLO);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(990));
  }

  @Test
  void retryAfterIsPassedOnWhereItIsNot() {
    server.script(
        ScriptedServer.status(
            429, "Retry-After: 30\r\n", "{\"error\":{\"message\":\"Rate limit reached.\"}}"));
    assertThatThrownBy(() -> model().answer(HELLO))
        .isInstanceOfSatisfying(
            Busy.class, busy -> assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(30)))
        .hasMessageContaining("Rate limit reached");
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void refusalsAreTheKindsOfErrorThatOurOwnModelsHave() {
    server.script(
        ScriptedServer.status(
            400,
            "",
            "{\"error\":{\"message\":\"Unsupported value: 'temperature'.\",\"param\":\"temperature\"}}"));
    assertThatThrownBy(() -> model().answer(HELLO))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("temperature"));
    server.script(
        ScriptedServer.status(
            400,
            "",
            "{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.\",\"code\":\"context_length_exceeded\"}}"));
    ChatModel model = Upstreams.in(home, Added.SHORT).model("up/some-model");
    assertThatThrownBy(() -> model.answer(HELLO))
        .isInstanceOfSatisfying(
            ContextLengthExceeded.class,
            e -> {
              assertThat(e.promptTokens()).isEqualTo(9001);
              assertThat(e.contextLength()).isEqualTo(8192);
            });
    server.script(ScriptedServer.status(404, "", "{\"error\":{\"message\":\"No such model.\"}}"));
    assertThatThrownBy(() -> model.answer(HELLO)).isInstanceOf(NotFound.class);
    server.script(
        ScriptedServer.status(
            401, "", "{\"error\":{\"message\":\"Incorrect API key: sk-test-0123456789\"}}"));
    assertThatThrownBy(() -> model.answer(HELLO))
        .isInstanceOf(Unavailable.class)
        .hasMessageNotContaining("sk-test");
  }

  @Test
  void aServerThatIsNotThereIsSaidToBeMissing() throws IOException {
    // Held, so that nobody else listens there.
    try (var socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      URI base = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
      ChatModel model = Added.one(home, Dialect.OPENAI, base).model("up/m");
      assertThatThrownBy(() -> model.answer(HELLO))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("does not take connections");
    }
  }

  @Test
  void aServerThatFailsAgainAndAgainIsLeftAloneForAWhile() {
    server.script(ScriptedServer.status(500, "", "{}"));
    Upstreams upstreams = Added.one(home, Dialect.OPENAI, server.base());
    for (int i = 0; i < 6; i++) {
      assertThatThrownBy(() -> upstreams.model("up/m").answer(HELLO))
          .isInstanceOf(Unavailable.class);
    }
    assertThat(server.asked).hasSize(5);
    assertThatThrownBy(() -> upstreams.model("up/m").answer(HELLO))
        .hasMessageContaining("left alone");
  }

  @Test
  void closingAStreamEndsTheConnection() throws InterruptedException {
    server.script((_, out) -> {
      ScriptedServer.events(out);
      while (true) {
        ScriptedServer.send(out, WORD);
        Thread.sleep(5);
      }
    });
    try (ChatStream stream = model().stream(HELLO)) {
      assertThat(stream.next()).isInstanceOf(ChatEvent.Text.class);
    }
    assertThat(server.clientGone.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anInterruptEndsTheWaitingForAnAnswer() throws InterruptedException {
    server.script((_, out) -> {
      Thread.sleep(300);
      while (true) {
        out.write('\n'); // No status line; fails once the client is gone.
        out.flush();
        Thread.sleep(5);
      }
    });
    var thrown = new java.util.concurrent.atomic.AtomicReference<Throwable>();
    Thread asking =
        Thread.ofVirtual()
            .start(() -> {
              try {
                model().stream(HELLO).close();
              } catch (RuntimeException e) {
                thrown.set(e);
              }
            });
    while (server.asked.isEmpty()) {
      Thread.sleep(2);
    }
    asking.interrupt();
    asking.join();
    assertThat(thrown.get()).isInstanceOf(Unavailable.class);
    assertThat(server.clientGone.await(30, TimeUnit.SECONDS)).isTrue();
  }
}
