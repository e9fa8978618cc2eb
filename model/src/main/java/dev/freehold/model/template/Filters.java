package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The filters that work on one value or string; [SequenceFilters] has those over sequences.
final class Filters {

  private final Evaluator evaluator;
  private final Budget budget;
  private final Printing printing;
  private final StringMethods strings;
  private final SequenceFilters sequences;

  Filters(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.budget = evaluator.budget;
    this.printing = evaluator.printing;
    this.strings = evaluator.strings;
    this.sequences = new SequenceFilters(evaluator);
  }

  static boolean known(String name) {
    return NAMES.contains(name);
  }

  private static final java.util.Set<String> NAMES =
      java.util.Set.of(
          "abs",
          "attr",
          "batch",
          "capitalize",
          "center",
          "count",
          "d",
          "default",
          "dictsort",
          "e",
          "escape",
          "first",
          "float",
          "forceescape",
          "format",
          "groupby",
          "indent",
          "int",
          "items",
          "join",
          "last",
          "length",
          "list",
          "lower",
          "map",
          "max",
          "min",
          "reject",
          "rejectattr",
          "replace",
          "reverse",
          "round",
          "safe",
          "select",
          "selectattr",
          "slice",
          "sort",
          "string",
          "sum",
          "title",
          "tojson",
          "trim",
          "truncate",
          "unique",
          "upper",
          "urlencode",
          "wordcount");

  Value apply(String name, Value value, Arguments arguments) {
    return switch (name) {
      case "abs" -> {
        if (Values.isNumber(value)) {
          boolean negative = Values.real(value) < 0;
          yield negative ? evaluator.operators.negative(value) : value;
        }
        throw Values.expected("a number", value);
      }
      case "attr" -> evaluator.attribute(value, arguments.string("name").value());
      case "capitalize" -> of(StringMethods.capitalized(text(value)));
      case "center" ->
          of(
              strings.padded(
                  text(value), arguments.integer("width", 80), MarkedText.markup(" "), 2));
      case "count", "length" -> length(value);
      case "d", "default" -> {
        Value otherwise = arguments.orElse("default_value", Value.Str.EMPTY);
        boolean alsoFalse = arguments.flag("boolean", false);
        boolean missing = value instanceof Value.Undefined || (alsoFalse && !Values.truth(value));
        yield missing ? otherwise : value;
      }
      case "e", "escape", "forceescape" -> of(escaped(text(value)));
      case "float" -> real(value, arguments.orElse("default", new Value.Real(0)));
      case "format" ->
          of(
              new Formatting(budget, printing)
                  .percent(
                      text(value),
                      arguments.rest(),
                      arguments.named().isEmpty()
                          ? Value.None.NONE
                          : Value.Dict.of(arguments.named())));
      case "indent" -> of(indented(text(value), arguments));
      case "int" -> integer(value, arguments);
      case "lower" -> of(text(value).map(s -> s.toLowerCase(Locale.ROOT)));
      case "upper" -> of(text(value).map(s -> s.toUpperCase(Locale.ROOT)));
      case "title" -> of(titled(text(value)));
      case "replace" -> {
        Value.Str old = arguments.string("old");
        Value.Str replacement = arguments.string("new");
        MarkedText text = text(value);
        budget.search(text.length(), old.text().length());
        Value count = arguments.next("count");
        int most =
            count == null || count == Value.None.NONE
                ? -1
                : Math.clamp(Values.integer(count), -1, Integer.MAX_VALUE);
        yield of(strings.replace(text, old.value(), replacement.text(), most));
      }
      case "round" -> rounded(value, arguments);
      case "safe", "string" -> of(text(value));
      case "tojson" -> of(json(value, arguments));
      case "trim" -> {
        Value.Str characters = arguments.stringOrNull("chars");
        yield of(
            StringMethods.strip(
                text(value), characters == null ? null : characters.value(), true, true));
      }
      case "truncate" -> of(truncated(text(value), arguments));
      case "urlencode" ->
          of(
              Values.string(value)
                  .text()
                  .map(s ->
                      URLEncoder.encode(s, StandardCharsets.UTF_8)
                          .replace("+", "%20")
                          .replace("%2F", "/")
                          .replace("%7E", "~")
                          .replace("*", "%2A")));
      case "wordcount" -> {
        var split = strings.method(text(value), "split");
        yield length(split == null ? value : split.body().call(Arguments.of("split")));
      }
      default -> sequences.apply(name, value, arguments);
    };
  }

  private static Value.Str of(MarkedText text) {
    return new Value.Str(text);
  }

  private MarkedText text(Value value) {
    MarkedText text = printing.str(value);
    budget.allocate(text.length());
    return text;
  }

  private static Value length(Value value) {
    Integer length = Values.length(value);
    if (length == null) {
      throw TemplateFailure.evaluation("a %s has no length".formatted(Values.type(value)));
    }
    return new Value.Int(length);
  }

  /// Each word, as cut by blanks, hyphens and opening brackets, with its first letter in upper
  /// case.
  private static MarkedText titled(MarkedText text) {
    var result = new MarkedText.Builder();
    boolean starts = true;
    for (MarkedText.Span span : text.spans()) {
      var changed = new StringBuilder();
      for (int c : span.text().codePoints().toArray()) {
        changed.appendCodePoint(starts ? Character.toUpperCase(c) : Character.toLowerCase(c));
        starts = Characters.isSpace(c) || "-({[<".indexOf(c) >= 0;
      }
      result.append(changed.toString(), span.quoted());
    }
    return result.build();
  }

  private static MarkedText escaped(MarkedText text) {
    return text.map(s ->
        s.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("'", "&#39;")
            .replace("\"", "&#34;"));
  }

  private static Value real(Value value, Value otherwise) {
    if (Values.isNumber(value)) {
      return new Value.Real(Values.real(value));
    }
    Double number = value instanceof Value.Str string ? parsed(string.value()) : null;
    return number == null ? otherwise : new Value.Real(number);
  }

  private static @Nullable Double parsed(String text) {
    String trimmed = text.strip().replace("_", "");
    // Java also reads 1d and 0x1p3, Python does not.
    if (!trimmed.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0)
        || trimmed.length() > 400) {
      return null;
    }
    try {
      return Double.valueOf(trimmed);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Value integer(Value value, Arguments arguments) {
    Value otherwise = arguments.orElse("default", new Value.Int(0));
    int base = arguments.integer("base", 10);
    if (value instanceof Value.Real number) {
      return Double.isFinite(number.value()) ? new Value.Int((long) number.value()) : otherwise;
    }
    if (Values.isNumber(value)) {
      return new Value.Int(Values.integer(value));
    }
    if (value instanceof Value.Str string && base >= 2 && base <= 36) {
      String text = withoutRadix(string.value().strip().replace("_", ""), base);
      try {
        return new Value.Int(Long.parseLong(text, base));
      } catch (NumberFormatException e) {
        Double number = parsed(text);
        return number == null || !Double.isFinite(number)
            ? otherwise
            : new Value.Int(number.longValue());
      }
    }
    return otherwise;
  }

  private static String withoutRadix(String text, int base) {
    String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
    boolean prefixed = !prefix.isEmpty() && text.regionMatches(true, 0, prefix, 0, 2);
    return prefixed ? text.substring(2) : text;
  }

  private static Value rounded(Value value, Arguments arguments) {
    int precision = arguments.integer("precision", 0);
    Value.Str method = arguments.stringOrNull("method");
    boolean common = method == null || method.value().equals("common");
    if (common && precision >= 0 && !(value instanceof Value.Real)) {
      return new Value.Int(Values.integer(value));
    }
    double number = Values.real(value);
    if (!Double.isFinite(number) || Math.abs(precision) > 300) {
      return new Value.Real(number);
    }
    RoundingMode mode =
        switch (method == null ? "common" : method.value()) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw TemplateFailure.evaluation("round takes 'common', 'ceil' or 'floor'");
        };
    return new Value.Real(new BigDecimal(number).setScale(precision, mode).doubleValue());
  }

  private MarkedText json(Value value, Arguments arguments) {
    // The order of parameters is that of transformers' own filter.
    boolean ascii = arguments.flag("ensure_ascii", false);
    Value indent = arguments.next("indent");
    Value separators = arguments.next("separators");
    boolean sorted = arguments.flag("sort_keys", false);
    String unit = null;
    if (indent instanceof Value.Str string) {
      unit = string.value();
    } else if (indent != null && indent != Value.None.NONE) {
      unit = " ".repeat(Math.clamp(Values.integer(indent), 0, 100));
    }
    String item = unit == null ? ", " : ",";
    String key = ": ";
    if (separators instanceof Value.Seq pair && pair.items().size() == 2) {
      item = Values.string(pair.items().get(0)).value();
      key = Values.string(pair.items().get(1)).value();
    } else if (separators != null && separators != Value.None.NONE) {
      throw Values.expected("two separators", separators);
    }
    return printing.json(value, new Printing.JsonLayout(unit, item, key, ascii, sorted));
  }

  private MarkedText indented(MarkedText text, Arguments arguments) {
    Value width = arguments.orElse("width", new Value.Int(4));
    boolean first = arguments.flag("first", false);
    boolean blank = arguments.flag("blank", false);
    MarkedText unit =
        width instanceof Value.Str string
            ? string.text()
            : MarkedText.markup(" ".repeat(Math.clamp(Values.integer(width), 0, 1000)));
    String value = text.value();
    var result = new MarkedText.Builder();
    int from = 0;
    boolean firstLine = true;
    while (from <= value.length()) {
      int end = value.indexOf('\n', from);
      int next = end < 0 ? value.length() : end + 1;
      boolean empty = end < 0 ? from == value.length() : end == from;
      if (firstLine ? first : blank || !empty) {
        budget.allocate(unit.length());
        result.append(unit);
      }
      budget.allocate(next - from);
      result.append(text, from, next);
      firstLine = false;
      if (end < 0) {
        break;
      }
      from = next;
    }
    return result.build();
  }

  private static MarkedText truncated(MarkedText text, Arguments arguments) {
    int length = Math.max(0, arguments.integer("length", 255));
    boolean killWords = arguments.flag("killwords", false);
    Value.Str end = arguments.stringOrNull("end");
    int leeway = Math.max(0, arguments.integer("leeway", 5));
    MarkedText ellipsis = end == null ? MarkedText.markup("...") : end.text();
    if (text.length() <= (long) length + leeway) {
      return text;
    }
    int cut = Math.clamp(length - ellipsis.length(), 0, text.length());
    if (cut > 0 && Character.isHighSurrogate(text.value().charAt(cut - 1))) {
      cut--;
    }
    if (!killWords) {
      int space = text.value().lastIndexOf(' ', cut - 1);
      cut = space < 0 ? cut : space;
    }
    return text.slice(0, cut).plus(ellipsis);
  }
}
