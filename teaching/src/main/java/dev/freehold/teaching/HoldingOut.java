package dev.freehold.teaching;

import dev.freehold.teaching.exam.Comparison;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Takes whole conversations out of what would be learned: a tenth for the exam, so that something
/// shows whether others like them were learned, and a twentieth for the curve of the loss, by which
/// the best step is chosen; what chooses may not judge.
///
/// @param conversation which conversation a row is of
/// @param askable whether a row can be asked in an exam
/// @param seed decides which are taken
record HoldingOut<T>(Function<T, String> conversation, Predicate<T> askable, long seed) {

  /// Under so many conversations all are learned: what is left out would be missed more.
  static final int FEWEST = 20;

  private static final int MOST_ASKED = 60;
  private static final int MOST_MEASURED = 100;

  /// @param learned what is learned
  /// @param measured what the loss is measured on meanwhile
  /// @param asked what the exam asks
  record Parts<T>(List<T> learned, List<T> measured, List<T> asked) {
    Parts {
      learned = List.copyOf(learned);
      measured = List.copyOf(measured);
      asked = List.copyOf(asked);
    }
  }

  /// Parts what came to be learned; each part keeps its order.
  Parts<T> of(List<T> rows) {
    Map<String, List<T>> conversations = conversations(rows);
    if (conversations.size() < FEWEST) {
      return new Parts<>(rows, List.of(), List.of());
    }
    int tenth = conversations.size() / 10;
    int asked = Math.min(MOST_ASKED, Math.max(Comparison.FEWEST, tenth));
    // A conversation of hundreds of rows would be most of the exam, or missed by the lessons.
    int most = Math.max(1, rows.size() / 20);
    Parts<T> parts = parts(rows, conversations, asked, Math.min(MOST_MEASURED, tenth / 2), most);
    // Too few that can be asked: then none is taken from what is learned.
    return conversations(parts.asked()).size() < Comparison.FEWEST
        ? new Parts<>(rows, List.of(), List.of())
        : parts;
  }

  /// Parts what was brought to measure by and is not learned: half for the exam; all of it where
  /// that would be too few.
  Parts<T> ofValidation(List<T> rows) {
    Map<String, List<T>> conversations = conversations(rows);
    int asked = conversations.size() < 2 * Comparison.FEWEST ? conversations.size() : 0;
    asked = Math.max(asked, Math.min(MOST_ASKED, conversations.size() / 2));
    Parts<T> parts = parts(rows, conversations, asked, 0, rows.size());
    return new Parts<>(List.of(), parts.learned(), parts.asked());
  }

  private Map<String, List<T>> conversations(List<T> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(conversation, LinkedHashMap::new, Collectors.toList()));
  }

  private Parts<T> parts(
      List<T> rows, Map<String, List<T>> conversations, int asked, int measured, int most) {
    List<String> drawn = new ArrayList<>(conversations.keySet());
    Collections.shuffle(drawn, new Random(seed));
    Set<String> toAsk = new HashSet<>();
    Set<String> toMeasure = new HashSet<>();
    for (String one : drawn) {
      List<T> its = conversations.getOrDefault(one, List.of());
      boolean small = its.size() <= most;
      if (small && toAsk.size() < asked && its.stream().allMatch(askable)) {
        toAsk.add(one);
      } else if (small && toMeasure.size() < measured) {
        toMeasure.add(one);
      }
    }
    return new Parts<>(
        rows.stream()
            .filter(row -> !toAsk.contains(conversation.apply(row)))
            .filter(row -> !toMeasure.contains(conversation.apply(row)))
            .toList(),
        rows.stream().filter(row -> toMeasure.contains(conversation.apply(row))).toList(),
        rows.stream().filter(row -> toAsk.contains(conversation.apply(row))).toList());
  }
}
