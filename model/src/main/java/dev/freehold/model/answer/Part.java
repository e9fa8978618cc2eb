package dev.freehold.model.answer;

import java.util.Set;

/// A place within an answer: what the next character or marker means. Not thread-safe.
interface Part {

  /// The markers that mean something here where they are written as text; no other text of a model
  /// is one here.
  Set<String> markers();

  /// The next character, which begins none of these markers.
  void accept(char c);

  /// A marker, as text or as a token of its own.
  void marker(String marker);

  /// The answer ends here.
  void end();
}
