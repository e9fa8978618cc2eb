package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signing in on the page, and what a stranger's page cannot make a browser do.
class SessionsTest {

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = House.in(folder);
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private HttpResponse<String> signIn(String key, String... headers) throws Exception {
    HttpRequest.Builder request = house.request("/api/session");
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return house.send(
        request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"" + key + "\"}")));
  }

  private String cookie() throws Exception {
    HttpResponse<String> response = signIn(house.anna.secret(), "X-Freehold", "1");
    assertThat(response.statusCode()).isEqualTo(204);
    String cookie = response.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain("Secure");
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private HttpRequest.Builder with(String cookie, String path) {
    return house
        .request(path)
        .header("Cookie", "other=1; " + cookie)
        .header("Content-Type", "application/json");
  }

  @Test
  void aKeyOpensASessionThatAnswersWhoIsThereAndEnds() throws Exception {
    String cookie = cookie();
    HttpResponse<String> who = house.send(with(cookie, "/api/session").GET());
    assertThat(House.json(who).at("/principal/name").asString()).isEqualTo("Anna");
    assertThat(House.json(who).at("/principal/administrator").asBoolean()).isFalse();
    assertThat(House.json(who).get("version").asString()).isEqualTo("development");
    assertThat(who.body()).doesNotContain(house.anna.principal().id());
    assertThat(
            house
                .send(with(cookie, "/api/session").header("X-Freehold", "1").DELETE())
                .statusCode())
        .isEqualTo(204);
    assertThat(house.send(with(cookie, "/api/session").GET()).statusCode()).isEqualTo(401);
  }

  @Test
  void aWrongKeyOpensNone() throws Exception {
    HttpResponse<String> refused = signIn("fh-wrong", "X-Freehold", "1");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("set-cookie")).isEmpty();
  }

  @Test
  void aChangeWithACookieNeedsTheHeaderAndTheRightOrigin() throws Exception {
    String cookie = cookie();
    String json = "{\"model\":\"echo\"}";
    String[][] refused = {
      {},
      {"X-Freehold", "0"},
      {"X-Freehold", "1", "Origin", "http://evil.example"},
      {"X-Freehold", "1", "Origin", "null"},
      {"X-Freehold", "1", "Origin", "http://127.0.0.1:1"},
      {"X-Freehold", "1", "Sec-Fetch-Site", "cross-site"},
      {"X-Freehold", "1", "Sec-Fetch-Site", "same-site"}
    };
    for (String[] headers : refused) {
      HttpRequest.Builder request = with(cookie, "/api/conversations");
      for (int i = 0; i < headers.length; i += 2) {
        request.header(headers[i], headers[i + 1]);
      }
      HttpResponse<String> response =
          house.send(request.POST(HttpRequest.BodyPublishers.ofString(json)));
      assertThat(response.statusCode()).as(String.join(" ", headers)).isEqualTo(403);
    }
    HttpResponse<String> taken =
        house.send(
            with(cookie, "/api/conversations")
                .header("X-Freehold", "1")
                .header("Origin", house.base())
                .header("Sec-Fetch-Site", "same-origin")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    assertThat(taken.statusCode()).isEqualTo(201);
    assertThat(signIn(house.bruno.secret()).statusCode()).isEqualTo(403);
    // A program with a key is no browser that could be misled.
    assertThat(house.post(house.anna, "/api/conversations", json).statusCode()).isEqualTo(201);
  }

  @Test
  void aNameThatIsNotOursIsNotServedSoThatRebindingFails() throws Exception {
    for (String host :
        new String[] {"evil.example", "localhost.evil.example", "127.0.0.1.nip.io", ""}) {
      try (var client = new RawClient(house.server.port())) {
        String answer =
            client
                .send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .readToEnd(5000);
        assertThat(answer).as(host).matches("(?s)HTTP/1.1 (421|400) .*");
      }
    }
    for (String host :
        new String[] {"localhost", "localhost:1234", "127.0.0.1", "[::1]:8080", "LOCALHOST"}) {
      try (var client = new RawClient(house.server.port())) {
        String answer =
            client
                .send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .readToEnd(5000);
        assertThat(answer).as(host).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void aRevokedKeyIsRefusedAtTheNextRequestAndEndsItsStreams() throws Exception {
    String cookie = cookie();
    house.model.millisPerWord = 50;
    try (var client = new RawClient(house.server.port())) {
      client.post(
          "/v1/chat/completions",
          house.anna.secret(),
          "{\"model\":\"echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\""
              + "word ".repeat(2000)
              + "\"}]}");
      client.readUntil("word", 5000);
      house.keys.revoke(house.anna.id());
      assertThat(house.get(house.anna, "/v1/models").statusCode()).isEqualTo(401);
      assertThat(house.send(with(cookie, "/api/session").GET()).statusCode()).isEqualTo(401);
      String rest = client.readToEnd(5000);
      assertThat(rest)
          .contains("invalid_api_key")
          .doesNotContain("[DONE]")
          .doesNotContain("<still open>");
    }
    assertThat(house.model.cancelled.get()).isEqualTo(1);
  }

  @Test
  void credentialsGivenTwiceAreRefused() throws Exception {
    try (var client = new RawClient(house.server.port())) {
      String answer =
          client
              .send(
                  "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n"
                      .formatted(house.anna.secret()))
              .readToEnd(5000);
      assertThat(answer).startsWith("HTTP/1.1 400 ");
    }
    HttpResponse<String> two =
        house.send(
            house
                .request("/api/session")
                .header("Cookie", cookie() + "; freehold_session=fs-planted")
                .GET());
    assertThat(two.statusCode()).isEqualTo(400);
  }
}
