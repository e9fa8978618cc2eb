package dev.freehold.engine;

import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.SequenceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Greedy generation as one would write it first: a prompt, then a token at a time. It is kept as
/// the oracle of everything the scheduler does.
final class NaiveGeneration {

  private NaiveGeneration() {}

  /// At most `most` tokens after a prompt; the one that ends the turn is the last.
  static List<Integer> greedy(LanguageModel model, int[] prompt, int most, Set<Integer> ends) {
    List<Integer> generated = new ArrayList<>();
    try (SequenceState state = model.newSequence()) {
      int[] next = prompt;
      while (generated.size() < most) {
        float[] logits = model.step(Batch.of(state, next, Batch.Outputs.LAST)).last(0);
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
          best = logits[token] > logits[best] ? token : best;
        }
        generated.add(best);
        if (ends.contains(best)) {
          break;
        }
        next = new int[] {best};
      }
    }
    return generated;
  }
}
