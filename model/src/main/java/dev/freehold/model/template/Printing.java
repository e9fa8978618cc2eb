package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How values read when printed: Python's `str`, its `repr` inside lists, and JSON as Python's
/// `json.dumps` writes it. What a message said stays quoted through all of them.
final class Printing {

  private final Budget budget;

  Printing(Budget budget) {
    this.budget = budget;
  }

  /// Python's `str(value)`.
  MarkedText str(Value value) {
    if (value instanceof Value.Str string) {
      return string.text();
    }
    if (value instanceof Value.Undefined) {
      return MarkedText.EMPTY;
    }
    var text = new MarkedText.Builder();
    repr(value, text);
    return text.build();
  }

  /// Python's `repr(value)`.
  MarkedText repr(Value value) {
    var text = new MarkedText.Builder();
    repr(value, text);
    return text.build();
  }

  private void repr(Value value, MarkedText.Builder to) {
    budget.step();
    budget.enter();
    switch (value) {
      case Value.Undefined _ -> append(to, "Undefined");
      case Value.None _ -> append(to, "None");
      case Value.Bool bool -> append(to, bool == Value.Bool.TRUE ? "True" : "False");
      case Value.Int number -> append(to, Long.toString(number.value()));
      case Value.Real number -> append(to, real(number.value()));
      case Value.Str string -> quote(string.text(), to);
      case Value.Seq seq -> {
        append(to, seq.tuple() ? "(" : "[");
        String separator = "";
        for (Value item : seq.items()) {
          append(to, separator);
          repr(item, to);
          separator = ", ";
        }
        append(to, !seq.tuple() ? "]" : seq.items().size() == 1 ? ",)" : ")");
      }
      case Value.Dict dict -> {
        append(to, "{");
        String separator = "";
        for (Value.Entry entry : dict.entries().values()) {
          append(to, separator);
          repr(entry.key(), to);
          append(to, ": ");
          repr(entry.value(), to);
          separator = ", ";
        }
        append(to, "}");
      }
      case Value.Namespace namespace -> {
        append(to, "<Namespace ");
        repr(Value.Dict.of(namespace.attributes), to);
        append(to, ">");
      }
      case Value.Generator _ -> append(to, "<generator>");
      case Value.Callable callable -> append(to, "<function " + callable.name() + ">");
      case Value.Loop loop ->
          append(to, "<LoopContext %d/%d>".formatted(loop.index + 1, loop.items.size()));
    }
    budget.leave();
  }

  private void append(MarkedText.Builder to, String markup) {
    budget.allocate(markup.length());
    to.append(markup);
  }

  /// Python's shortest notation that reads back as the same number.
  static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return "%s%se%s%02d"
        .formatted(value < 0 ? "-" : "", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private void quote(MarkedText text, MarkedText.Builder to) {
    String value = text.value();
    budget.allocate(text.length() + 2L);
    String quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? "\"" : "'";
    to.append(quote);
    int from = 0;
    for (int i = 0; i < value.length(); ) {
      int code = value.codePointAt(i);
      int end = i + Character.charCount(code);
      String escape = pythonEscape(code, quote.charAt(0));
      if (escape != null) {
        budget.allocate(escape.length());
        to.append(text, from, i).append(escape);
        from = end;
      }
      i = end;
    }
    to.append(text, from, value.length()).append(quote);
  }

  private static @Nullable String pythonEscape(int code, char quote) {
    if (code == quote || code == '\\') {
      return "\\" + (char) code;
    }
    return switch (code) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case ' ' -> null;
      default -> {
        if (isPrintable(code)) {
          yield null;
        }
        yield code < 0x100
            ? "\\x%02x".formatted(code)
            : code < 0x10000 ? "\\u%04x".formatted(code) : "\\U%08x".formatted(code);
      }
    };
  }

  private static boolean isPrintable(int code) {
    return switch (Character.getType(code)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /// How JSON is laid out, in the words of Python's `json.dumps`.
  ///
  /// @param indent what one level is indented by; null: all on one line
  record JsonLayout(
      @Nullable String indent,
      String itemSeparator,
      String keySeparator,
      boolean ensureAscii,
      boolean sortKeys) {}

  /// The value as JSON; nothing is escaped for HTML, as transformers has it.
  MarkedText json(Value value, JsonLayout layout) {
    var text = new MarkedText.Builder();
    json(value, layout, 0, text);
    return text.build();
  }

  private void json(Value value, JsonLayout layout, int level, MarkedText.Builder to) {
    budget.step();
    budget.enter();
    switch (value) {
      case Value.None _ -> append(to, "null");
      case Value.Bool bool -> append(to, bool == Value.Bool.TRUE ? "true" : "false");
      case Value.Int number -> append(to, Long.toString(number.value()));
      case Value.Real number -> append(to, jsonReal(number.value()));
      case Value.Str string -> jsonString(string.text(), layout.ensureAscii(), to);
      case Value.Seq seq -> {
        append(to, "[");
        boolean first = true;
        for (Value item : seq.items()) {
          separate(to, layout, level + 1, first);
          json(item, layout, level + 1, to);
          first = false;
        }
        close(to, layout, level, first, "]");
      }
      case Value.Dict dict -> {
        append(to, "{");
        boolean first = true;
        for (Value.Entry entry : ordered(dict, layout.sortKeys())) {
          separate(to, layout, level + 1, first);
          jsonString(jsonKey(entry.key()), layout.ensureAscii(), to);
          append(to, layout.keySeparator());
          json(entry.value(), layout, level + 1, to);
          first = false;
        }
        close(to, layout, level, first, "}");
      }
      case Value.Undefined _,
          Value.Namespace _,
          Value.Generator _,
          Value.Callable _,
          Value.Loop _ ->
          throw TemplateFailure.evaluation(
              "a %s cannot be written as JSON".formatted(Values.type(value)));
    }
    budget.leave();
  }

  private static List<Value.Entry> ordered(Value.Dict dict, boolean sorted) {
    List<Value.Entry> entries = new ArrayList<>(dict.entries().values());
    if (sorted) {
      entries.sort(Comparator.comparing(entry -> jsonKey(entry.key()).value()));
    }
    return entries;
  }

  private static MarkedText jsonKey(Value key) {
    return switch (key) {
      case Value.Str string -> string.text();
      case Value.None _ -> MarkedText.markup("null");
      case Value.Bool bool -> MarkedText.markup(bool == Value.Bool.TRUE ? "true" : "false");
      case Value.Int number -> MarkedText.markup(Long.toString(number.value()));
      case Value.Real number -> MarkedText.markup(jsonReal(number.value()));
      default -> throw TemplateFailure.evaluation("a tuple cannot be a key in JSON");
    };
  }

  private void separate(MarkedText.Builder to, JsonLayout layout, int level, boolean first) {
    if (!first) {
      append(to, layout.itemSeparator());
    }
    newLine(to, layout, level);
  }

  private void close(
      MarkedText.Builder to, JsonLayout layout, int level, boolean empty, String bracket) {
    if (!empty) {
      newLine(to, layout, level);
    }
    append(to, bracket);
  }

  private void newLine(MarkedText.Builder to, JsonLayout layout, int level) {
    if (layout.indent() != null) {
      budget.allocate((long) layout.indent().length() * level);
      append(to, "\n");
      to.append(layout.indent().repeat(level));
    }
  }

  private static String jsonReal(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return real(value);
  }

  private void jsonString(MarkedText text, boolean ascii, MarkedText.Builder to) {
    String value = text.value();
    budget.allocate(text.length() + 2L);
    to.append("\"");
    int from = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      String escape =
          switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> c < 0x20 || (ascii && c > 0x7e) ? "\\u%04x".formatted((int) c) : null;
          };
      if (escape != null) {
        budget.allocate(escape.length());
        to.append(text, from, i).append(escape);
        from = i + 1;
      }
    }
    to.append(text, from, value.length()).append("\"");
  }
}
