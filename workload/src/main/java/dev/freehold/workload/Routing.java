package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.governance.egress.Redaction;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What one request of a workload needs on its way.
///
/// @param workload its settings when the request came
/// @param generation of its route
/// @param asking on whose behalf
/// @param models the models behind the route
/// @param capture where exchanges are kept
/// @param seen told of every exchange, captured or not
/// @param samples takes answers whose quality is to be looked at
/// @param shadows where candidates are asked unseen
/// @param clock the time
record Routing(
    Workload workload,
    long generation,
    Asking asking,
    ChatModels models,
    Capture capture,
    BiConsumer<Routing, Exchange> seen,
    BiConsumer<Routing, Sample> samples,
    Shadows shadows,
    Clock clock) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicLong SEQUENCE = new AtomicLong();

  boolean captured() {
    return workload.capture().mode() != CapturePolicy.Mode.OFF;
  }

  /// An id that rises with time and is unique over processes.
  String newId() {
    return "x-%012x%05x%06x"
        .formatted(clock.millis(), SEQUENCE.incrementAndGet() & 0xfffff, RANDOM.nextInt(1 << 24));
  }

  void keep(Exchange exchange) {
    if (captured()) {
      capture.keep(exchange);
    }
    seen.accept(this, exchange);
  }

  double cost(String model, ChatEvent.Usage usage) {
    return workload.prices().getOrDefault(model, Price.FREE).of(usage);
  }

  /// The words of a request as they are kept: without identifiers and secrets; empty where words
  /// are not kept.
  String request(ChatRequest request) {
    if (workload.capture().mode() != CapturePolicy.Mode.FULL) {
      return "";
    }
    ArrayNode messages = Json.MAPPER.createArrayNode();
    switch (request.prompt()) {
      case Prompt.Text(String text) ->
          messages.addObject().put("role", "text").put("content", Redaction.of(text));
      case Prompt.Conversation conversation ->
          conversation.messages().forEach(message -> message(messages.addObject(), message));
    }
    return Json.MAPPER.writeValueAsString(messages);
  }

  /// The form that a request asks for, as it is kept; empty where there is none, or words are not
  /// kept.
  String format(ChatRequest request) {
    return workload.capture().mode() == CapturePolicy.Mode.FULL
        ? Redaction.of(ResponseFormat.json(request.format()))
        : "";
  }

  private static void message(ObjectNode json, Message message) {
    json.put("role", message.role()).put("content", Redaction.of(message.text()));
    switch (message) {
      case Message.System _, Message.User _ -> {}
      case Message.Tool tool -> json.put("tool_call_id", tool.callId());
      case Message.Assistant assistant ->
          assistant
              .toolCalls()
              .forEach(call ->
                  json.withArray("tool_calls")
                      .addObject()
                      .put("id", call.id())
                      .put("name", call.name())
                      .put("arguments", Redaction.of(call.arguments())));
    }
  }

  String answer(String text) {
    return workload.capture().mode() == CapturePolicy.Mode.FULL ? Redaction.of(text) : "";
  }
}
