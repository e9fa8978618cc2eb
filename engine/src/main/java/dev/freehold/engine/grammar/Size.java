package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;

/// How large the form of an answer is as far as it was read. Counted while it is read, so that what
/// is too large is refused before time and memory have gone into it. Not thread-safe.
///
/// What passes here may still take more states than [NetworkBuilder] draws. What does not pass
/// would take more, or would take as long to read as that many take to draw.
final class Size {

  /// Most parts of a form.
  static final int MOST = NetworkBuilder.MOST_STATES;

  /// A schema within a schema, with its keywords.
  static final int SCHEMA = 10;

  /// A reference to a schema.
  static final int REFERENCE = 4;

  /// A value that is listed.
  static final int VALUE = 2;

  /// A character of a regular expression that stands for itself.
  static final int CHARACTER = 2;

  /// A set, group or alternative of a regular expression.
  static final int ATOM = 8;

  /// A letter or range of a class of characters.
  static final int LETTER = 2;

  /// A digit of a number, one of the ten that may come next.
  static final int DIGIT = 3;

  /// A digit of a bound of a number: takes fewer states, and as long as these.
  static final int BOUND_DIGIT = 5;

  /// A string of any letters, beside what a schema takes.
  static final int STRING = 10;

  /// Members of an object whose names are not listed, beside what a schema takes.
  static final int OTHERS = 25;

  /// A letter of a name where names that are none of those listed are admitted too: after each, one
  /// may become another.
  static final int OTHER_LETTER = 15;

  /// A token of the text of a schema, whatever it says. Counted by itself.
  static final int TOKEN = 1;

  /// A digit of any number in the text of a schema. Counted by itself.
  static final int WRITTEN_DIGIT = 2;

  private int parts;

  /// Counts what is about to be read.
  ///
  /// @param field the field of the request that it comes in, for errors
  /// @throws InvalidRequest where it is too much
  void add(int more, String field) {
    parts += more;
    if (parts > MOST) {
      throw new InvalidRequest("%s is too large, or asks for too much.".formatted(field), field);
    }
  }
}
