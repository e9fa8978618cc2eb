package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `/v1/completions`, `/v1/embeddings`, `/v1/models` and the page's files.
class OtherEndpointsTest {

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

  private JsonNode post(String path, String json) throws Exception {
    HttpResponse<String> response = house.post(house.anna, path, json);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return House.json(response);
  }

  private void refused(String path, String common, Map<String, String> fields) throws Exception {
    for (Map.Entry<String, String> field : fields.entrySet()) {
      HttpResponse<String> response =
          house.post(
              house.anna,
              path,
              "{" + common + ",\"" + field.getKey() + "\":" + field.getValue() + "}");
      assertThat(response.statusCode()).as(field.getKey()).isEqualTo(400);
      assertThat(House.json(response).at("/error/param").asString()).isEqualTo(field.getKey());
    }
  }

  @Test
  void plainTextIsContinuedWithEchoChoicesAndTheOlderLogprobs() throws Exception {
    JsonNode two =
        post(
            "/v1/completions",
            "{\"model\":\"echo\",\"prompt\":[\"a b\",\"c d\"],\"n\":2,\"echo\":true}");
    assertThat(two.get("object").asString()).isEqualTo("text_completion");
    assertThat(two.get("choices").size()).isEqualTo(4);
    assertThat(two.at("/choices/3/text").asString()).isEqualTo("c dc d");
    assertThat(two.at("/choices/3/index").asInt()).isEqualTo(3);
    assertThat(two.at("/usage/prompt_tokens").asInt()).isEqualTo(6);
    assertThat(two.at("/usage/completion_tokens").asInt()).isEqualTo(12);
    JsonNode scored =
        post("/v1/completions", "{\"model\":\"echo\",\"prompt\":\"a b\",\"logprobs\":2}");
    JsonNode logprobs = scored.at("/choices/0/logprobs");
    assertThat(logprobs.at("/tokens/0").asString()).isEqualTo("a");
    assertThat(logprobs.at("/text_offset/2").asInt()).isEqualTo(2);
    assertThat(logprobs.at("/top_logprobs/0").size()).isEqualTo(2);
    JsonNode cut =
        post(
            "/v1/completions",
            "{\"model\":\"echo\",\"prompt\":\"" + "w ".repeat(40).strip() + "\"}");
    assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(cut.at("/usage/completion_tokens").asInt()).isEqualTo(16);
  }

  @Test
  void plainTextStreamsToo() throws Exception {
    HttpResponse<String> response =
        house.post(
            house.anna,
            "/v1/completions",
            "{\"model\":\"echo\",\"prompt\":\"a b\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    assertThat(response.body())
        .contains("\"text\":\"a\"")
        .contains("\"finish_reason\":\"stop\"")
        .contains("\"choices\":[],\"usage\":{\"prompt_tokens\":3")
        .endsWith("data: [DONE]\n\n");
  }

  @Test
  void whatPlainCompletionsDoNotServeIsRefusedByName() throws Exception {
    Map<String, String> fields = new TreeMap<>();
    fields.put("suffix", "\"x\"");
    fields.put("best_of", "3");
    fields.put("logit_bias", "{\"one\":1}");
    fields.put("logprobs", "6");
    fields.put("stream_options", "{}");
    fields.put("messages", "[]");
    refused("/v1/completions", "\"model\":\"echo\",\"prompt\":\"x\"", fields);
    refused("/v1/completions", "\"model\":\"echo\"", Map.of("prompt", "[1,2,3]"));
  }

  @Test
  void embeddingsComeAsNumbersAndAsBase64OfTheSameFloats() throws Exception {
    JsonNode numbers =
        post("/v1/embeddings", "{\"model\":\"letters\",\"input\":[\"abc abc\",\"xyz\"]}");
    JsonNode base64 =
        post(
            "/v1/embeddings",
            "{\"model\":\"letters\",\"input\":\"abc abc\",\"encoding_format\":\"base64\",\"dimensions\":26,\"user\":\"u\"}");
    assertThat(numbers.get("data").size()).isEqualTo(2);
    assertThat(numbers.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    ByteBuffer floats =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64.at("/data/0/embedding").asString()))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(floats.remaining()).isEqualTo(26 * 4);
    for (JsonNode number : numbers.at("/data/0/embedding")) {
      assertThat(floats.getFloat()).isEqualTo(number.floatValue());
    }
  }

  @Test
  void whatEmbeddingsDoNotServeIsRefusedByName() throws Exception {
    Map<String, String> fields = new TreeMap<>();
    fields.put("dimensions", "8");
    fields.put("encoding_format", "\"int8\"");
    fields.put("truncate", "true");
    refused("/v1/embeddings", "\"model\":\"letters\",\"input\":\"x\"", fields);
    for (String input : new String[] {"[1,2]", "[[1]]", "[]", "\"\"", "[\"a\",\"\"]", "7"}) {
      refused("/v1/embeddings", "\"model\":\"letters\"", Map.of("input", input));
    }
    refused(
        "/v1/embeddings",
        "\"model\":\"letters\"",
        Map.of("input", "\"" + "word ".repeat(600) + "\""));
    assertThat(
            house
                .post(house.anna, "/v1/embeddings", "{\"model\":\"nobody\",\"input\":\"x\"}")
                .statusCode())
        .isEqualTo(404);
    assertThat(
            house
                .post(house.anna, "/v1/embeddings", "{\"model\":\"echo\",\"input\":\"x\"}")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void documentsAreRanked() throws Exception {
    JsonNode ranked =
        post(
            "/v1/rerank",
            "{\"model\":\"echo\",\"query\":\"b\",\"documents\":[\"a\",{\"text\":\"b b\"},\"a b\"],\"top_n\":2,\"return_documents\":true}");
    assertThat(ranked.get("object").asString()).isEqualTo("list");
    assertThat(ranked.get("results").size()).isEqualTo(2);
    assertThat(ranked.at("/results/0/index").asInt()).isEqualTo(1);
    assertThat(ranked.at("/results/0/relevance_score").asDouble()).isEqualTo(1);
    assertThat(ranked.at("/results/0/document/text").asString()).isEqualTo("b b");
    assertThat(ranked.at("/results/1/index").asInt()).isEqualTo(2);
    assertThat(ranked.at("/usage/total_tokens").asInt()).isEqualTo(8);
    String common = "\"model\":\"echo\",\"query\":\"b\"";
    for (String documents :
        new String[] {"[]", "\"a\"", "[7]", "[{\"text\":\"a\",\"title\":\"b\"}]"}) {
      assertThat(
              house
                  .post(
                      house.anna, "/v1/rerank", "{" + common + ",\"documents\":" + documents + "}")
                  .statusCode())
          .as(documents)
          .isEqualTo(400);
    }
    refused(
        "/v1/rerank",
        common + ",\"documents\":[\"a\"]",
        Map.of("top_n", "0", "max_tokens_per_doc", "5", "return_documents", "1"));
    refused("/v1/rerank", common, Map.of("documents", "[\"" + "word ".repeat(600) + "\"]"));
    assertThat(
            house
                .post(
                    house.anna,
                    "/v1/rerank",
                    "{\"model\":\"nobody\",\"query\":\"b\",\"documents\":[\"a\"]}")
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void modelsAreListedAndLookedUp() throws Exception {
    JsonNode list = House.json(house.get(house.anna, "/v1/models"));
    assertThat(list.at("/data/0/id").asString()).isEqualTo("echo");
    assertThat(list.at("/data/0/created").asLong()).isEqualTo(1_700_000_000);
    assertThat(list.at("/data/1/id").asString()).isEqualTo("letters");
    assertThat(House.json(house.get(house.anna, "/v1/models/echo")).get("object").asString())
        .isEqualTo("model");
    HttpResponse<String> none = house.get(house.anna, "/v1/models/hf:owner%2Frepo");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(House.json(none).at("/error/code").asString()).isEqualTo("model_not_found");
    JsonNode page = House.json(house.get(house.anna, "/api/models"));
    assertThat(page.at("/models/0/default").asBoolean()).isTrue();
    assertThat(page.get("suggestion").isNull()).isTrue();
  }

  @Test
  void thePageAndItsFilesAreServedPackedAndNamedByTheirContent() throws Exception {
    for (String path :
        new String[] {
          "/", "/c/x", "/documents", "/documents/x", "/d/x?passage=1", "/sign-in", "/?open=x"
        }) {
      HttpResponse<String> page = house.send(house.request(path).GET());
      assertThat(page.statusCode()).as(path).isEqualTo(200);
      assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    }
    HttpResponse<String> script = house.send(house.request("/assets/app.js").GET());
    assertThat(script.headers().firstValue("content-type"))
        .hasValue("text/javascript; charset=utf-8");
    String etag = script.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> again =
        house.send(house.request("/assets/app.js").header("If-None-Match", etag).GET());
    assertThat(again.statusCode()).isEqualTo(304);
    HttpResponse<String> packed =
        house.send(house.request("/assets/app.js").header("Accept-Encoding", "gzip, br").GET());
    assertThat(packed.headers().firstValue("content-encoding")).hasValue("gzip");
    HttpResponse<String> library =
        house.send(house.request("/webjars/lit-html/3.3.2/lit-html.js").GET());
    assertThat(library.statusCode()).isEqualTo(200);
    assertThat(library.headers().firstValue("cache-control").orElse("")).contains("immutable");
  }

  @Test
  void noPathLeadsOutOfTheListedFiles() throws Exception {
    for (String path :
        new String[] {
          "/assets/../../../../../module-info.class",
          "/assets/%2e%2e/%2e%2e/FreeholdServer.class",
          "/assets/..%2f..%2fFreeholdServer.class",
          "/assets/%252e%252e/FreeholdServer.class",
          "/assets/..%5c..%5cFreeholdServer.class",
          "/assets//etc/passwd",
          "/assets/",
          "/assets/view",
          "/webjars/../../../module-info.class",
          "/webjars/lit-html/3.3.2/package.json%00.js",
          "/webjars/lit-html/3.3.2/"
        }) {
      try (var client = new RawClient(house.server.port())) {
        String answer =
            client
                .send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .readToEnd(5000);
        assertThat(answer).as(path).matches("(?s)HTTP/1.1 40[014] .*");
      }
    }
  }
}
