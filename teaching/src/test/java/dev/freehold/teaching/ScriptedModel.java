package dev.freehold.teaching;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;

/// A model that knows the answers it is told to know, takes the last option of other questions, and
/// says the same of everything.
public final class ScriptedModel implements ChatModel {

  private final String says;
  private final BiPredicate<String, String> knows;
  private final double surprise;
  private final AtomicInteger askings = new AtomicInteger();

  private ScriptedModel(String says, BiPredicate<String, String> knows, double surprise) {
    this.says = says;
    this.knows = knows;
    this.surprise = surprise;
  }

  /// @param says its answer to everything
  /// @param knows whether, of a prompt, an option is what it knows for right
  public static ScriptedModel knowing(String says, BiPredicate<String, String> knows) {
    return new ScriptedModel(says, knows, 1);
  }

  /// The same model, more surprised by plain text.
  public ScriptedModel surprised(double factor) {
    return new ScriptedModel(says, knows, factor);
  }

  public int askings() {
    return askings.get();
  }

  @Override
  public ModelCard card() {
    return new ModelCard("scripted", "llama", 1, 1, 4096, "", "sha256:00", Instant.EPOCH);
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    askings.incrementAndGet();
    Iterator<ChatEvent> events =
        List.<ChatEvent>of(
                new ChatEvent.Text(says, List.of()),
                new ChatEvent.Finished(ChatEvent.FinishReason.STOP, new ChatEvent.Usage(1, 0, 1)))
            .iterator();
    return new ChatStream() {
      @Override
      public boolean hasNext() {
        return events.hasNext();
      }

      @Override
      public ChatEvent next() {
        return events.next();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public int countTokens(Prompt prompt) {
    return 10;
  }

  @Override
  public List<Continuation> continuations(String context, List<String> texts) {
    askings.incrementAndGet();
    return texts.stream()
        .map(text -> new Continuation(-surprise * text.length(), text.length(), false))
        .toList();
  }

  @Override
  public List<Continuation> continuations(Prompt prompt, List<String> texts) {
    askings.incrementAndGet();
    List<Continuation> scored = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      double each = knows.test(prompt.toString(), text) ? -0.1 : -1.0 + 0.01 * i;
      scored.add(new Continuation(each * text.length(), text.length(), each > -0.5));
    }
    return scored;
  }

  @Override
  public void close() {}
}
