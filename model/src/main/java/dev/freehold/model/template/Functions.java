package dev.freehold.model.template;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// The functions a template can call without anybody defining them.
final class Functions {

  /// Jinja2's sandbox has the same limit.
  private static final int LONGEST_RANGE = 100_000;

  private Functions() {}

  /// `range`, `namespace`, `dict`, `raise_exception`, `joiner` and `cycler`'s like.
  static Map<String, Value> standard(Budget budget) {
    Map<String, Value> functions = new HashMap<>();
    define(functions, "range", arguments -> range(arguments, budget));
    define(functions, "namespace", Functions::namespace);
    define(functions, "dict", arguments -> new Value.Dict(entries(arguments)));
    define(
        functions,
        "raise_exception",
        arguments -> {
          throw TemplateFailure.raised(
              new Printing(budget).str(arguments.required("message")).value());
        });
    return functions;
  }

  /// `strftime_now`, as transformers offers it.
  static Value strftimeNow(Supplier<ZonedDateTime> now) {
    return new Value.Callable(
        "strftime_now",
        arguments -> Value.Str.of(strftime(arguments.string("format").value(), now.get())));
  }

  private static void define(Map<String, Value> functions, String name, Value.Callable.Body body) {
    functions.put(name, new Value.Callable(name, body));
  }

  private static Value range(Arguments arguments, Budget budget) {
    long first = Values.integer(arguments.required("stop"));
    Value second = arguments.next("stop");
    long step = arguments.integer("step", 1);
    arguments.end();
    long start = second == null ? 0 : first;
    long stop = second == null ? first : Values.integer(second);
    if (step == 0) {
      throw TemplateFailure.evaluation("a range's step cannot be zero");
    }
    List<Value> numbers = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      if (numbers.size() == LONGEST_RANGE) {
        throw TemplateFailure.limit("a range has more than %d numbers".formatted(LONGEST_RANGE));
      }
      numbers.add(new Value.Int(i));
      if (step > 0 ? i > Long.MAX_VALUE - step : i < Long.MIN_VALUE - step) {
        break;
      }
    }
    budget.entries(numbers.size());
    return Value.Seq.list(numbers);
  }

  private static Value namespace(Arguments arguments) {
    var namespace = new Value.Namespace();
    for (Value.Entry entry : entries(arguments).values()) {
      namespace.attributes.put(Values.string(entry.key()).value(), entry.value());
    }
    return namespace;
  }

  private static Map<Object, Value.Entry> entries(Arguments arguments) {
    Map<Object, Value.Entry> entries = new LinkedHashMap<>();
    for (Value source : arguments.rest()) {
      if (source instanceof Value.Dict dict) {
        entries.putAll(dict.entries());
      } else if (source instanceof Value.Seq pairs) {
        for (Value pair : pairs.items()) {
          if (!(pair instanceof Value.Seq keyed) || keyed.items().size() != 2) {
            throw Values.expected("a key and a value", pair);
          }
          Value key = keyed.items().getFirst();
          entries.put(Values.key(key), new Value.Entry(key, keyed.items().getLast()));
        }
      } else {
        throw Values.expected("a dictionary", source);
      }
    }
    arguments
        .named()
        .forEach((name, value) -> entries.put(name, new Value.Entry(Value.Str.of(name), value)));
    return entries;
  }

  private static String strftime(String format, ZonedDateTime now) {
    var text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      boolean unpadded = directive == '-' && i + 1 < format.length();
      if (unpadded) {
        directive = format.charAt(++i);
      }
      String field = field(directive, now);
      boolean shorten = unpadded && field.length() > 1 && field.startsWith("0");
      text.append(shorten ? field.replaceFirst("^0+(?=.)", "") : field);
    }
    return text.toString();
  }

  private static String field(char directive, ZonedDateTime now) {
    int hour = now.getHour() % 12 == 0 ? 12 : now.getHour() % 12;
    return switch (directive) {
      case 'Y' -> Integer.toString(now.getYear());
      case 'y' -> two(now.getYear() % 100);
      case 'm' -> two(now.getMonthValue());
      case 'd' -> two(now.getDayOfMonth());
      case 'e' -> "%2d".formatted(now.getDayOfMonth());
      case 'j' -> "%03d".formatted(now.getDayOfYear());
      case 'H' -> two(now.getHour());
      case 'I' -> two(hour);
      case 'M' -> two(now.getMinute());
      case 'S' -> two(now.getSecond());
      case 'f' -> "%06d".formatted(now.getNano() / 1000);
      case 'p' -> now.getHour() < 12 ? "AM" : "PM";
      case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'w' -> Integer.toString(now.getDayOfWeek().getValue() % 7);
      case 'u' -> Integer.toString(now.getDayOfWeek().getValue());
      case 'F' -> strftime("%Y-%m-%d", now);
      case 'T' -> strftime("%H:%M:%S", now);
      case 'D' -> strftime("%m/%d/%y", now);
      case 'R' -> strftime("%H:%M", now);
      // Python prints nothing for the zone of a time without one.
      case 'Z', 'z' -> "";
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default ->
          throw TemplateFailure.evaluation(
              "strftime_now does not serve '%%%s'".formatted(directive));
    };
  }

  private static String two(int number) {
    return "%02d".formatted(number);
  }
}
