package dev.freehold.model.adapter;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.adapter.Adapter.LowRank;
import java.util.Map;
import java.util.TreeMap;

/// Adapters whose matrices are scaled one by one: an [Adapter] has one alpha for all, so what a
/// matrix is scaled by beyond that goes into its second factor.
public final class Scaled {

  private Scaled() {}

  /// An adapter of these pairs.
  ///
  /// @param alpha the one alpha
  /// @param scales what products are multiplied by; where none is given, `alpha / rank`
  /// @throws InvalidRequest where numbers become too large for that
  public static Adapter adapter(
      String architecture, float alpha, Map<String, LowRank> pairs, Map<String, Double> scales) {
    TreeMap<String, LowRank> scaled = new TreeMap<>();
    pairs.forEach((name, pair) -> {
      double usual = (double) alpha / pair.rank();
      double factor = scales.getOrDefault(name, usual) / usual;
      scaled.put(name, factor == 1 ? pair : times(pair, factor));
    });
    return new Adapter(architecture, alpha, scaled);
  }

  private static LowRank times(LowRank pair, double factor) {
    float[] b = new float[pair.b().length];
    for (int i = 0; i < b.length; i++) {
      b[i] = (float) (pair.b()[i] * factor);
      if (!Float.isFinite(b[i])) {
        throw new InvalidRequest("An adapter scaled by %s is no adapter.".formatted(factor), null);
      }
    }
    return new LowRank(pair.rank(), pair.in(), pair.out(), pair.a(), b);
  }
}
