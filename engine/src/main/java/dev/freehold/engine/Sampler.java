package dev.freehold.engine;

import dev.freehold.chat.Sampling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Chooses the next token of one answer, in the order that [Sampling] says.
///
/// The same seed gives the same choices, whatever the filters do and, but for logits that are level
/// to their last digits, whatever else was in the batch: see [Noise]. Not thread-safe.
final class Sampler {

  /// A difference of logits beyond which not one of 2^64 draws would fall.
  private static final double IMPOSSIBLE = -45;

  private final Sampling sampling;
  private final Noise noise;
  private final Map<Integer, Integer> generated = new HashMap<>();
  private final @Nullable DryPenalty dry;
  private @Nullable Mirostat mirostat;
  private int[] seen = new int[64];
  private int count;
  private int step;

  Sampler(Sampling sampling, int[] prompt) {
    this(sampling, prompt, SequenceBreakers.NONE);
  }

  Sampler(Sampling sampling, int[] prompt, SequenceBreakers breakers) {
    this.sampling = sampling;
    this.noise = new Noise(sampling.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong()));
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
    noise.next(step);
    int token = isPlain() ? plain(logits) : filtered(logits);
    accept(token);
    return token;
  }

  /// Takes note of a token of the answer.
  void accept(int token) {
    step++;
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
    int first = best;
    double arrived = Double.POSITIVE_INFINITY;
    for (int token = 0; token < logits.length; token++) {
      double distance = (logits[token] - max) / sampling.temperature();
      if (distance > IMPOSSIBLE) {
        double arrival = noise.arrival(token, Math.exp(distance), arrived);
        if (arrival < arrived) {
          arrived = arrival;
          first = token;
        }
      }
    }
    return first;
  }

  private int filtered(float[] logits) {
    Candidates candidates = candidates(logits);
    // Greedy among what is left: likeliest first, and a share of one.
    double temperature = sampling.temperature();
    if (temperature == 0) {
      return candidates.token(0);
    }
    double[] shares = candidates.probabilities(temperature);
    int index = 0;
    double arrived = Double.POSITIVE_INFINITY;
    for (int i = 0; i < shares.length; i++) {
      double arrival = noise.arrival(candidates.token(i), shares[i], arrived);
      if (arrival < arrived) {
        arrived = arrival;
        index = i;
      }
    }
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
    if (sampling.xtc().isOn() && noise.once() < sampling.xtc().probability()) {
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
