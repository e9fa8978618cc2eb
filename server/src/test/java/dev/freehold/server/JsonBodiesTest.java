package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bodies that are no JSON, or JSON that two readers might read differently.
class JsonBodiesTest {

  private static final String GOOD =
      """
      {"model":"echo","temperature":0.5,"stop":["x"],"stream":false,"n":1,
       "messages":[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"h\\u00e9llo"}]}]}\
      """;

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

  private HttpResponse<String> post(byte[] body) throws Exception {
    return house.send(
        house
            .as(house.anna, "/v1/chat/completions")
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  @Test
  void whatIsNoJsonObjectOrAmbiguousIsA400() throws Exception {
    for (String body :
        List.of(
            "",
            "null",
            "[]",
            "7",
            "{",
            GOOD + "x",
            GOOD + GOOD,
            "{\"model\":\"echo\",\"model\":\"other\"}",
            "{\"messages\":" + "[".repeat(100) + "]".repeat(100) + "}",
            "{\"a\":".repeat(10_000),
            "{\"n\":1" + "0".repeat(5000) + "}",
            "{\"n\":1e999999999}",
            "{'model':'echo'}",
            "{\"model\":\"echo\",}",
            "{\"model\":NaN}",
            "\ufeff\ufeff{}",
            "{\"model\":\"ec\tho\"}")) {
      HttpResponse<String> response = post(body.getBytes(StandardCharsets.UTF_8));
      assertThat(response.statusCode())
          .as(body.substring(0, Math.min(60, body.length())))
          .isEqualTo(400);
      assertThat(House.json(response).at("/error/type").asString())
          .isEqualTo("invalid_request_error");
    }
    assertThat(post(new byte[] {'{', '"', (byte) 0xc3, '"', ':', '1', '}'}).statusCode())
        .isEqualTo(400);
    assertThat(house.model.asked).isEmpty();
  }

  @Test
  void aBodyThatIsNotSaidToBeJsonIsA415() throws Exception {
    HttpResponse<String> response =
        house.send(
            house
                .as(house.anna, "/v1/chat/completions")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(GOOD)));
    assertThat(response.statusCode()).isEqualTo(415);
  }

  @Test
  void twoThousandMutantsAreAnsweredOrRefusedAndNeverBreakTheServer() throws Exception {
    var random = new Random(3);
    byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
    assertThat(post(good).statusCode()).isEqualTo(200);
    for (int i = 0; i < 2000; i++) {
      byte[] mutant = good.clone();
      for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
        int at = random.nextInt(mutant.length);
        mutant[at] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "{}[],:\"0e-.\\ntu".charAt(random.nextInt(15));
      }
      int status = post(mutant).statusCode();
      assertThat(status)
          .as("mutant %d: %s", i, new String(mutant, StandardCharsets.ISO_8859_1))
          .isIn(200, 400, 404);
    }
  }
}
