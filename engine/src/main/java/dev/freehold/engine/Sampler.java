package dev.freehold.engine;

import dev.freehold.chat.Sampling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Chooses the next token of one answer: penalties, then top-k, top-p, min-p, then temperature, as
/// [Sampling] says.
///
/// One random number is drawn for each token whatever the filters do, so that the same seed gives
/// the same choices. Not thread-safe.
final class Sampler {

  /// How many of the last tokens, prompt included, the repetition penalty looks at; llama.cpp's
  /// default.
  private static final int LATELY = 64;

  private final Sampling sampling;
  private final SplittableRandom random;
  private final Map<Integer, Integer> generated = new HashMap<>();
  private final int[] lately = new int[LATELY];
  private int seen;

  Sampler(Sampling sampling, int[] prompt) {
    this.sampling = sampling;
    this.random =
        sampling.seed().isPresent()
            ? new SplittableRandom(sampling.seed().getAsLong())
            : new SplittableRandom();
    for (int i = Math.max(0, prompt.length - LATELY); i < prompt.length; i++) {
      remember(prompt[i]);
    }
  }

  private void remember(int token) {
    lately[seen++ % LATELY] = token;
  }

  /// The next token; the logits are changed on the way.
  int next(float[] logits) {
    penalize(logits);
    int token = sampling.temperature() == 0 ? best(logits) : draw(logits);
    generated.merge(token, 1, Integer::sum);
    remember(token);
    return token;
  }

  private void penalize(float[] logits) {
    if (sampling.repeatPenalty() != 1) {
      Set<Integer> tokens = new HashSet<>();
      for (int i = 0; i < Math.min(seen, LATELY); i++) {
        tokens.add(lately[i]);
      }
      float penalty = (float) sampling.repeatPenalty();
      for (int token : tokens) {
        // Division would make a negative logit likelier.
        logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
      }
    }
    if (sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0) {
      generated.forEach((token, count) ->
          logits[token] -=
              (float) (sampling.presencePenalty() + count * sampling.frequencyPenalty()));
    }
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  private int draw(float[] logits) {
    double point = random.nextDouble();
    double max = logits[best(logits)];
    boolean filtered = sampling.topK() > 0 || sampling.topP() < 1 || sampling.minP() > 0;
    int[] candidates = filtered ? filter(logits, max) : all(logits.length);
    double[] weights = new double[candidates.length];
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp((logits[candidates[i]] - max) / sampling.temperature());
      total += weights[i];
    }
    double left = point * total;
    for (int i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return candidates[i];
      }
    }
    // Rounding may leave a little; the last token with a weight takes it.
    for (int i = weights.length - 1; i > 0; i--) {
      if (weights[i] > 0) {
        return candidates[i];
      }
    }
    return candidates[0];
  }

  private static int[] all(int size) {
    int[] all = new int[size];
    Arrays.setAll(all, i -> i);
    return all;
  }

  /// The tokens that top-k, top-p and min-p leave, likeliest first; never none.
  private int[] filter(float[] logits, double max) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    // Tokens below this share cannot be needed to reach top-p, nor pass min-p: together they have
    // less than what top-p leaves out. It saves sorting a whole vocabulary.
    double floor = Math.max((1 - sampling.topP()) / logits.length * sum, sampling.minP());
    int[] candidates =
        sorted(logits, sampling.topK() > 0 ? Double.NEGATIVE_INFINITY : max + Math.log(floor));
    int count = candidates.length;
    if (sampling.topK() > 0) {
      count = Math.min(count, sampling.topK());
      sum = 0;
      for (int i = 0; i < count; i++) {
        sum += Math.exp(logits[candidates[i]] - max);
      }
    }
    if (sampling.topP() < 1) {
      double reached = 0;
      int kept = 0;
      while (kept < count && (kept == 0 || reached < sampling.topP() * sum)) {
        reached += Math.exp(logits[candidates[kept++]] - max);
      }
      count = kept;
    }
    int kept = 1;
    while (kept < count && Math.exp(logits[candidates[kept]] - max) >= sampling.minP()) {
      kept++;
    }
    return Arrays.copyOf(candidates, kept);
  }

  /// Token ids by falling logit, those under `floor` left out.
  private static int[] sorted(float[] logits, double floor) {
    long[] keys = new long[logits.length];
    int count = 0;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] >= floor) {
        int bits = Float.floatToIntBits(logits[i] + 0f);
        // Order of floats as order of integers, inverted; the id breaks ties.
        int order = ~(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
        keys[count++] = ((long) order << 32) | i;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) keys[i];
    }
    return ids;
  }
}
