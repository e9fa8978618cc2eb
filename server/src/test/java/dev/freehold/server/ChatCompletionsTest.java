package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `/v1/chat/completions` as a program sees it that speaks HTTP by hand.
class ChatCompletionsTest {

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

  private HttpResponse<String> complete(String json) throws Exception {
    return house.post(house.anna, "/v1/chat/completions", json);
  }

  private static List<JsonNode> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> House.JSON.readTree(line.substring(6)))
        .toList();
  }

  @Test
  void aWholeAnswerHasTheShapeOfOpenAi() throws Exception {
    HttpResponse<String> response =
        complete(
            """
            {"model":"echo","messages":[{"role":"user","content":"one two"}]}\
            """);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-request-id")).isPresent();
    JsonNode body = House.json(response);
    assertThat(body.get("object").asString()).isEqualTo("chat.completion");
    assertThat(body.at("/choices/0/message/role").asString()).isEqualTo("assistant");
    assertThat(body.at("/choices/0/message/content").asString()).isEqualTo("one two");
    assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(7);
    assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(1);
  }

  @Test
  void aStreamBeginsWithTheRoleAndEndsWithReasonUsageAndDone() throws Exception {
    HttpResponse<String> response =
        complete(
            """
            {"model":"echo","stream":true,"stream_options":{"include_usage":true},
             "messages":[{"role":"user","content":"one two"}]}\
            """);
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    List<JsonNode> events = events(response.body());
    assertThat(events.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(events.stream().skip(1).map(e -> e.at("/choices/0/delta/role")))
        .allMatch(JsonNode::isMissingNode);
    StringBuilder text = new StringBuilder();
    events.forEach(e -> text.append(e.at("/choices/0/delta/content").asString("")));
    assertThat(text.toString()).isEqualTo("one two");
    assertThat(events.get(events.size() - 2).at("/choices/0/finish_reason").asString())
        .isEqualTo("stop");
    assertThat(events.getLast().get("choices").size()).isZero();
    assertThat(events.getLast().at("/usage/total_tokens").asInt()).isEqualTo(7);
    assertThat(response.body()).endsWith("data: [DONE]\n\n");
  }

  @Test
  void anAnswerThatFailsHalfwayEndsInAnErrorEventAndWithoutDone() throws Exception {
    house.model.failAfterThreeWords = new IllegalStateException("secret words of the prompt");
    HttpResponse<String> response =
        complete(
            """
            {"model":"echo","stream":true,"messages":[{"role":"user","content":"a b c d e f"}]}\
            """);
    List<JsonNode> events = events(response.body());
    assertThat(events.getLast().at("/error/code").asString()).isEqualTo("internal_error");
    assertThat(response.body()).doesNotContain("[DONE]").doesNotContain("secret words");
  }

  @Test
  void anUnknownModelIsA404WithTheCodeThatSdksKnow() throws Exception {
    HttpResponse<String> response =
        complete("{\"model\":\"nope\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(House.json(response).at("/error/code").asString()).isEqualTo("model_not_found");
    assertThat(House.json(response).at("/error/param").asString()).isEqualTo("model");
  }
}
