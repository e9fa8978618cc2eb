package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The methods of Python's `str`, each of which keeps quoted characters quoted.
final class StringMethods {

  private final Budget budget;
  private final Printing printing;

  StringMethods(Budget budget, Printing printing) {
    this.budget = budget;
    this.printing = printing;
  }

  /// The method of that name bound to the text, or null.
  Value.@Nullable Callable method(MarkedText text, String name) {
    Value.Callable.Body body =
        switch (name) {
          case "strip" -> a -> of(stripped(text, a, true, true));
          case "lstrip" -> a -> of(stripped(text, a, true, false));
          case "rstrip" -> a -> of(stripped(text, a, false, true));
          case "upper" -> none(() -> of(text.map(s -> s.toUpperCase(Locale.ROOT))));
          case "lower", "casefold" -> none(() -> of(text.map(s -> s.toLowerCase(Locale.ROOT))));
          case "capitalize" -> none(() -> of(capitalized(text)));
          case "title" -> none(() -> of(titled(text)));
          case "swapcase" -> none(() -> of(text.map(StringMethods::swappedCase)));
          case "startswith" -> a -> affix(a, text, true);
          case "endswith" -> a -> affix(a, text, false);
          case "removeprefix" ->
              a -> {
                String prefix = a.string("prefix").value();
                return text.value().startsWith(prefix)
                    ? of(text.slice(prefix.length(), text.length()))
                    : of(text);
              };
          case "removesuffix" ->
              a -> {
                String suffix = a.string("suffix").value();
                return text.value().endsWith(suffix)
                    ? of(text.slice(0, text.length() - suffix.length()))
                    : of(text);
              };
          case "replace" ->
              a -> {
                Value.Str old = a.string("old");
                Value.Str replacement = a.string("new");
                return of(replace(text, old.value(), replacement.text(), a.integer("count", -1)));
              };
          case "split" -> a -> split(text, a.stringOrNull("sep"), a.integer("maxsplit", -1));
          case "rsplit" -> a -> rsplit(text, a.stringOrNull("sep"), a.integer("maxsplit", -1));
          case "splitlines" -> a -> lines(text, a.flag("keepends", false));
          case "partition" ->
              a -> partition(text, a.string("sep"), text.value().indexOf(sep(a)), false);
          case "rpartition" ->
              a -> partition(text, a.string("sep"), text.value().lastIndexOf(sep(a)), true);
          case "find" -> a -> find(a, text, false, false);
          case "rfind" -> a -> find(a, text, true, false);
          case "index" -> a -> find(a, text, false, true);
          case "rindex" -> a -> find(a, text, true, true);
          case "count" -> a -> new Value.Int(count(text.value(), a.string("sub").value()));
          case "join" -> a -> of(join(text, Values.iterate(a.required("iterable"), budget)));
          case "format" ->
              a -> of(new Formatting(budget, printing).braces(text, a.positional(), a.named()));
          case "center" -> a -> of(padded(text, a, 2));
          case "ljust" -> a -> of(padded(text, a, 0));
          case "rjust" -> a -> of(padded(text, a, 1));
          case "zfill" ->
              a -> {
                int width = a.integer("width", 0);
                boolean sign = !text.isEmpty() && "+-".indexOf(text.value().charAt(0)) >= 0;
                int zeros = Math.max(0, width - text.length());
                budget.allocate(zeros);
                return of(
                    text.slice(0, sign ? 1 : 0)
                        .plus(MarkedText.markup("0".repeat(zeros)))
                        .plus(text.slice(sign ? 1 : 0, text.length())));
              };
          case "isdigit", "isdecimal", "isnumeric" -> all(text, Character::isDigit);
          case "isalpha" -> all(text, Character::isLetter);
          case "isalnum" -> all(text, Character::isLetterOrDigit);
          case "isspace" -> all(text, Characters::isSpace);
          case "islower" -> none(() -> cased(text, true));
          case "isupper" -> none(() -> cased(text, false));
          default -> null;
        };
    if (body == null) {
      return null;
    }
    return new Value.Callable(
        name,
        arguments -> {
          // What most of them make is at most the text again.
          budget.allocate(text.length());
          for (Value argument : arguments.positional()) {
            if (argument instanceof Value.Str wanted) {
              budget.search(text.length(), wanted.text().length());
            }
          }
          return body.call(arguments);
        });
  }

  private interface Result {
    Value get();
  }

  private static Value.Callable.Body none(Result result) {
    return arguments -> {
      arguments.end();
      return result.get();
    };
  }

  private static Value.Str of(MarkedText text) {
    return new Value.Str(text);
  }

  private static String sep(Arguments arguments) {
    return Values.string(arguments.positional().getFirst()).value();
  }

  private static Value.Callable.Body all(MarkedText text, IntPredicate predicate) {
    return none(
        () -> Value.Bool.of(!text.isEmpty() && text.value().codePoints().allMatch(predicate)));
  }

  private static Value cased(MarkedText text, boolean lower) {
    boolean any = false;
    for (int c : text.value().codePoints().toArray()) {
      boolean isLower = Character.isLowerCase(c);
      boolean isUpper = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (lower ? isUpper : isLower) {
        return Value.Bool.FALSE;
      }
      any |= isLower || isUpper;
    }
    return Value.Bool.of(any);
  }

  private static MarkedText stripped(
      MarkedText text, Arguments arguments, boolean left, boolean right) {
    Value.Str characters = arguments.stringOrNull("chars");
    arguments.end();
    return strip(text, characters == null ? null : characters.value(), left, right);
  }

  /// The text without white space, or without any of the given characters, at its ends.
  static MarkedText strip(
      MarkedText text, @Nullable String characters, boolean left, boolean right) {
    IntPredicate strips =
        characters == null ? Characters::isSpace : c -> characters.indexOf(c) >= 0;
    String value = text.value();
    int start = 0;
    int end = value.length();
    while (left && start < end && strips.test(value.codePointAt(start))) {
      start += Character.charCount(value.codePointAt(start));
    }
    while (right && end > start && strips.test(value.codePointBefore(end))) {
      end -= Character.charCount(value.codePointBefore(end));
    }
    return text.slice(start, end);
  }

  static MarkedText capitalized(MarkedText text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = Character.charCount(text.value().codePointAt(0));
    return text.slice(0, first)
        .map(s -> s.toUpperCase(Locale.ROOT))
        .plus(text.slice(first, text.length()).map(s -> s.toLowerCase(Locale.ROOT)));
  }

  /// Each run of letters with its first in upper case.
  static MarkedText titled(MarkedText text) {
    var result = new MarkedText.Builder();
    boolean inside = false;
    for (MarkedText.Span span : text.spans()) {
      var changed = new StringBuilder();
      for (int c : span.text().codePoints().toArray()) {
        changed.appendCodePoint(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
        inside = Character.isLetter(c);
      }
      result.append(changed.toString(), span.quoted());
    }
    return result.build();
  }

  private static String swappedCase(String text) {
    var swapped = new StringBuilder();
    text.codePoints()
        .forEach(c ->
            swapped.append(
                Character.isUpperCase(c)
                    ? Character.toString(c).toLowerCase(Locale.ROOT)
                    : Character.toString(c).toUpperCase(Locale.ROOT)));
    return swapped.toString();
  }

  private static Value affix(Arguments arguments, MarkedText text, boolean start) {
    Value affix = arguments.required("affix");
    int from = arguments.integer("start", 0);
    arguments.end();
    List<Value> candidates =
        affix instanceof Value.Seq seq && seq.tuple() ? seq.items() : List.of(affix);
    int offset = Math.clamp(from < 0 ? from + (long) text.length() : from, 0, text.length());
    String value = text.value().substring(offset);
    for (Value candidate : candidates) {
      String string = Values.string(candidate).value();
      if (start ? value.startsWith(string) : value.endsWith(string)) {
        return Value.Bool.TRUE;
      }
    }
    return Value.Bool.FALSE;
  }

  /// Every occurrence, or the first `count` where that is not negative, replaced.
  MarkedText replace(MarkedText text, String old, MarkedText replacement, int count) {
    String value = text.value();
    var result = new MarkedText.Builder();
    int from = 0;
    int done = 0;
    if (old.isEmpty()) {
      while (from < value.length() && (count < 0 || done < count)) {
        int end = from + Character.charCount(value.codePointAt(from));
        budget.allocate(replacement.length() + 1L);
        result.append(replacement).append(text, from, end);
        from = end;
        done++;
      }
      if (count < 0 || done < count) {
        result.append(replacement);
      }
      return result.append(text, from, value.length()).build();
    }
    for (int at = value.indexOf(old);
        at >= 0 && (count < 0 || done < count);
        at = value.indexOf(old, from)) {
      budget.allocate(replacement.length() + (long) (at - from));
      result.append(text, from, at).append(replacement);
      from = at + old.length();
      done++;
    }
    budget.allocate(value.length() - from);
    return result.append(text, from, value.length()).build();
  }

  private Value split(MarkedText text, Value.@Nullable Str separator, int most) {
    return Value.Seq.list(separator == null ? words(text, most) : pieces(text, separator, most));
  }

  private List<Value> pieces(MarkedText text, Value.Str separator, int most) {
    String cut = nonEmpty(separator);
    List<Value> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.value().indexOf(cut);
        at >= 0 && (most < 0 || parts.size() < most);
        at = text.value().indexOf(cut, from)) {
      budget.allocate(8);
      parts.add(of(text.slice(from, at)));
      from = at + cut.length();
    }
    parts.add(of(text.slice(from, text.length())));
    return parts;
  }

  private List<Value> words(MarkedText text, int most) {
    String value = text.value();
    List<Value> parts = new ArrayList<>();
    int from = 0;
    while (true) {
      while (from < value.length() && Characters.isSpace(value.charAt(from))) {
        from++;
      }
      if (from == value.length()) {
        return parts;
      }
      budget.allocate(8);
      if (most >= 0 && parts.size() == most) {
        parts.add(of(strip(text.slice(from, value.length()), null, false, true)));
        return parts;
      }
      int end = from;
      while (end < value.length() && !Characters.isSpace(value.charAt(end))) {
        end++;
      }
      parts.add(of(text.slice(from, end)));
      from = end;
    }
  }

  private Value rsplit(MarkedText text, Value.@Nullable Str separator, int most) {
    if (most < 0) {
      return split(text, separator, most);
    }
    if (separator == null) {
      throw TemplateFailure.evaluation("rsplit with a maximum needs a separator here");
    }
    String cut = nonEmpty(separator);
    List<Value> parts = new ArrayList<>();
    int end = text.length();
    while (parts.size() < most) {
      int at = end < cut.length() ? -1 : text.value().lastIndexOf(cut, end - cut.length());
      if (at < 0) {
        break;
      }
      budget.allocate(8);
      parts.add(of(text.slice(at + cut.length(), end)));
      end = at;
    }
    parts.add(of(text.slice(0, end)));
    Collections.reverse(parts);
    return Value.Seq.list(parts);
  }

  private static String nonEmpty(Value.Str separator) {
    if (separator.text().isEmpty()) {
      throw TemplateFailure.evaluation("a separator cannot be empty");
    }
    return separator.value();
  }

  private Value lines(MarkedText text, boolean keepEnds) {
    String value = text.value();
    List<Value> lines = new ArrayList<>();
    int from = 0;
    while (from < value.length()) {
      int end = from;
      while (end < value.length() && !isLineEnd(value.charAt(end))) {
        end++;
      }
      int next = end;
      if (next < value.length()) {
        next += value.startsWith("\r\n", end) ? 2 : 1;
      }
      budget.allocate(8);
      lines.add(of(text.slice(from, keepEnds ? next : end)));
      from = next;
    }
    return Value.Seq.list(lines);
  }

  private static boolean isLineEnd(char c) {
    return (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  private static Value partition(MarkedText text, Value.Str separator, int at, boolean last) {
    nonEmpty(separator);
    if (at < 0) {
      return last
          ? Value.Seq.tuple(Value.Str.EMPTY, Value.Str.EMPTY, of(text))
          : Value.Seq.tuple(of(text), Value.Str.EMPTY, Value.Str.EMPTY);
    }
    int end = at + separator.text().length();
    return Value.Seq.tuple(
        of(text.slice(0, at)), of(text.slice(at, end)), of(text.slice(end, text.length())));
  }

  private static Value find(Arguments arguments, MarkedText text, boolean last, boolean must) {
    String wanted = arguments.string("sub").value();
    arguments.end();
    int at = last ? text.value().lastIndexOf(wanted) : text.value().indexOf(wanted);
    if (at < 0 && must) {
      throw TemplateFailure.evaluation("the substring is not there");
    }
    return new Value.Int(at < 0 ? -1 : text.value().codePointCount(0, at));
  }

  private static int count(String value, String wanted) {
    if (wanted.isEmpty()) {
      return value.codePointCount(0, value.length()) + 1;
    }
    int count = 0;
    for (int at = value.indexOf(wanted);
        at >= 0;
        at = value.indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  private MarkedText join(MarkedText separator, List<Value> items) {
    var result = new MarkedText.Builder();
    boolean first = true;
    for (Value item : items) {
      MarkedText text = Values.string(item).text();
      budget.allocate((long) separator.length() + text.length());
      if (!first) {
        result.append(separator);
      }
      result.append(text);
      first = false;
    }
    return result.build();
  }

  private MarkedText padded(MarkedText text, Arguments arguments, int side) {
    int width = arguments.integer("width", 80);
    Value.Str fill = arguments.stringOrNull("fillchar");
    arguments.end();
    return padded(text, width, fill == null ? MarkedText.markup(" ") : fill.text(), side);
  }

  /// Filled up to a width. `side` 0: after, 1: before, 2: on both sides.
  MarkedText padded(MarkedText text, int width, MarkedText fill, int side) {
    int missing = width - text.value().codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    budget.allocate((long) missing * fill.length() + text.length());
    // Python's centre puts the odd blank to the left where the width is odd.
    int before = side == 0 ? 0 : side == 1 ? missing : missing / 2 + (missing & width & 1);
    var result = new MarkedText.Builder();
    for (int i = 0; i < before; i++) {
      result.append(fill);
    }
    result.append(text);
    for (int i = before; i < missing; i++) {
      result.append(fill);
    }
    return result.build();
  }
}
