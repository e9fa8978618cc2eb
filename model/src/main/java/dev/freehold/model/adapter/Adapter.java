package dev.freehold.model.adapter;

import dev.freehold.chat.InvalidRequest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A LoRA adapter (Hu et al., arXiv 2106.09685): to a matrix W `[out, in]` of its base it adds
/// `(alpha / rank) · B · A`. Names and row order are those of the base's GGUF file, also where the
/// adapter came from another form. Immutable by convention: nobody writes into the arrays.
///
/// @param architecture the base's, as `general.architecture` names it
/// @param alpha what the products are scaled by, before they are divided by the rank
/// @param pairs the two factors of each adapted matrix, by the matrix's name such as
///   `blk.0.attn_q.weight`
public record Adapter(String architecture, float alpha, SortedMap<String, LowRank> pairs) {

  /// @throws InvalidRequest if nothing is adapted or alpha is not a positive number
  public Adapter {
    if (pairs.isEmpty()) {
      throw new InvalidRequest("This adapter adapts no matrix.", null);
    }
    if (!(alpha > 0) || Float.isInfinite(alpha)) {
      throw new InvalidRequest(
          "An adapter's alpha must be a positive number, not " + alpha + ".", null);
    }
    pairs = Collections.unmodifiableSortedMap(new TreeMap<>(pairs));
  }

  /// What the product of one pair is multiplied by.
  public float scale(LowRank pair) {
    return alpha / pair.rank();
  }

  /// The two factors of one matrix.
  ///
  /// @param rank the rank, at least 1
  /// @param in the length of the matrix's rows
  /// @param out the number of the matrix's rows
  /// @param a A `[rank, in]`, row by row
  /// @param b B `[out, rank]`, row by row
  public record LowRank(int rank, int in, int out, float[] a, float[] b) {

    public LowRank {
      if (rank < 1 || (long) rank * in != a.length || (long) out * rank != b.length) {
        throw new InvalidRequest(
            "A pair of rank %d for a matrix of %d rows of %d has %d and %d numbers."
                .formatted(rank, out, in, a.length, b.length),
            null);
      }
    }
  }
}
