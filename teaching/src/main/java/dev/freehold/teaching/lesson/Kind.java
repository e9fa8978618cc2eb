package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import java.util.Locale;

/// What a lesson is for; a data set is a mixture of them.
public enum Kind {
  /// A statement of the documents, word for word or in other words.
  STATEMENT,
  /// A question and its answer.
  QUESTION,
  /// A cell of a table, by its row and column.
  RELATION,
  /// A question with passages, one of them the right one, and an answer that cites it (RAFT, arXiv
  /// 2403.10131).
  GROUNDED,
  /// A question with passages that do not answer it, and an answer that says so.
  UNANSWERABLE,
  /// What the base itself answers, so that it stays what it was.
  REPLAY,
  /// A captured exchange of a workload.
  EXCHANGE,
  /// A conversation that somebody brought or edited.
  CONVERSATION;

  /// The word in files.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The kind of that word.
  ///
  /// @throws InvalidRequest where there is none
  public static Kind of(String word) {
    for (Kind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new InvalidRequest("\"%s\" is no kind of lesson.".formatted(word), "kind");
  }
}
