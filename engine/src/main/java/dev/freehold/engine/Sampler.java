package dev.freehold.engine;

import dev.freehold.chat.Sampling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Chooses the next token of one answer, in the order that [Sampling] says.
///
/// The same number of random numbers is drawn for each token whatever the filters do, so that the
/// same seed gives the same choices. Not thread-safe.
final class Sampler {

  private final Sampling sampling;
  private final SplittableRandom random;
  private final Map<Integer, Integer> generated = new HashMap<>();
  private final @Nullable DryPenalty dry;
  private @Nullable Mirostat mirostat;
  private int[] seen = new int[64];
  private int count;

  Sampler(Sampling sampling, int[] prompt) {
    this(sampling, prompt, SequenceBreakers.NONE);
  }

  Sampler(Sampling sampling, int[] prompt, SequenceBreakers breakers) {
    this.sampling = sampling;
    this.random =
        sampling.seed().isPresent()
            ? new SplittableRandom(sampling.seed().getAsLong())
            : new SplittableRandom();
    this.dry = sampling.dry().isOn() ? new DryPenalty(sampling.dry(), breakers) : null;
    for (int token : prompt) {
      remember(token);
    }
  }

  private void remember(int token) {
    if (count == seen.length) {
      seen = Arrays.copyOf(seen, count * 2);
    }
    seen[count++] = token;
  }

  /// How many of the tokens so far are looked at.
  private int last(int wanted) {
    return wanted < 0 ? count : Math.min(wanted, count);
  }

  /// The next token; the logits are changed on the way. Impossible ones are never chosen.
  int next(float[] logits) {
    weigh(logits);
    int token = isPlain() ? plain(logits) : filtered(logits);
    accept(token);
    return token;
  }

  /// Takes note of a token of the answer.
  void accept(int token) {
    generated.merge(token, 1, Integer::sum);
    remember(token);
  }

  /// Adds biases and subtracts penalties.
  void weigh(float[] logits) {
    bias(logits);
    penalize(logits);
  }

  private void bias(float[] logits) {
    sampling.logitBias().forEach((token, bias) -> logits[token] += bias.floatValue());
  }

  private void penalize(float[] logits) {
    if (sampling.repeatPenalty() != 1) {
      Set<Integer> tokens = new HashSet<>();
      for (int i = count - last(sampling.repeatLastN()); i < count; i++) {
        tokens.add(seen[i]);
      }
      float penalty = (float) sampling.repeatPenalty();
      for (int token : tokens) {
        // Division would make a negative logit likelier.
        logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
      }
    }
    if (sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0) {
      generated.forEach((token, times) ->
          logits[token] -=
              (float) (sampling.presencePenalty() + times * sampling.frequencyPenalty()));
    }
    if (dry != null) {
      int[] lately = new int[last(sampling.dry().lastN())];
      for (int i = 0; i < lately.length; i++) {
        lately[i] = seen[count - 1 - i];
      }
      dry.apply(logits, lately, lately.length);
    }
  }

  /// Whether nothing is filtered, so that nothing need be sorted.
  private boolean isPlain() {
    return sampling.topK() == 0
        && sampling.topP() == 1
        && sampling.minP() == 0
        && sampling.typicalP() == 1
        && !sampling.xtc().isOn()
        && !sampling.mirostat().isOn();
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

  private int plain(float[] logits) {
    int best = best(logits);
    if (sampling.temperature() == 0) {
      return best;
    }
    double max = logits[best];
    double total = 0;
    double[] weights = new double[logits.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] =
          logits[i] == Float.NEGATIVE_INFINITY
              ? 0
              : Math.exp((logits[i] - max) / sampling.temperature());
      total += weights[i];
    }
    return draw(weights, total);
  }

  /// An index, as often as its weight says.
  private int draw(double[] weights, double total) {
    double left = random.nextDouble() * total;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        left -= weights[i];
        if (left < 0) {
          return i;
        }
        last = i;
      }
    }
    // Rounding may leave a little; the last token with a weight takes it.
    return last;
  }

  private int filtered(float[] logits) {
    Candidates candidates = candidates(logits);
    // Greedy among what is left: likeliest first, and a share of one.
    double temperature = sampling.temperature();
    if (temperature == 0) {
      return candidates.token(0);
    }
    double[] shares = candidates.probabilities(temperature);
    int index = draw(shares, 1);
    if (mirostat != null) {
      mirostat.chosen(shares[index]);
    }
    return candidates.token(index);
  }

  /// The tokens that the filters leave, likeliest first; never none.
  Candidates candidates(float[] logits) {
    if (sampling.mirostat().isOn()) {
      return mirostatic(logits);
    }
    Candidates candidates = Candidates.of(logits, floor(logits));
    if (sampling.topK() > 0) {
      candidates.topK(sampling.topK());
    }
    if (sampling.typicalP() < 1) {
      candidates.typical(sampling.typicalP());
    }
    if (sampling.topP() < 1) {
      candidates.topP(sampling.topP());
    }
    if (sampling.minP() > 0) {
      candidates.minP(sampling.minP());
    }
    if (sampling.xtc().isOn() && random.nextDouble() < sampling.xtc().probability()) {
      candidates.excludeTop(sampling.xtc().threshold());
    }
    return candidates;
  }

  private Candidates mirostatic(float[] logits) {
    if (mirostat == null) {
      mirostat = new Mirostat(sampling.mirostat(), logits.length);
    }
    Candidates candidates = Candidates.of(logits, Double.NEGATIVE_INFINITY);
    if (sampling.temperature() > 0) {
      mirostat.filter(candidates, sampling.temperature());
    }
    return candidates;
  }

  /// Tokens below this logit cannot be needed to reach top-p, nor pass min-p: together they have
  /// less than what top-p leaves out. It saves sorting a whole vocabulary.
  private double floor(float[] logits) {
    if (sampling.topK() > 0 || sampling.typicalP() < 1) {
      return Double.NEGATIVE_INFINITY;
    }
    double max = logits[best(logits)];
    if (sampling.topP() == 1) {
      return max + Math.log(sampling.minP());
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    double share = (1 - sampling.topP()) / logits.length * sum;
    return max + Math.log(share);
  }
}
