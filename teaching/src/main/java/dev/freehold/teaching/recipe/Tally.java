package dev.freehold.teaching.recipe;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What became of what was found: every thing that is not in the data set is counted by why.
///
/// @param facts facts found
/// @param control facts that were kept out
/// @param kept lessons by kind
/// @param dropped things left out, by why
public record Tally(
    int facts, int control, SortedMap<String, Integer> kept, SortedMap<String, Integer> dropped) {
  public Tally {
    kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
    dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
  }

  /// What was kept, as people read it.
  public String keptInWords() {
    return inWords(kept);
  }

  /// What was left out, as people read it.
  public String droppedInWords() {
    return inWords(dropped);
  }

  private static String inWords(SortedMap<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(entry -> "%s: %d".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("; "));
  }
}
