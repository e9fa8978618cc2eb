package dev.freehold.engine;

/// Random numbers of one answer: for each of its tokens, and each token of the vocabulary, one that
/// depends on the seed and on nothing else.
///
/// A token is chosen by a race: each runs for an exponentially distributed time divided by its
/// weight, and the first to arrive is chosen, which is each as often as its weight says. Other than
/// drawing a point on the line of all weights, this compares tokens with each other and not with a
/// sum over all, so that logits that differ in their last digits, as they do from one batch to
/// another, give the same choice unless two tokens arrive within those digits of each other. The
/// numbers are SplitMix64's (Steele, Lea and Flood, OOPSLA 2014).
final class Noise {

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long seed;
  private long key;

  Noise(long seed) {
    this.seed = mix(seed);
    this.key = mix(this.seed);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// Goes on to the numbers for another token of the answer.
  void next(int step) {
    key = mix(seed + GOLDEN * (step + 1L));
  }

  /// A number between 0 and 1, both excluded, for a token.
  private double of(int token) {
    return ((mix(key + GOLDEN * (token + 2L)) >>> 11) + 0.5) * 0x1p-53;
  }

  /// A number between 0 and 1 for a decision that concerns no token.
  double once() {
    return ((mix(key + GOLDEN) >>> 11) + 0.5) * 0x1p-53;
  }

  /// When a token arrives, or infinity where it certainly arrives after `best`; never for a weight
  /// of 0.
  double arrival(int token, double weight, double best) {
    double number = of(token);
    // −ln x ≥ 1 − x, which spares most of the logarithms.
    return (1 - number) >= best * weight ? Double.POSITIVE_INFINITY : -Math.log(number) / weight;
  }
}
