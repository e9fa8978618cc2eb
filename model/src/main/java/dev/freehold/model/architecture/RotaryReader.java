package dev.freehold.model.architecture;

import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Weights;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.Optional;

/// Reads how positions are embedded: base, dimensions and the scalings by which a model was
/// stretched beyond the positions it was first trained on.
///
/// Frequencies that depend on the length of the text (dynamic, longrope) are chosen once, for the
/// whole context window the model was opened with: keys once turned stay as they are.
final class RotaryReader {

  private final Hyperparameters keys;
  private final Weights weights;
  private final int contextLength;
  private final int dimensions;
  private boolean wholeTurns = true;
  private boolean unitMagnitude;

  /// @param headSize numbers in a head
  /// @param contextLength most tokens of a sequence
  RotaryReader(Hyperparameters keys, Weights weights, int headSize, int contextLength) {
    this.keys = keys;
    this.weights = weights;
    this.contextLength = contextLength;
    dimensions = keys.integer("rope.dimension_count", headSize);
    if (dimensions < 2 || dimensions % 2 != 0 || dimensions > headSize) {
      throw Hyperparameters.malformed(
          "%s.rope.dimension_count is %d".formatted(keys.architecture(), dimensions));
    }
  }

  /// Makes YaRN's ramp begin and end between two pairs, as gpt-oss has it.
  RotaryReader withFractionalTurns() {
    wholeTurns = false;
    return this;
  }

  /// Makes YaRN leave the length of what it turns alone, as where a model scales its scores
  /// instead.
  RotaryReader withUnitMagnitude() {
    unitMagnitude = true;
    return this;
  }

  float base() {
    return keys.number("rope.freq_base", 10_000);
  }

  /// Frequencies of `base` with nothing scaled.
  RotaryEmbedding plain(RotaryStyle style, float base) {
    return new RotaryEmbedding(style, frequencies(base), 1);
  }

  /// Frequencies of `base` for whole heads of `size` numbers with nothing scaled.
  static RotaryEmbedding plain(int size, RotaryStyle style, float base) {
    double[] frequencies = new double[size / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(base, -2.0 * i / size);
    }
    return new RotaryEmbedding(style, frequencies, 1);
  }

  /// What the file describes.
  RotaryEmbedding read(RotaryStyle style) {
    float factor = keys.number("rope.scaling.factor", keys.number("rope.scale_linear", 1));
    if (factor == 0) {
      factor = 1;
    }
    float magnitude = keys.number("rope.scaling.attn_factor", 1);
    double base = base();
    float alpha = keys.number("rope.scaling.alpha", 0);
    if (alpha > 0) {
      base *= Math.pow(alpha, dimensions / (dimensions - 2.0));
    }
    // The key itself is the peer's default: a factor without a type scales linearly.
    String type = keys.string("rope.scaling.type", "linear");
    double[] frequencies =
        switch (type) {
          case "none" -> frequencies(base);
          case "linear" -> divided(frequencies(base), factor);
          case "dynamic" -> frequencies(dynamicBase(base, factor));
          case "yarn" -> yarn(frequencies(base), base, factor);
          case "longrope" -> frequencies(base);
          default ->
              throw keys.unsupported(
                  "rope.scaling.type",
                  type,
                  "none, linear, dynamic, yarn, longrope (rope_factors_long.weight)",
                  "llama3 (rope_freqs.weight)");
        };
    if (type.equals("yarn") && !unitMagnitude) {
      magnitude *= yarnMagnitude(factor);
    }
    return new RotaryEmbedding(style, divided(frequencies, factors()), magnitude);
  }

  private double[] frequencies(double base) {
    double[] frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(base, -2.0 * i / dimensions);
    }
    return frequencies;
  }

  private static double[] divided(double[] frequencies, double divisor) {
    double[] divided = frequencies.clone();
    for (int i = 0; i < divided.length; i++) {
      divided[i] /= divisor;
    }
    return divided;
  }

  private static double[] divided(double[] frequencies, Optional<float[]> divisors) {
    double[] divided = frequencies.clone();
    for (int i = 0; i < divided.length && divisors.isPresent(); i++) {
      divided[i] /= divisors.get()[i];
    }
    return divided;
  }

  /// Divisors of the frequencies that the file has as tensors: those of Llama 3, or those of
  /// LongRoPE (Ding et al., arXiv 2402.13753) for windows up to the original or beyond it.
  private Optional<float[]> factors() {
    int original = originalLength();
    Optional<float[]> shorter = weights.findVector("rope_factors_short.weight", dimensions / 2);
    Optional<float[]> longer = weights.findVector("rope_factors_long.weight", dimensions / 2);
    if (longer.isPresent()) {
      return contextLength > original ? longer : shorter;
    }
    return weights.findVector("rope_freqs.weight", dimensions / 2);
  }

  private int originalLength() {
    return keys.integer("rope.scaling.original_context_length", keys.positive("context_length"));
  }

  /// NTK-aware scaling for the window's length (as transformers computes it for a text as long).
  private double dynamicBase(double base, float factor) {
    double stretch = (double) contextLength / originalLength();
    return stretch <= 1
        ? base
        : base * Math.pow(factor * stretch - (factor - 1), dimensions / (dimensions - 2.0));
  }

  /// YaRN (Peng et al., arXiv 2309.00071): pairs that turn often keep their frequency, pairs that
  /// turn seldom have it divided, those between are mixed.
  private double[] yarn(double[] frequencies, double base, float factor) {
    double low = pairThatTurns(keys.number("rope.scaling.yarn_beta_fast", 32), base);
    double high = pairThatTurns(keys.number("rope.scaling.yarn_beta_slow", 1), base);
    if (wholeTurns) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, dimensions - 1.0);
    float extrapolation = keys.number("rope.scaling.yarn_ext_factor", 1);
    double[] mixed = new double[frequencies.length];
    for (int i = 0; i < mixed.length; i++) {
      double ramp = Math.clamp((i - low) / Math.max(0.001, high - low), 0, 1);
      double kept = (1 - ramp) * extrapolation;
      mixed[i] = frequencies[i] / factor * (1 - kept) + frequencies[i] * kept;
    }
    return mixed;
  }

  private double pairThatTurns(float times, double base) {
    return dimensions * Math.log(originalLength() / (times * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private float yarnMagnitude(float factor) {
    float multiplier = keys.number("rope.scaling.yarn_log_multiplier", 0);
    float stated = keys.number("rope.scaling.yarn_attn_factor", 0);
    return stated > 0 ? stated : yarnScale(factor, 1) / yarnScale(factor, multiplier);
  }

  private static float yarnScale(float factor, float multiplier) {
    return factor <= 1 ? 1 : (float) (0.1 * multiplier * Math.log(factor) + 1);
  }
}
