package dev.freehold.server.page;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One message of a conversation. Messages form a tree: a question edited or an answer asked for
/// again is another child of the same parent.
///
/// @param id opaque
/// @param parent what it follows; null at the beginning of the conversation
/// @param question whether the person said it, else the model
/// @param text what was said so far
/// @param created when
/// @param state how it ended
/// @param model who answered; empty for a question
/// @param passages what an answer was made from
/// @param cited the numbers of the passages an answer cites, in the order it does
/// @param grounding what an answer rests on; empty where no collection was chosen
/// @param usage what an answer took, where it was completed
record Turn(
    String id,
    @Nullable String parent,
    boolean question,
    String text,
    Instant created,
    State state,
    String model,
    List<Used> passages,
    List<Integer> cited,
    Optional<Ground> grounding,
    Optional<Took> usage) {

  Turn {
    passages = List.copyOf(passages);
    cited = List.copyOf(cited);
  }

  /// How a message ended.
  enum State {
    COMPLETE,
    /// The answer reached the most tokens that the page lets one have.
    LIMIT,
    /// The model began to say the same over and over, and was stopped.
    REPEATING,
    /// The person left or pressed stop, or the server was killed.
    STOPPED,
    FAILED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A passage an answer was made from. Its words are not kept here: they are read again, under the
  /// rights of the moment, whenever the conversation is shown.
  ///
  /// @param id the passage
  /// @param number its number in the prompt
  /// @param score how well it fitted
  record Used(String id, int number, double score) {}

  /// What an answer rests on.
  ///
  /// @param state `grounded`, `nothing-found` or `documents-unread`
  /// @param note a sentence for the person, or empty
  record Ground(String state, String note) {}

  /// What an answer took.
  ///
  /// @param promptTokens tokens of the prompt
  /// @param completionTokens tokens generated
  /// @param seconds from the question to the end
  /// @param timeToFirstToken seconds from the question to the first word
  record Took(int promptTokens, int completionTokens, double seconds, double timeToFirstToken) {}

  /// The same message, ended.
  Turn ended(State how, String said, List<Integer> citedNumbers, Optional<Took> took) {
    return new Turn(
        id, parent, question, said, created, how, model, passages, citedNumbers, grounding, took);
  }

  /// The same message, resting on these passages.
  Turn resting(List<Used> on, Ground ground) {
    return new Turn(
        id, parent, question, text, created, state, model, on, cited, Optional.of(ground), usage);
  }
}
