package dev.freehold.remote;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Unavailable;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One API in bytes: how a request is written and how its answer is read.
sealed interface Wire permits OpenAiWire, AnthropicWire {

  /// The headers that carry the key, and those that every request has.
  Map<String, String> headers(String key);

  /// Where a model's answers are asked for, below the base address.
  String answerPath(String model);

  /// Where the models are listed, below the base address.
  String listPath();

  /// Whether it may be asked how likely a given text is.
  boolean scores();

  /// The body of a request whose answer is streamed.
  ///
  /// @throws dev.freehold.chat.InvalidRequest naming the field that cannot be honoured
  ObjectNode body(String model, ChatRequest request);

  /// Reads one answer.
  Reading reading(String upstream, ChatRequest request);

  /// The models in a listing.
  ///
  /// @throws Unavailable where it is none
  List<UpstreamModelEntry> models(String upstream, JsonNode listing);

  /// The state of one answer that is read. Belongs to one thread.
  interface Reading {

    /// Takes the next event; the last thing it hands on is [ChatEvent.Finished].
    ///
    /// @throws Unavailable where the upstream says that it failed, or what it says makes no sense
    void accept(ServerSentEvents.Event event, Consumer<ChatEvent> out);
  }
}
