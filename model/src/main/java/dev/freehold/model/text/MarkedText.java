package dev.freehold.model.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// A string that knows which of its characters are a template's own markup and which were quoted
/// from somebody's message.
///
/// Only markup may become control tokens, so that nobody ends a turn by writing `<|im_end|>`. The
/// distinction survives cutting, joining and replacing, which is what templates do with contents.
/// Immutable.
public final class MarkedText {

  private static final int[] NONE = new int[0];

  /// No characters.
  public static final MarkedText EMPTY = new MarkedText("", NONE);

  private final String value;

  /// Quoted ranges as start, end, start, end, … ; ascending, apart from each other, none empty.
  private final int[] quoted;

  private MarkedText(String value, int[] quoted) {
    this.value = value;
    this.quoted = quoted;
  }

  /// Text all of which is markup.
  public static MarkedText markup(String value) {
    return value.isEmpty() ? EMPTY : new MarkedText(value, NONE);
  }

  /// Text all of which is quoted.
  public static MarkedText quoted(String value) {
    return value.isEmpty() ? EMPTY : new MarkedText(value, new int[] {0, value.length()});
  }

  /// The characters.
  public String value() {
    return value;
  }

  /// Number of UTF-16 units.
  public int length() {
    return value.length();
  }

  /// Whether there is no character.
  public boolean isEmpty() {
    return value.isEmpty();
  }

  /// The characters from `start` to before `end`, in UTF-16 units.
  public MarkedText slice(int start, int end) {
    if (start == 0 && end == value.length()) {
      return this;
    }
    return new Builder().append(this, start, end).build();
  }

  /// This text followed by another.
  public MarkedText plus(MarkedText other) {
    if (other.isEmpty()) {
      return this;
    }
    return isEmpty() ? other : new Builder().append(this).append(other).build();
  }

  /// This text with each span's characters replaced, for changes such as case that look at
  /// characters alone.
  public MarkedText map(UnaryOperator<String> change) {
    var result = new Builder();
    for (Span span : spans()) {
      result.append(change.apply(span.text()), span.quoted());
    }
    return result.build();
  }

  /// The maximal runs of markup and of quoted text, in order; none empty.
  public List<Span> spans() {
    List<Span> spans = new ArrayList<>(quoted.length + 1);
    int position = 0;
    for (int i = 0; i < quoted.length; i += 2) {
      if (quoted[i] > position) {
        spans.add(new Span(value.substring(position, quoted[i]), false));
      }
      spans.add(new Span(value.substring(quoted[i], quoted[i + 1]), true));
      position = quoted[i + 1];
    }
    if (position < value.length()) {
      spans.add(new Span(value.substring(position), false));
    }
    return spans;
  }

  /// Equal characters; who wrote them does not count, as in a template's own comparisons.
  @Override
  public boolean equals(Object other) {
    return other instanceof MarkedText text && text.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }

  /// A run of characters of one origin.
  ///
  /// @param text the characters
  /// @param quoted whether they came from a message
  public record Span(String text, boolean quoted) {}

  /// Puts marked text together. Not thread-safe.
  public static final class Builder {

    private final StringBuilder characters = new StringBuilder();
    private int[] ranges = new int[4];
    private int used;

    /// An empty text to append to.
    public Builder() {}

    /// Appends characters of one origin.
    public Builder append(String text, boolean isQuoted) {
      int start = characters.length();
      characters.append(text);
      if (isQuoted) {
        mark(start, characters.length());
      }
      return this;
    }

    /// Appends markup.
    public Builder append(String text) {
      return append(text, false);
    }

    /// Appends all of a text.
    public Builder append(MarkedText text) {
      return append(text, 0, text.length());
    }

    /// Appends the characters from `start` to before `end` of a text.
    public Builder append(MarkedText text, int start, int end) {
      int shift = characters.length() - start;
      characters.append(text.value, start, end);
      for (int i = firstRangeEndingAfter(text.quoted, start);
          i < text.quoted.length && text.quoted[i] < end;
          i += 2) {
        mark(Math.max(text.quoted[i], start) + shift, Math.min(text.quoted[i + 1], end) + shift);
      }
      return this;
    }

    /// Characters so far.
    public int length() {
      return characters.length();
    }

    /// What was appended.
    public MarkedText build() {
      if (characters.isEmpty()) {
        return EMPTY;
      }
      return new MarkedText(characters.toString(), used == 0 ? NONE : Arrays.copyOf(ranges, used));
    }

    private static int firstRangeEndingAfter(int[] ranges, int position) {
      int low = 0;
      int high = ranges.length / 2;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ranges[2 * middle + 1] <= position) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return 2 * low;
    }

    private void mark(int start, int end) {
      if (start == end) {
        return;
      }
      if (used > 0 && ranges[used - 1] == start) {
        ranges[used - 1] = end;
        return;
      }
      if (used == ranges.length) {
        ranges = Arrays.copyOf(ranges, used * 2);
      }
      ranges[used++] = start;
      ranges[used++] = end;
    }
  }
}
