package dev.freehold.teaching.recipe;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

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
}
