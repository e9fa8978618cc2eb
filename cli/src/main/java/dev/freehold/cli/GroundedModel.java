package dev.freehold.cli;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.documents.Grounded;
import dev.freehold.documents.Grounding;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/// A model that is always given the passages a person may read. Where nothing fits the question it
/// is not asked, and the answer is the note that says so, as on the page.
///
/// @param inner the model
/// @param grounding finds the passages
/// @param person on whose behalf
/// @param where the collections to look in
record GroundedModel(ChatModel inner, Grounding grounding, Principal person, Set<String> where)
    implements ChatModel {

  @Override
  public ModelCard card() {
    return inner.card();
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    Grounded grounded = grounding.ground(person, inner, request, where);
    return switch (grounded.state()) {
      case GROUNDED -> inner.stream(grounded.request());
      case NOTHING_FOUND, DOCUMENTS_UNREAD -> new Said(grounded.note());
    };
  }

  /// A note, as if a model had said it.
  private static final class Said implements ChatStream {
    private final Iterator<ChatEvent> events;

    Said(String note) {
      events =
          List.<ChatEvent>of(
                  new ChatEvent.Text(note, List.of()),
                  new ChatEvent.Finished(ChatEvent.FinishReason.STOP, new ChatEvent.Usage(0, 0, 0)))
              .iterator();
    }

    @Override
    public boolean hasNext() {
      return events.hasNext();
    }

    @Override
    public ChatEvent next() {
      return events.next();
    }

    @Override
    public void close() {
      // Nothing is under way.
    }
  }

  /// How likely answers are after the passages; where nothing fits the question, after the question
  /// alone.
  @Override
  public List<Continuation> continuations(Prompt prompt, List<String> texts) {
    Grounded grounded = grounding.ground(person, inner, ChatRequest.of(prompt), where);
    return inner.continuations(
        grounded.state() == Grounded.State.GROUNDED ? grounded.request().prompt() : prompt, texts);
  }

  @Override
  public int countTokens(Prompt prompt) {
    return inner.countTokens(prompt);
  }

  @Override
  public void close() {
    inner.close();
  }
}
