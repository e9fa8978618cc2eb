package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bytes that no honest client sends: refused with a status and JSON where there is anybody to
/// tell, never half-believed, and without harm to others.
class RawRequestsTest {

  private static final Duration SHORT = Duration.ofMillis(800);
  private static final Duration LONGER = Duration.ofSeconds(4);

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = new House(folder, configuration -> configuration.withLimits(64 * 1024, 1 << 20));
  }

  @AfterEach
  void stop() {
    house.close();
  }

  /// Lets clients be no slower than this.
  private void impatient(Duration most) {
    house.close();
    house =
        new House(
            folder,
            configuration ->
                configuration.withPace(new ServerConfiguration.ClientPace(most, most, most, most)));
  }

  private String answer(String bytes) throws Exception {
    try (var client = new RawClient(house.server.port())) {
      return client.send(bytes).readToEnd(30_000);
    }
  }

  private String post(String headers, String body) {
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + house.anna.secret()
        + "\r\n"
        + headers
        + "\r\n"
        + body;
  }

  @Test
  void smuggledAndMalformedRequestsAreRefusedAndTheConnectionEnds() throws Exception {
    // What never becomes a whole request ends as slowness does.
    impatient(LONGER);
    String ask = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    String hidden = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String json = "Content-Type: application/json\r\n";
    Map<String, String> corpus = new TreeMap<>();
    corpus.put(
        "two lengths",
        post(json + "Content-Length: " + ask.length() + "\r\nContent-Length: 1\r\n", ask + hidden));
    corpus.put(
        "length list", post(json + "Content-Length: " + ask.length() + ", 1\r\n", ask + hidden));
    corpus.put(
        "length and chunked",
        post(
            json + "Content-Length: " + ask.length() + "\r\nTransfer-Encoding: chunked\r\n",
            ask + hidden));
    corpus.put("negative length", post(json + "Content-Length: -1\r\n", ask + hidden));
    corpus.put("signed length", post(json + "Content-Length: +5\r\n", ask + hidden));
    corpus.put("hex length", post(json + "Content-Length: 0x10\r\n", ask + hidden));
    corpus.put("huge length", post(json + "Content-Length: 99999999999999999999\r\n", ask));
    corpus.put("chunked not last", post(json + "Transfer-Encoding: chunked, gzip\r\n", ask));
    corpus.put("odd chunked", post(json + "Transfer-Encoding: xchunked\r\n", ask));
    corpus.put("bad chunk size", post(json + "Transfer-Encoding: chunked\r\n", "zz\r\n" + ask));
    corpus.put("negative chunk", post(json + "Transfer-Encoding: chunked\r\n", "-5\r\n" + ask));
    corpus.put("space before colon", post("Content-Length : 5\r\n" + json, ask));
    corpus.put("no host", "GET /health HTTP/1.1\r\n\r\n");
    corpus.put("two hosts", "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n");
    corpus.put("no version", "GET /health\r\n\r\n");
    corpus.put("old version", "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n");
    corpus.put("garbage", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\r\n\r\n");
    corpus.put("null in header", "GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n");
    corpus.put("fold", "GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n");
    corpus.put("bare line feed", "GET /health HTTP/1.1\nHost: localhost\n\n");
    corpus.put("absolute elsewhere", "GET http://evil/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    // All at once, since some of them take their time.
    Map<String, Future<String>> answers = new TreeMap<>();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      corpus.forEach((name, bytes) -> answers.put(name, clients.submit(() -> answer(bytes))));
    }
    List<String> believed = new ArrayList<>();
    for (Map.Entry<String, Future<String>> entry : answers.entrySet()) {
      String answer = entry.getValue().get();
      if (answer.contains("{\"status\":\"ok\"}")
          || answer.contains("chat.completion")
          || answer.contains("<still open>")
          || answer.startsWith("HTTP/1.1 5") && !answer.startsWith("HTTP/1.1 505 ")) {
        believed.add(entry.getKey() + " -> " + answer);
      }
    }
    assertThat(believed).isEmpty();
    assertThat(house.get(house.anna, "/v1/models").statusCode()).isEqualTo(200);
  }

  @Test
  void headersWithoutEndAreAnswered431() throws Exception {
    var flood = new StringBuilder("GET /health HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < 5000; i++) {
      flood.append("X-").append(i).append(": ").append("y".repeat(40)).append("\r\n");
    }
    assertThat(answer(flood.toString())).startsWith("HTTP/1.1 431 ").contains("headers_too_large");
  }

  @Test
  void anEndlessFirstLineIsAnswered414() throws Exception {
    assertThat(answer("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
  }

  @Test
  void aBodyThatIsTooLongIsAnswered413BeforeItIsRead() throws Exception {
    String answer =
        answer(post("Content-Type: application/json\r\nContent-Length: 100000\r\n", "{\"model\":"));
    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("request_too_large");
    String beyondAll =
        answer(
            post("Content-Type: application/json\r\nContent-Length: 999999999\r\n", "{\"model\":"));
    assertThat(beyondAll).startsWith("HTTP/1.1 413 ").contains("request_too_large");
  }

  @Test
  void aChunkedBodyThatGrowsTooLongIsAnswered413() throws Exception {
    var chunks = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      chunks.append("1000\r\n").append("x".repeat(4096)).append("\r\n");
    }
    chunks.append("0\r\n\r\n");
    String answer =
        answer(
            post(
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
                chunks.toString()));
    assertThat(answer).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void aChunkedBodyIsReadLikeAnyOther() throws Exception {
    String half = "{\"model\":\"echo\",\"messages\":";
    String rest = "[{\"role\":\"user\",\"content\":\"hi\"}]}";
    String answer =
        answer(
            post(
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n",
                "%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"
                    .formatted(half.length(), half, rest.length(), rest)));
    assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\"content\":\"hi\"");
  }

  @Test
  void clientsThatDribbleAreCutWhileOthersAreServed() throws Exception {
    impatient(SHORT);
    List<RawClient> slow = new ArrayList<>();
    try {
      String[] beginnings = {
        "GET /hea",
        "GET /health HTTP/1.1\r\nHost: local",
        post("Content-Length: 50\r\nContent-Type: application/json\r\n", "{"),
        ""
      };
      for (int i = 0; i < 40; i++) {
        slow.add(new RawClient(house.server.port()).send(beginnings[i % beginnings.length]));
      }
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (house.server.connections() > 1 && System.nanoTime() < end) {
        assertThat(house.get(house.anna, "/v1/models").statusCode()).isEqualTo(200);
        for (RawClient client : slow) {
          try {
            client.send("x");
          } catch (java.io.IOException _) {
            // Cut, as it should be.
          }
        }
        Thread.sleep(100);
      }
      assertThat(house.server.connections()).isLessThanOrEqualTo(1);
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  @Test
  void twoRequestsOnOneConnectionAreBothAnswered() throws Exception {
    try (var client = new RawClient(house.server.port())) {
      for (int i = 0; i < 2; i++) {
        client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.readUntil("{\"status\":\"ok\"}", 30_000)).contains(" 200 ");
      }
    }
  }

  @Test
  void everyAnswerCarriesTheSecurityHeadersAlsoToMalformedRequests() throws Exception {
    for (String request :
        new String[] {
          "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n",
          "BREW /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        }) {
      String answer = answer(request).toLowerCase(java.util.Locale.ROOT);
      assertThat(answer)
          .as(request)
          .contains("content-security-policy: default-src 'none'")
          .contains("require-trusted-types-for 'script'")
          .contains("x-content-type-options: nosniff")
          .contains("x-request-id: req_")
          .doesNotContain("access-control-allow");
    }
  }

  @Test
  void aHeadRequestIsAnsweredWithoutBody() throws Exception {
    String answer = answer("HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-length: 15");
    assertThat(answer.substring(answer.indexOf("\r\n\r\n"))).isEqualTo("\r\n\r\n");
  }
}
