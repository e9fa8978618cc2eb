package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;

/// A text to learn from, already rendered by the model's template and cut into tokens, as serving
/// would. Immutable by convention: nobody writes into the arrays.
///
/// @param tokens the tokens, at least two, the one that begins a text included where the model has
///   one
/// @param trained for each token whether it is learnt, that is, predicted from those before it; the
///   first never can be
/// @param kept whether it is to stay what it is to the base: where a token is learnt, it is not
///   that token which is made likelier, but all tokens that are held to be as likely as the base
///   has them (self-distillation; Li and Hoiem, arXiv 1606.09282)
public record Example(int[] tokens, boolean[] trained, boolean kept) {

  /// A text to learn.
  ///
  /// @param tokens the tokens
  /// @param trained for each whether it is learnt
  public Example(int[] tokens, boolean[] trained) {
    this(tokens, trained, false);
  }

  /// @throws InvalidRequest where there is nothing to predict, or the two differ in length
  public Example {
    if (tokens.length != trained.length) {
      throw new InvalidRequest(
          "An example has %d tokens and %d marks of what is learnt."
              .formatted(tokens.length, trained.length),
          null);
    }
    boolean any = false;
    for (int i = 1; i < trained.length; i++) {
      any |= trained[i];
    }
    if (!any) {
      throw new InvalidRequest("An example has no token to learn.", null);
    }
  }

  /// All of `tokens` are learnt.
  public static Example of(int... tokens) {
    boolean[] trained = new boolean[tokens.length];
    java.util.Arrays.fill(trained, true);
    return new Example(tokens, trained);
  }

  /// The same, to stay what it is to the base.
  public Example asKept() {
    return new Example(tokens, trained, true);
  }

  /// Tokens that are learnt.
  public int learnt() {
    int count = 0;
    for (int i = 1; i < trained.length; i++) {
      count += trained[i] ? 1 : 0;
    }
    return count;
  }
}
