package dev.freehold.server.page;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Repetition;
import dev.freehold.chat.Sampling;
import dev.freehold.documents.Citations;
import dev.freehold.documents.Grounded;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Passage;
import dev.freehold.server.http.ClientGone;
import dev.freehold.server.http.EventStream;
import dev.freehold.server.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One answer on its way to the page: grounded in documents where collections were chosen,
/// streamed, checked for citations, and kept as far as it came.
///
/// One object an answer. `answer` runs on the thread of the request, `leave` on any.
final class Answering {

  // Small models repeat themselves at the temperature OpenAI's API begins with.
  private static final Sampling FREE =
      new Sampling(0.7, 40, 0.95, 0.05, 1.1, 0, 0, OptionalLong.empty());
  private static final Sampling FROM_DOCUMENTS =
      new Sampling(0.2, 40, 0.95, 0.05, 1.1, 0, 0, OptionalLong.empty());
  private static final int LONGEST_ANSWER = 1024;
  private static final long KEPT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Conversations conversations;
  private final Grounding grounding;
  private final ChatModel model;
  private final Principal principal;
  private final AtomicReference<@Nullable ChatStream> running = new AtomicReference<>();
  private volatile boolean left;

  private Turn answer;
  private final StringBuilder text = new StringBuilder();
  private final List<Integer> cited = new ArrayList<>();
  private final long began = System.nanoTime();
  private final Repetition repetition = new Repetition();
  private Turn.State ending = Turn.State.COMPLETE;
  private long firstWord;
  private long kept = System.nanoTime();

  Answering(
      Conversations conversations,
      Grounding grounding,
      ChatModel model,
      Principal principal,
      Turn answer) {
    this.conversations = conversations;
    this.grounding = grounding;
    this.model = model;
    this.principal = principal;
    this.answer = answer;
  }

  /// The client left: the model stops within a step.
  void leave() {
    left = true;
    ChatStream stream = running.get();
    if (stream != null) {
      stream.close();
    }
  }

  /// Answers the last of these messages and keeps what was said, also where this throws.
  ///
  /// @param path the conversation up to the question
  /// @param collections where to look; empty: nowhere, the model answers by itself
  void answer(List<Turn> path, Set<String> collections, EventStream events) {
    events.event(
        "answer",
        Json.object()
            .put("id", answer.id())
            .put("parent", answer.parent())
            .put("model", answer.model()));
    Turn.State state = Turn.State.FAILED;
    Optional<Turn.Took> took = Optional.empty();
    List<Passage> passages = List.of();
    try {
      ChatRequest request = request(path, collections.isEmpty() ? FREE : FROM_DOCUMENTS);
      if (collections.isEmpty()) {
        took = Optional.of(generate(request, List.of(), false, events));
      } else {
        Grounded grounded = grounding.ground(principal, model, request, collections);
        passages = grounded.passages();
        rest(grounded, events);
        took =
            switch (grounded.state()) {
              case GROUNDED -> Optional.of(generate(grounded.request(), passages, true, events));
              case NOTHING_FOUND, DOCUMENTS_UNREAD -> {
                say(grounded.note(), events);
                yield Optional.empty();
              }
            };
      }
      state = ending;
    } catch (ClientGone e) {
      state = Turn.State.STOPPED;
      throw e;
    } finally {
      if (left && state == Turn.State.FAILED) {
        // Whatever a cancelled model throws.
        state = Turn.State.STOPPED;
      }
      answer = answer.ended(state, text.toString(), cited, took);
      conversations.keep(principal, answer);
    }
    ObjectNode done = Json.object();
    done.set("message", PageShapes.turn(answer, passages));
    events.event("done", done);
  }

  private ChatRequest request(List<Turn> path, Sampling sampling) {
    int window = model.card().contextLength();
    int longest = window > 0 ? Math.min(LONGEST_ANSWER, Math.max(64, window / 4)) : LONGEST_ANSWER;
    return new ChatRequest(
        new Prompt.Conversation(messages(path)),
        sampling,
        OptionalInt.of(longest),
        List.of(),
        OptionalInt.empty(),
        principal.id());
  }

  // Templates want questions and answers in turn: a question that never got a word of answer is
  // left out with its answer.
  private static List<Message> messages(List<Turn> path) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < path.size(); i++) {
      Turn turn = path.get(i);
      boolean last = i == path.size() - 1;
      if (turn.question() && (last || !path.get(i + 1).text().isBlank())) {
        messages.add(new Message.User(turn.text()));
      } else if (!turn.question() && !turn.text().isBlank()) {
        messages.add(new Message.Assistant(turn.text()));
      }
    }
    return messages;
  }

  private void rest(Grounded grounded, EventStream events) {
    var ground = new Turn.Ground(grounded.state().word(), grounded.note());
    answer =
        answer.resting(
            grounded.passages().stream()
                .map(passage -> new Turn.Used(passage.id(), passage.number(), passage.score()))
                .toList(),
            ground);
    conversations.keep(principal, answer);
    ObjectNode event = Json.object();
    event.set("passages", PageShapes.passages(grounded.passages()));
    event.set("grounding", PageShapes.ground(ground));
    events.event("passages", event);
  }

  /// What the answer took.
  private Turn.Took generate(
      ChatRequest request, List<Passage> passages, boolean cites, EventStream events) {
    var citations = new Citations(passages.size());
    try (ChatStream stream = model.stream(request)) {
      running.set(stream);
      if (left) {
        throw new ClientGone(new IllegalStateException("The client left before the first word."));
      }
      while (stream.hasNext()) {
        switch (stream.next()) {
          case ChatEvent.Reading reading ->
              events.event(
                  "reading",
                  Json.object().put("done", reading.done()).put("total", reading.total()));
          case ChatEvent.Reasoning piece ->
              events.event("reasoning", Json.object().put("text", piece.text()));
          // The page offers no tools.
          case ChatEvent.ToolCallBegun _, ChatEvent.ToolCallArguments _ -> {}
          case ChatEvent.Text piece -> {
            if (cites) {
              tell(citations.accept(piece.text()), passages, events);
            } else {
              say(piece.text(), events);
            }
            if (repetition.accept(piece.text())) {
              tell(citations.finish(), passages, events);
              ending = Turn.State.REPEATING;
              return took(counted(request));
            }
          }
          case ChatEvent.Finished finished -> {
            tell(citations.finish(), passages, events);
            ending =
                switch (finished.reason()) {
                  case STOP, TOOL_CALLS -> Turn.State.COMPLETE;
                  case LENGTH -> Turn.State.LIMIT;
                };
            return took(finished.usage());
          }
        }
      }
      throw new IllegalStateException("A stream of events ended unfinished.");
    } finally {
      running.set(null);
    }
  }

  private void tell(List<Citations.Piece> pieces, List<Passage> passages, EventStream events) {
    for (Citations.Piece piece : pieces) {
      switch (piece) {
        case Citations.Piece.Text words -> say(words.text(), events);
        case Citations.Piece.Citation citation -> {
          cited.add(citation.number());
          events.event(
              "citation",
              PageShapes.citation(citation.number(), passages.get(citation.number() - 1).id()));
        }
      }
    }
  }

  private void say(String words, EventStream events) {
    if (words.isEmpty()) {
      return;
    }
    if (firstWord == 0) {
      firstWord = System.nanoTime();
    }
    text.append(words);
    events.event("delta", Json.object().put("text", words));
    if (System.nanoTime() - kept > KEPT_EVERY_NANOS) {
      kept = System.nanoTime();
      conversations.keep(
          principal, answer.ended(Turn.State.STOPPED, text.toString(), cited, Optional.empty()));
    }
  }

  /// The usage of an answer that was stopped here, counted from its words: the model was not there
  /// to say.
  private ChatEvent.Usage counted(ChatRequest request) {
    return new ChatEvent.Usage(
        model.countTokens(request.prompt()),
        0,
        model.countTokens(new Prompt.Text(text.toString())));
  }

  private Turn.Took took(ChatEvent.Usage usage) {
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Turn.Took(
        usage.promptTokens(),
        usage.completionTokens(),
        seconds,
        firstWord == 0 ? seconds : (firstWord - began) / 1e9);
  }
}
