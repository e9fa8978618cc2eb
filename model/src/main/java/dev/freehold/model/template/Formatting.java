package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/// Python's two ways of filling values into a string: `'%s' % x` and `'{}'.format(x)`.
final class Formatting {

  private static final int WIDEST = 10_000;

  private final Budget budget;
  private final Printing printing;

  Formatting(Budget budget, Printing printing) {
    this.budget = budget;
    this.printing = printing;
  }

  /// `format % arguments`; `named` is what `%(name)s` looks into.
  MarkedText percent(MarkedText format, List<Value> arguments, Value named) {
    String pattern = format.value();
    var result = new MarkedText.Builder();
    int used = 0;
    boolean byName = false;
    int position = 0;
    while (true) {
      int mark = pattern.indexOf('%', position);
      int end = mark < 0 ? pattern.length() : mark;
      budget.allocate(end - position);
      result.append(format, position, end);
      if (mark < 0) {
        break;
      }
      var directive = new Directive(pattern, mark + 1);
      position = directive.end;
      if (directive.conversion == '%') {
        result.append("%");
        continue;
      }
      Value value;
      if (directive.name != null) {
        byName = true;
        value = named instanceof Value.Dict dict ? dict.get(directive.name) : null;
        if (value == null) {
          throw TemplateFailure.evaluation(
              "the format names '%s', which is not there".formatted(directive.name));
        }
      } else {
        if (used == arguments.size()) {
          throw TemplateFailure.evaluation("the format asks for more values than there are");
        }
        value = arguments.get(used++);
      }
      append(result, directive, value);
    }
    if (!byName && used < arguments.size() && !(named instanceof Value.Dict)) {
      throw TemplateFailure.evaluation("there are more values than the format asks for");
    }
    return result.build();
  }

  private void append(MarkedText.Builder result, Directive directive, Value value) {
    MarkedText text =
        switch (directive.conversion) {
          case 's' -> cut(printing.str(value), directive.precision);
          case 'r' -> cut(printing.repr(value), directive.precision);
          case 'd', 'i', 'u' ->
              MarkedText.markup(
                  Long.toString(
                      value instanceof Value.Real real
                          ? (long) real.value()
                          : Values.integer(value)));
          case 'x' -> MarkedText.markup(Long.toHexString(Values.integer(value)));
          case 'f', 'F' -> MarkedText.markup(fixed(Values.real(value), directive.precision));
          default ->
              throw TemplateFailure.evaluation(
                  "the format's '%%%s' is not served here".formatted(directive.conversion));
        };
    int padding = Math.max(0, directive.width - text.length());
    budget.allocate((long) padding + text.length());
    boolean zeros =
        directive.zeros && !directive.left && "difFux".indexOf(directive.conversion) >= 0;
    if (zeros) {
      boolean sign = text.value().startsWith("-");
      result.append(sign ? "-" : "").append("0".repeat(padding));
      result.append(text, sign ? 1 : 0, text.length());
    } else {
      result.append(directive.left ? "" : " ".repeat(padding)).append(text);
      result.append(directive.left ? " ".repeat(padding) : "");
    }
  }

  private static MarkedText cut(MarkedText text, int precision) {
    return precision < 0 ? text : text.slice(0, Math.min(precision, text.length()));
  }

  private static String fixed(double value, int precision) {
    if (!Double.isFinite(value)) {
      return Printing.real(value);
    }
    return new BigDecimal(value)
        .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
        .toPlainString();
  }

  /// `%(name)-05.2f`: what stands between the mark and its letter.
  private static final class Directive {
    final @org.jspecify.annotations.Nullable String name;
    final boolean left;
    final boolean zeros;
    final int width;
    final int precision;
    final char conversion;
    final int end;
    private final String pattern;
    private int position;

    Directive(String pattern, int start) {
      this.pattern = pattern;
      position = start;
      if (at() == '(') {
        int close = pattern.indexOf(')', position);
        if (close < 0) {
          throw TemplateFailure.evaluation("the format's name is never closed with ')'");
        }
        name = pattern.substring(position + 1, close);
        position = close + 1;
      } else {
        name = null;
      }
      boolean minus = false;
      boolean zero = false;
      while (at() == '-' || at() == '0') {
        minus |= at() == '-';
        zero |= at() == '0';
        position++;
      }
      left = minus;
      zeros = zero;
      width = number(0);
      if (at() == '.') {
        position++;
        precision = number(0);
      } else {
        precision = -1;
      }
      if (position >= pattern.length()) {
        throw TemplateFailure.evaluation("the format ends inside a '%'");
      }
      conversion = pattern.charAt(position);
      end = position + 1;
    }

    private char at() {
      return position < pattern.length() ? pattern.charAt(position) : '\0';
    }

    private int number(int otherwise) {
      int value = otherwise;
      while (at() >= '0' && at() <= '9') {
        value = value * 10 + (at() - '0');
        if (value > WIDEST) {
          throw TemplateFailure.limit("a format is wider than %d characters".formatted(WIDEST));
        }
        position++;
      }
      return value;
    }
  }

  /// `format.format(*positional, **named)`, without format specifications after a colon.
  MarkedText braces(MarkedText format, List<Value> positional, Map<String, Value> named) {
    String pattern = format.value();
    var result = new MarkedText.Builder();
    int automatic = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      budget.allocate(1);
      boolean doubled = i + 1 < pattern.length() && pattern.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        result.append(format, i, i + 1);
        i++;
      } else if (c == '{') {
        int close = pattern.indexOf('}', i);
        if (close < 0) {
          throw TemplateFailure.evaluation("the format's '{' is never closed");
        }
        String field = pattern.substring(i + 1, close);
        if (field.isEmpty()) {
          field = Integer.toString(automatic++);
        }
        MarkedText text = printing.str(field(field, positional, named));
        budget.allocate(text.length());
        result.append(text);
        i = close;
      } else if (c == '}') {
        throw TemplateFailure.evaluation("the format has a single '}'");
      } else {
        result.append(format, i, i + 1);
      }
    }
    return result.build();
  }

  private static Value field(String field, List<Value> positional, Map<String, Value> named) {
    if (field.chars().allMatch(c -> c >= '0' && c <= '9') && field.length() < 6) {
      int index = Integer.parseInt(field);
      if (index < positional.size()) {
        return positional.get(index);
      }
    } else {
      Value value = named.get(field);
      if (value != null) {
        return value;
      }
    }
    throw TemplateFailure.evaluation("the format's '{%s}' names no value".formatted(field));
  }
}
