package dev.freehold.remote;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A model behind a socket. Nobody but the gate should hold one: what it is asked leaves the house.
///
/// Safe for use by many threads at once.
final class UpstreamModel implements ChatModel {

  private final String upstream;
  private final String model;
  private final ModelCard card;
  private final Wire wire;
  private final UpstreamHttp http;

  UpstreamModel(String upstream, String model, ModelCard card, Wire wire, UpstreamHttp http) {
    this.upstream = upstream;
    this.model = model;
    this.card = card;
    this.wire = wire;
    this.http = http;
  }

  @Override
  public ModelCard card() {
    return card;
  }

  /// Waits until the upstream has begun to answer, so that its refusal is thrown here; an interrupt
  /// ends the waiting and the connection.
  @Override
  public ChatStream stream(ChatRequest request) {
    byte[] body = Json.MAPPER.writeValueAsBytes(wire.body(model, request));
    HttpResponse<InputStream> response =
        http.ask(wire.answerPath(model), Optional.of(body), "text/event-stream");
    Deadlines deadlines = http.deadlines();
    return new UpstreamStream(
        upstream,
        new WatchedBody(response.body(), deadlines.stall(), deadlines.total()),
        wire.reading(upstream, request),
        http.breaker());
  }

  /// Asks the server for the scores of the very texts, in as many requests as there are texts and
  /// one more.
  @Override
  public List<Continuation> continuations(String context, List<String> texts) {
    if (!wire.scores()) {
      return ChatModel.super.continuations(context, texts);
    }
    return new EchoScores(upstream, model, this::completion).of(context, texts);
  }

  private JsonNode completion(ObjectNode wanted) {
    byte[] asked = Json.MAPPER.writeValueAsBytes(wanted);
    HttpResponse<InputStream> response =
        http.ask("/completions", Optional.of(asked), "application/json");
    return http.json(response);
  }

  /// An estimate from above, since only the upstream has the tokenizer: one token for every two
  /// bytes of the conversation as JSON.
  @Override
  public int countTokens(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text text -> estimate(text.text());
      case Prompt.Conversation conversation -> {
        ObjectNode written = Json.object();
        OpenAiMessages.write(written, conversation);
        // As JSON it is longer than in any template.
        yield estimate(Json.MAPPER.writeValueAsString(written));
      }
    };
  }

  private static int estimate(String text) {
    return (text.getBytes(StandardCharsets.UTF_8).length + 1) / 2;
  }

  /// Nothing is held between two requests.
  @Override
  public void close() {}
}
