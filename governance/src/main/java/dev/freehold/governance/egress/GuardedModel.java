package dev.freehold.governance.egress;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.TreeMap;

/// A model behind the gate: what is asked of it passes there, and placeholders are turned back in
/// what it answers.
///
/// Safe for use by many threads at once.
final class GuardedModel implements ChatModel {

  private final ChatModel upstream;
  private final Gate gate;
  private final String origin;
  private final Asking asking;

  GuardedModel(ChatModel upstream, Gate gate, String origin, Asking asking) {
    this.upstream = upstream;
    this.gate = gate;
    this.origin = origin;
    this.asking = asking;
  }

  @Override
  public ModelCard card() {
    return upstream.card();
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    Gate.Passed passed = gate.pass(request, origin, upstream.card().name(), asking);
    ChatStream stream = upstream.stream(passed.request());
    return passed.placeholders().isEmpty() ? stream : new Restored(stream, passed.placeholders());
  }

  /// Scores of given texts are of use only for exactly these texts, so what would need a
  /// placeholder is refused.
  @Override
  public List<Continuation> continuations(String context, List<String> texts) {
    requireWhole(context);
    texts.forEach(text -> requireWhole(context + text));
    return upstream.continuations(context, texts);
  }

  private void requireWhole(String text) {
    ChatRequest request = ChatRequest.of(new Prompt.Text(text)).withTopLogprobs(0);
    gate.pass(request, origin, upstream.card().name(), asking);
  }

  @Override
  public int countTokens(Prompt prompt) {
    return upstream.countTokens(prompt);
  }

  @Override
  public void close() {
    upstream.close();
  }

  /// An answer whose placeholders are turned back, also where they come in pieces.
  private static final class Restored implements ChatStream {
    private final ChatStream stream;
    private final Placeholders placeholders;
    private final Placeholders.Restoring words;
    private final Placeholders.Restoring thoughts;
    private final Map<Integer, Placeholders.Restoring> calls = new TreeMap<>();
    private final Queue<ChatEvent> ready = new ArrayDeque<>();
    private boolean finished;

    Restored(ChatStream stream, Placeholders placeholders) {
      this.stream = stream;
      this.placeholders = placeholders;
      this.words = placeholders.restoring();
      this.thoughts = placeholders.restoring();
    }

    @Override
    public boolean hasNext() {
      return !finished;
    }

    @Override
    public ChatEvent next() {
      if (finished) {
        throw new NoSuchElementException();
      }
      while (ready.isEmpty()) {
        take(stream.next());
      }
      ChatEvent event = ready.remove();
      finished = event instanceof ChatEvent.Finished;
      return event;
    }

    private void take(ChatEvent event) {
      switch (event) {
        case ChatEvent.Reading reading -> ready.add(reading);
        case ChatEvent.Reasoning piece -> think(thoughts.accept(piece.text()));
        case ChatEvent.Text piece -> {
          think(thoughts.finish());
          say(words.accept(piece.text()));
        }
        case ChatEvent.ToolCallBegun call -> {
          rest();
          calls.put(call.index(), placeholders.restoringJson());
          ready.add(call);
        }
        case ChatEvent.ToolCallArguments piece ->
            argue(
                piece.index(),
                calls
                    .computeIfAbsent(piece.index(), _ -> placeholders.restoringJson())
                    .accept(piece.text()));
        case ChatEvent.Finished end -> {
          rest();
          ready.add(end);
        }
      }
    }

    /// What was held back, now that something else comes.
    private void rest() {
      think(thoughts.finish());
      say(words.finish());
      calls.forEach((index, restoring) -> argue(index, restoring.finish()));
    }

    private void think(String text) {
      if (!text.isEmpty()) {
        ready.add(new ChatEvent.Reasoning(text));
      }
    }

    private void argue(int index, String text) {
      if (!text.isEmpty()) {
        ready.add(new ChatEvent.ToolCallArguments(index, text));
      }
    }

    private void say(String text) {
      if (!text.isEmpty()) {
        ready.add(new ChatEvent.Text(text, List.of()));
      }
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
