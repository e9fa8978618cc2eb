package dev.freehold.evaluation;

import dev.freehold.evaluation.grader.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Texts that are the same but for a few words: Jaccard similarity of their word triples, found by
/// MinHash (Broder 1997) in bands and then computed.
///
/// Used by one thread.
final class NearDuplicates {

  private static final int BANDS = 32;
  private static final int ROWS = 4;
  private static final int SHINGLE = 3;

  private final double threshold;
  private final List<Set<Integer>> kept = new ArrayList<>();
  private final Map<Long, List<Integer>> buckets = new HashMap<>();

  /// @param threshold from which two texts are the same, e.g. 0.8
  NearDuplicates(double threshold) {
    this.threshold = threshold;
  }

  /// Takes a text in, unless it is nearly one that is there.
  ///
  /// @return the place, in order of taking in, of the one it is nearly; empty if it is new
  Optional<Integer> add(String text) {
    Set<Integer> shingles = shingles(text);
    long[] bands = bands(shingles);
    Set<Integer> candidates = new HashSet<>();
    for (long band : bands) {
      candidates.addAll(buckets.getOrDefault(band, List.of()));
    }
    Optional<Integer> same =
        candidates.stream()
            .filter(one -> jaccard(kept.get(one), shingles) >= threshold)
            .min(Integer::compare);
    if (same.isEmpty()) {
      int place = kept.size();
      kept.add(shingles);
      for (long band : bands) {
        buckets.computeIfAbsent(band, _ -> new ArrayList<>()).add(place);
      }
    }
    return same;
  }

  private static Set<Integer> shingles(String text) {
    List<String> words = Texts.words(text);
    Set<Integer> shingles = new HashSet<>();
    for (int i = 0; i + SHINGLE <= Math.max(words.size(), SHINGLE); i++) {
      shingles.add(words.subList(i, Math.min(words.size(), i + SHINGLE)).hashCode());
    }
    return shingles;
  }

  private static long[] bands(Set<Integer> shingles) {
    long[] least = new long[BANDS * ROWS];
    Arrays.fill(least, Long.MAX_VALUE);
    for (int shingle : shingles) {
      for (int i = 0; i < least.length; i++) {
        least[i] = Math.min(least[i], mixed(shingle + (long) i * 0x9E3779B97F4A7C15L));
      }
    }
    long[] bands = new long[BANDS];
    for (int band = 0; band < BANDS; band++) {
      long hash = band;
      for (int row = 0; row < ROWS; row++) {
        hash = mixed(hash * 31 + least[band * ROWS + row]);
      }
      bands[band] = hash;
    }
    return bands;
  }

  /// SplitMix64's finaliser.
  private static long mixed(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double jaccard(Set<Integer> one, Set<Integer> other) {
    Set<Integer> both = new HashSet<>(one);
    both.retainAll(other);
    return both.size() / (double) (one.size() + other.size() - both.size());
  }
}
