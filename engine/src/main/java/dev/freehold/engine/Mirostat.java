package dev.freehold.engine;

import dev.freehold.chat.Sampling;

/// Keeps the surprise of an answer's tokens near a target (arXiv 2007.14966), with llama.cpp's
/// details: version 1 estimates Zipf's exponent from the 100 likeliest tokens. Not thread-safe.
final class Mirostat {

  private static final int LIKELIEST = 100;

  private final Sampling.Mirostat wanted;
  private final int vocabulary;
  private double most;

  /// @param vocabulary how many tokens there are
  Mirostat(Sampling.Mirostat wanted, int vocabulary) {
    this.wanted = wanted;
    this.vocabulary = vocabulary;
    this.most = 2 * wanted.tau();
  }

  /// The most surprise let through now, in bits.
  double most() {
    return most;
  }

  /// Leaves the tokens to choose from.
  void filter(Candidates candidates, double temperature) {
    if (wanted.version() == 2) {
      candidates.lessSurprisingThan(most, temperature);
    } else {
      candidates.topK(Math.max(1, keep(candidates.probabilities(temperature))));
    }
  }

  private int keep(double[] shares) {
    double product = 0;
    double square = 0;
    for (int i = 0; i < LIKELIEST - 1 && i < shares.length - 1; i++) {
      double t = Math.log((i + 2.0) / (i + 1.0));
      product += t * Math.log(shares[i] / shares[i + 1]);
      square += t * t;
    }
    double exponent = product / square;
    double above = exponent - 1;
    double count =
        Math.pow(above * Math.pow(2, most) / (1 - Math.pow(vocabulary, -above)), 1 / exponent);
    return (int) count;
  }

  /// Takes note of the probability of the token chosen, among those left.
  void chosen(double share) {
    double surprise = -Math.log(share) / Math.log(2);
    most -= wanted.eta() * (surprise - wanted.tau());
  }
}
