package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.tensor.Bf16Products;
import java.util.Locale;

/// How matrix products are computed; what lies between them, sums, softmax, norms, loss and
/// optimiser, is in single precision always.
public enum Precision {
  /// In single precision: what is held to PyTorch, and to finite differences.
  EXACT,
  /// What goes into a product is rounded to bf16 and summed in single precision, as mixed precision
  /// is commonly understood; about twice as fast.
  BF16;

  /// [#BF16] where this processor multiplies such numbers (AVX512_BF16) and this system lets it be
  /// asked to, else [#EXACT].
  public static Precision fastest() {
    return BF16.isAvailable() ? BF16 : EXACT;
  }

  /// Whether this machine computes with it.
  public boolean isAvailable() {
    return this == EXACT || Bf16Products.available();
  }

  /// Reads `exact` or `bf16`.
  ///
  /// @throws InvalidRequest where it is neither
  public static Precision read(String name) {
    return switch (name) {
      case "exact" -> EXACT;
      case "bf16" -> BF16;
      default ->
          throw new InvalidRequest(
              "precision must be exact or bf16, not %s.".formatted(name), "precision");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
