package dev.freehold.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A set of Unicode code points that can be written in UTF-8: ranges in order, apart, without the
/// surrogates. Immutable.
public final class CodePoints {

  /// Both inclusive.
  record Range(int low, int high) {}

  /// All of them.
  public static final CodePoints ALL = of(0, Character.MAX_CODE_POINT);

  /// None of them.
  public static final CodePoints NONE = new CodePoints(List.of());

  /// What may stand unescaped in a JSON string.
  static final CodePoints PLAIN = of(0x20, Character.MAX_CODE_POINT).minus(anyOf("\"\\"));

  private final List<Range> ranges;

  private CodePoints(List<Range> ranges) {
    this.ranges = ranges;
  }

  /// From one to another, both inclusive.
  public static CodePoints of(int low, int high) {
    return normal(List.of(new Range(low, high)));
  }

  /// The characters of a string.
  public static CodePoints anyOf(String characters) {
    return normal(characters.codePoints().mapToObj(c -> new Range(c, c)).toList());
  }

  /// What is in any of them.
  static CodePoints anyOf(List<CodePoints> sets) {
    return normal(sets.stream().flatMap(set -> set.ranges.stream()).toList());
  }

  private static CodePoints normal(List<Range> any) {
    List<Range> whole = new ArrayList<>();
    for (Range range : any) {
      cut(range, whole);
    }
    whole.sort(Comparator.comparingInt(Range::low));
    List<Range> merged = new ArrayList<>();
    for (Range range : whole) {
      Range last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && range.low <= last.high + 1) {
        merged.set(merged.size() - 1, new Range(last.low, Math.max(last.high, range.high)));
      } else {
        merged.add(range);
      }
    }
    return new CodePoints(List.copyOf(merged));
  }

  /// Leaves the surrogates out.
  private static void cut(Range range, List<Range> into) {
    if (range.low < Character.MIN_SURROGATE) {
      into.add(new Range(range.low, Math.min(range.high, Character.MIN_SURROGATE - 1)));
    }
    if (range.high > Character.MAX_SURROGATE) {
      into.add(new Range(Math.max(range.low, Character.MAX_SURROGATE + 1), range.high));
    }
  }

  List<Range> ranges() {
    return ranges;
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  boolean contains(int codePoint) {
    int from = 0;
    int to = ranges.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (ranges.get(middle).high < codePoint) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < ranges.size() && ranges.get(from).low <= codePoint;
  }

  /// What is in one of the two.
  CodePoints plus(CodePoints other) {
    List<Range> both = new ArrayList<>(ranges);
    both.addAll(other.ranges);
    return normal(both);
  }

  /// Everything else.
  CodePoints complement() {
    List<Range> rest = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      if (range.low > next) {
        rest.add(new Range(next, range.low - 1));
      }
      next = range.high + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      rest.add(new Range(next, Character.MAX_CODE_POINT));
    }
    return normal(rest);
  }

  /// What is in this one and not in the other.
  CodePoints minus(CodePoints other) {
    return complement().plus(other).complement();
  }

  /// What is in both.
  CodePoints and(CodePoints other) {
    return minus(other.complement());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePoints set && set.ranges.equals(ranges);
  }

  @Override
  public int hashCode() {
    return ranges.hashCode();
  }

  @Override
  public String toString() {
    return Arrays.toString(ranges.toArray());
  }
}
