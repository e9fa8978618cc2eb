package dev.freehold.documents;

import dev.freehold.chat.ChatRequest;
import java.util.List;
import java.util.Locale;

/// A request as the model gets it, with the passages put before it.
///
/// @param request what to send to the model; for [State#GROUNDED] it holds the passages
/// @param state what the answer can rest on
/// @param passages those in the prompt, numbered from 1, best first
/// @param note a sentence for the person, in the language of the question; empty where there is
///   nothing to say
public record Grounded(ChatRequest request, State state, List<Passage> passages, String note) {
  public Grounded {
    passages = List.copyOf(passages);
  }

  /// What an answer can rest on.
  public enum State {
    /// Passages that fit the question are in the prompt.
    GROUNDED,
    /// No passage fits the question; the model should not be asked, the note says so.
    NOTHING_FOUND,
    /// No passage fits the question, but documents are still being read or could not be.
    DOCUMENTS_UNREAD;

    /// The word used in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
