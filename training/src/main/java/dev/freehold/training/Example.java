package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;

/// A text to learn from, already rendered by the model's template and cut into tokens, as serving
/// would. Immutable by convention: nobody writes into the arrays.
///
/// @param tokens the tokens, at least two, the one that begins a text included where the model has
///   one
/// @param trained for each token whether it is learnt, that is, predicted from those before it; the
///   first never can be
public record Example(int[] tokens, boolean[] trained) {

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

  /// Tokens that are learnt.
  public int learnt() {
    int count = 0;
    for (int i = 1; i < trained.length; i++) {
      count += trained[i] ? 1 : 0;
    }
    return count;
  }
}
