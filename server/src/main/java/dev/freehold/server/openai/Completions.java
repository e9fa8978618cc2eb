package dev.freehold.server.openai;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.server.http.EventStream;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/completions`: plain text continued, whole or streamed.
///
/// Safe for use by many threads at once.
public final class Completions {

  private final ChatModels models;

  /// @param models the models that answer
  public Completions(ChatModels models) {
    this.models = models;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(Route.of("POST", "/v1/completions", this::complete));
  }

  private void complete(Exchange exchange) throws IOException {
    CompletionFields wanted = CompletionFields.read(exchange);
    ChatModel model = Shapes.model(models, wanted.model(), exchange.principal());
    List<ChatRequest> requests = new ArrayList<>();
    for (ChatRequest request : wanted.requests()) {
      requests.addAll(Choices.times(request, wanted.choices()));
    }
    List<List<ChatEvent.TokenLogprob>> prompts = exchange.beginning(() -> scored(wanted, model));
    var frame = new Frame(Shapes.id("cmpl-"), Instant.now(), wanted, model, prompts);
    try (Choices choices = exchange.beginning(() -> Choices.start(model, requests))) {
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

  /// The tokens of each prompt that is repeated with its scores; nothing where none is.
  private static List<List<ChatEvent.TokenLogprob>> scored(
      CompletionFields wanted, ChatModel model) {
    return wanted.scored().isEmpty()
        ? List.of()
        : wanted.prompts().stream()
            .map(prompt -> model.tokens(prompt, wanted.scored().getAsInt()))
            .toList();
  }

  private static ObjectNode whole(List<ChatAnswer> answers, Frame frame) {
    ObjectNode body = frame.object();
    ArrayNode choices = body.putArray("choices");
    for (int i = 0; i < answers.size(); i++) {
      ChatAnswer answer = answers.get(i);
      ObjectNode choice =
          choices.addObject().put("index", i).put("text", frame.echo(i) + answer.text());
      List<ChatEvent.TokenLogprob> all = new ArrayList<>(frame.prompt(i));
      all.addAll(answer.logprobs());
      frame.logprobs(choice, all, 0);
      choice.put("finish_reason", Shapes.reason(answer.reason()));
    }
    body.set(
        "usage",
        Shapes.usage(
            answers.stream().map(ChatAnswer::usage).toList(), frame.wanted().requests().size()));
    return body;
  }

  private static void stream(Choices choices, Frame frame, EventStream events) {
    List<ChatEvent.Usage> usages =
        choices.readAll((index, stream) -> forward(index, stream, frame, events));
    if (frame.wanted().includeUsage()) {
      ObjectNode last = frame.object();
      last.putArray("choices");
      last.set("usage", Shapes.usage(usages, frame.wanted().requests().size()));
      events.data(last);
    }
    events.data("[DONE]");
  }

  private static ChatEvent.Usage forward(
      int index, ChatStream stream, Frame frame, EventStream events) {
    int offset = 0;
    if (!frame.echo(index).isEmpty()) {
      events.data(
          frame.chunk(index, frame.echo(index), frame.prompt(index), offset, Optional.empty()));
      offset += frame.prompt(index).isEmpty() ? 0 : frame.echo(index).length();
    }
    while (stream.hasNext()) {
      switch (stream.next()) {
        // Plain text has neither reasoning nor tools.
        case ChatEvent.Reading _,
            ChatEvent.Reasoning _,
            ChatEvent.ToolCallBegun _,
            ChatEvent.ToolCallArguments _ -> {}
        case ChatEvent.Text piece -> {
          events.data(frame.chunk(index, piece.text(), piece.logprobs(), offset, Optional.empty()));
          offset += piece.text().length();
        }
        case ChatEvent.Finished finished -> {
          events.data(frame.chunk(index, "", List.of(), offset, Optional.of(finished.reason())));
          return finished.usage();
        }
      }
    }
    throw new IllegalStateException("A stream of events ended unfinished.");
  }

  /// What every object of one answer carries.
  ///
  /// @param prompts the tokens of each prompt with their scores, where they are told
  private record Frame(
      String id,
      Instant created,
      CompletionFields wanted,
      ChatModel model,
      List<List<ChatEvent.TokenLogprob>> prompts) {

    ObjectNode object() {
      ObjectNode object = Json.object();
      return object
          .put("id", id)
          .put("object", "text_completion")
          .put("created", created.getEpochSecond())
          .put("model", wanted.model())
          .put("system_fingerprint", Shapes.fingerprint(model.card()));
    }

    /// What is repeated of the prompt before this choice.
    String echo(int index) {
      return wanted.echo() ? wanted.prompts().get(index / wanted.choices()) : "";
    }

    /// The scored tokens of what is repeated.
    List<ChatEvent.TokenLogprob> prompt(int index) {
      return prompts.isEmpty() ? List.of() : prompts.get(index / wanted.choices());
    }

    ObjectNode chunk(
        int index,
        String text,
        List<ChatEvent.TokenLogprob> logprobs,
        int offset,
        Optional<ChatEvent.FinishReason> reason) {
      ObjectNode chunk = object();
      ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
      choice.put("text", text);
      logprobs(choice, logprobs, offset);
      reason.ifPresentOrElse(
          ended -> choice.put("finish_reason", Shapes.reason(ended)),
          () -> choice.putNull("finish_reason"));
      if (wanted.includeUsage()) {
        chunk.putNull("usage");
      }
      return chunk;
    }

    /// The older shape: parallel lists.
    void logprobs(ObjectNode choice, List<ChatEvent.TokenLogprob> entries, int firstOffset) {
      if (wanted.requests().getFirst().topLogprobs().isEmpty()) {
        choice.putNull("logprobs");
        return;
      }
      ObjectNode logprobs = choice.putObject("logprobs");
      ArrayNode tokens = logprobs.putArray("tokens");
      ArrayNode values = logprobs.putArray("token_logprobs");
      ArrayNode top = logprobs.putArray("top_logprobs");
      ArrayNode offsets = logprobs.putArray("text_offset");
      int offset = firstOffset;
      for (ChatEvent.TokenLogprob entry : entries) {
        tokens.add(entry.token());
        if (Double.isNaN(entry.logprob())) {
          // The first token of a prompt: nothing stands before it.
          values.addNull();
          top.addNull();
          offsets.add(offset);
          offset += entry.token().length();
          continue;
        }
        values.add(Shapes.finite(entry.logprob()));
        ObjectNode alternatives = top.addObject();
        entry.top().forEach(like -> alternatives.put(like.token(), Shapes.finite(like.logprob())));
        offsets.add(offset);
        offset += entry.token().length();
      }
    }
  }
}
