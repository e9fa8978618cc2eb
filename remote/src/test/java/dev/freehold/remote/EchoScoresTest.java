package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Unsupported;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How likely given texts are, asked of an upstream whose every letter is a token that costs what
/// its place in the alphabet says.
class EchoScoresTest {

  @TempDir Path home;

  private static double score(char c) {
    return c == ' ' ? -0.125 : -(c - 'a' + 1) / 4.0;
  }

  /// As vLLM answers completions with `echo`: prompt and one token more, scores of both.
  private static String echoed(JsonNode asked) {
    String all = asked.path("prompt").stringValue() + "z";
    ObjectNode answer = Json.object();
    ObjectNode choice = answer.putArray("choices").addObject().put("text", all);
    ObjectNode told = choice.putObject("logprobs");
    ArrayNode scores = told.putArray("token_logprobs");
    ArrayNode top = told.putArray("top_logprobs");
    for (int i = 0; i < all.length(); i++) {
      if (i == 0) {
        scores.addNull();
        top.addNull();
      } else {
        scores.add(score(all.charAt(i)));
        ObjectNode best = top.addObject().put(String.valueOf(all.charAt(i)), score(all.charAt(i)));
        best.put("a!", -0.25);
      }
    }
    answer.putObject("usage").put("prompt_tokens", all.length() - 1);
    return Json.MAPPER.writeValueAsString(answer);
  }

  @ParameterizedTest
  @EnumSource(
      value = Dialect.class,
      names = {"VLLM", "COMPATIBLE"})
  void eachTextIsScoredAfterTheTokensOfItsContext(Dialect dialect) throws IOException {
    try (var server =
        new ScriptedServer((asked, out) ->
            ScriptedServer.json(echoed(Json.read(asked.body()))).answer(asked, out))) {
      ChatModel model = Added.model(home, dialect, server);
      List<Continuation> all = model.continuations("the ", List.of("aa", "cab"));
      assertThat(server.asked.getFirst().path()).isEqualTo("/v1/completions");
      // The blank at the end of the context belongs to the text, as lm-evaluation-harness has it.
      assertThat(all.get(0).logProbability()).isCloseTo(-0.125 - 0.25 - 0.25, within(1e-12));
      assertThat(all.get(0).tokens()).isEqualTo(3);
      assertThat(all.get(0).greedy()).isTrue();
      assertThat(all.get(1).logProbability()).isCloseTo(-0.125 - 0.75 - 0.25 - 0.5, within(1e-12));
      assertThat(all.get(1).greedy()).isFalse();
      assertThat(server.asked).hasSize(3);
    }
  }

  @Test
  void whoDoesNotEchoIsRefusedAndNotGuessedAt() throws IOException {
    String plain =
        "{\"choices\":[{\"text\":\" a\",\"logprobs\":{\"token_logprobs\":[-1]}}],\"usage\":{\"prompt_tokens\":1}}";
    try (var server = new ScriptedServer(ScriptedServer.json(plain))) {
      ChatModel model = Added.model(home, Dialect.COMPATIBLE, server);
      assertThatThrownBy(() -> model.continuations("the", List.of(" a")))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("echo");
    }
  }

  @Test
  void whoIsKnownNotToOfferItIsNotAsked() throws IOException {
    try (var server = new ScriptedServer(ScriptedServer.json("{}"))) {
      ChatModel model = Added.model(home, Dialect.MISTRAL, server);
      assertThatThrownBy(() -> model.continuations("the", List.of(" a")))
          .isInstanceOf(Unsupported.class);
      assertThat(server.asked).isEmpty();
    }
  }
}
