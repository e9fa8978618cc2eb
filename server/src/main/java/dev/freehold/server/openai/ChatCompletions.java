package dev.freehold.server.openai;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ToolCall;
import dev.freehold.server.http.EventStream;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/chat/completions`, whole or streamed.
///
/// Safe for use by many threads at once.
public final class ChatCompletions {

  private final ChatModels models;

  /// @param models the models that answer
  public ChatCompletions(ChatModels models) {
    this.models = models;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(Route.of("POST", "/v1/chat/completions", this::complete));
  }

  private void complete(Exchange exchange) throws IOException {
    ChatFields wanted = ChatFields.read(exchange);
    ChatModel model = Shapes.model(models, wanted.model());
    var frame = new Frame(Shapes.id("chatcmpl-"), Instant.now(), wanted, model);
    try (Choices choices =
        Choices.start(model, Choices.times(wanted.request(), wanted.choices()))) {
      if (wanted.stream()) {
        exchange.events(choices::close, events -> stream(choices, frame, events), Shapes::failed);
      } else {
        List<ChatAnswer> answers =
            exchange.whileWaiting(
                choices::close, () -> choices.readAll((_, events) -> ChatAnswer.of(events)));
        exchange.json(200, whole(answers, frame));
      }
    }
  }

  private static ObjectNode whole(List<ChatAnswer> answers, Frame frame) {
    ObjectNode body = frame.object("chat.completion");
    ArrayNode choices = body.putArray("choices");
    for (int i = 0; i < answers.size(); i++) {
      ChatAnswer answer = answers.get(i);
      ObjectNode choice = choices.addObject().put("index", i);
      ObjectNode message = choice.putObject("message");
      message(answer, message);
      if (frame.logprobs()) {
        choice.set("logprobs", Shapes.logprobs(answer.logprobs()));
      } else {
        choice.putNull("logprobs");
      }
      choice.put("finish_reason", Shapes.reason(answer.reason()));
    }
    body.set("usage", Shapes.usage(answers.stream().map(ChatAnswer::usage).toList(), 1));
    return body;
  }

  private static void message(ChatAnswer answer, ObjectNode message) {
    message.put("role", "assistant");
    if (answer.text().isEmpty() && !answer.toolCalls().isEmpty()) {
      message.putNull("content");
    } else {
      message.put("content", answer.text());
    }
    if (!answer.reasoning().isEmpty()) {
      message.put("reasoning_content", answer.reasoning());
    }
    message.putNull("refusal");
    message.putArray("annotations");
    if (!answer.toolCalls().isEmpty()) {
      ArrayNode calls = message.putArray("tool_calls");
      for (ToolCall call : answer.toolCalls()) {
        ObjectNode entry = calls.addObject().put("id", call.id()).put("type", "function");
        entry.putObject("function").put("name", call.name()).put("arguments", call.arguments());
      }
    }
  }

  private static void stream(Choices choices, Frame frame, EventStream events) {
    for (int i = 0; i < frame.wanted().choices(); i++) {
      ObjectNode delta = Json.object();
      delta.put("role", "assistant").put("content", "").putNull("refusal");
      events.data(frame.chunk(i, delta));
    }
    List<ChatEvent.Usage> usages =
        choices.readAll((index, stream) -> forward(index, stream, frame, events));
    if (frame.wanted().includeUsage()) {
      ObjectNode last = frame.object("chat.completion.chunk");
      last.putArray("choices");
      last.set("usage", Shapes.usage(usages, 1));
      events.data(last);
    }
    events.data("[DONE]");
  }

  private static ChatEvent.Usage forward(
      int index, ChatStream stream, Frame frame, EventStream events) {
    while (stream.hasNext()) {
      switch (stream.next()) {
        case ChatEvent.Reading _ -> {}
        case ChatEvent.Text piece -> {
          ObjectNode chunk = frame.chunk(index, Json.object().put("content", piece.text()));
          if (frame.logprobs()) {
            choice(chunk).set("logprobs", Shapes.logprobs(piece.logprobs()));
          }
          events.data(chunk);
        }
        case ChatEvent.Reasoning piece ->
            events.data(frame.chunk(index, Json.object().put("reasoning_content", piece.text())));
        case ChatEvent.ToolCallBegun call -> {
          ObjectNode entry = Json.object().put("index", call.index()).put("id", call.id());
          entry.put("type", "function");
          entry.putObject("function").put("name", call.name()).put("arguments", "");
          events.data(frame.chunk(index, toolCalls(entry)));
        }
        case ChatEvent.ToolCallArguments piece -> {
          ObjectNode entry = Json.object().put("index", piece.index());
          entry.putObject("function").put("arguments", piece.text());
          events.data(frame.chunk(index, toolCalls(entry)));
        }
        case ChatEvent.Finished finished -> {
          ObjectNode chunk = frame.chunk(index, Json.object());
          choice(chunk).put("finish_reason", Shapes.reason(finished.reason()));
          events.data(chunk);
          return finished.usage();
        }
      }
    }
    throw new IllegalStateException("A stream of events ended unfinished.");
  }

  private static ObjectNode toolCalls(ObjectNode entry) {
    ObjectNode delta = Json.object();
    delta.putArray("tool_calls").add(entry);
    return delta;
  }

  private static ObjectNode choice(ObjectNode chunk) {
    return (ObjectNode) chunk.get("choices").get(0);
  }

  /// What every object of one answer carries.
  private record Frame(String id, Instant created, ChatFields wanted, ChatModel model) {

    boolean logprobs() {
      return wanted.request().topLogprobs().isPresent();
    }

    ObjectNode object(String kind) {
      ObjectNode object = Json.object();
      return object
          .put("id", id)
          .put("object", kind)
          .put("created", created.getEpochSecond())
          .put("model", wanted.model())
          .put("service_tier", "default")
          .put("system_fingerprint", Shapes.fingerprint(model.card()));
    }

    ObjectNode chunk(int index, ObjectNode delta) {
      ObjectNode chunk = object("chat.completion.chunk");
      ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
      choice.set("delta", delta);
      choice.putNull("logprobs").putNull("finish_reason");
      if (wanted.includeUsage()) {
        chunk.putNull("usage");
      }
      return chunk;
    }
  }
}
