package dev.freehold.remote;

import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.JsonNode;

/// Scripts of servers that answer as the real ones do: one word a token, up to the limit asked for.
final class Talking {

  private static final int WORDS = 4000;

  private Talking() {}

  /// OpenAI's chat completions.
  static ScriptedServer.Script openAi() {
    return (asked, out) -> {
      JsonNode body = Json.read(asked.body());
      int most = most(body, "max_completion_tokens", "max_tokens");
      ScriptedServer.events(out);
      ScriptedServer.send(
          out,
          "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n");
      for (int i = 0; i < most; i++) {
        word(
            out,
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word%d \"},\"finish_reason\":null}]}\n\n"
                .formatted(i),
            i);
      }
      ScriptedServer.send(
          out,
          "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}\n\n"
              .formatted(most < WORDS ? "length" : "stop"));
      ScriptedServer.send(
          out,
          "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":3}}}\n\ndata: [DONE]\n\n"
              .formatted(most));
    };
  }

  /// Anthropic's messages.
  static ScriptedServer.Script anthropic() {
    return (asked, out) -> {
      int most = Math.min(WORDS, most(Json.read(asked.body()), "max_tokens"));
      boolean all = most == WORDS;
      ScriptedServer.events(out);
      event(
          out,
          "message_start",
          "{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":2,\"output_tokens\":1}}}");
      event(
          out,
          "content_block_start",
          "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
      event(out, "ping", "{\"type\":\"ping\"}");
      for (int i = 0; i < most; i++) {
        word(
            out,
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"word%d \"}}\n\n"
                .formatted(i),
            i);
      }
      event(out, "content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
      event(
          out,
          "message_delta",
          "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"%s\"},\"usage\":{\"output_tokens\":%d}}"
              .formatted(all ? "end_turn" : "max_tokens", most));
      event(out, "message_stop", "{\"type\":\"message_stop\"}");
    };
  }

  private static void event(OutputStream out, String name, String data) throws IOException {
    ScriptedServer.send(out, "event: %s\ndata: %s\n\n".formatted(name, data));
  }

  // Slowly once there is much, so that a test that leaves in the middle does leave in the middle.
  private static void word(OutputStream out, String event, int i)
      throws IOException, InterruptedException {
    ScriptedServer.send(out, event);
    if (i > 20) {
      Thread.sleep(2);
    }
  }

  private static int most(JsonNode body, String... fields) {
    for (String field : fields) {
      if (body.has(field)) {
        return body.path(field).intValue();
      }
    }
    return WORDS;
  }
}
