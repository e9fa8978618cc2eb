package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;
import java.util.List;

/// What is learnt from, and what is kept aside to see whether it was learnt.
public sealed interface Lessons {

  /// Texts whose marked tokens are made likelier: the mean of −log p over all marked tokens of a
  /// step is what falls.
  ///
  /// @param train what is learnt, at least one
  /// @param heldOut what is only measured; may be empty
  record Texts(List<Example> train, List<Example> heldOut) implements Lessons {
    public Texts {
      train = List.copyOf(train);
      heldOut = List.copyOf(heldOut);
      requireSome(train);
    }
  }

  /// Preferred answers are made likelier than the others, measured against the model at the
  /// beginning: direct preference optimisation.
  ///
  /// @param train what is learnt, at least one
  /// @param heldOut what is only measured; may be empty
  /// @param beta how strongly the model is held to what it was, usually 0.1
  record Pairs(List<PreferencePair> train, List<PreferencePair> heldOut, double beta)
      implements Lessons {
    public Pairs {
      train = List.copyOf(train);
      heldOut = List.copyOf(heldOut);
      requireSome(train);
      if (!(beta > 0 && beta <= 10)) {
        throw new InvalidRequest("beta must be above 0 and at most 10, not " + beta + ".", "beta");
      }
    }
  }

  private static void requireSome(List<?> train) {
    if (train.isEmpty()) {
      throw new InvalidRequest("There is nothing to learn from.", null);
    }
  }
}
