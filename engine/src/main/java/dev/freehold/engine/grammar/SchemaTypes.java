package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.UNBOUNDED;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The part of a schema that says what kind of value is wanted.
final class SchemaTypes {

  private static final Set<String> TYPES =
      Set.of("object", "array", "string", "number", "integer", "boolean", "null");

  private static final String[] OF_STRINGS = {"minLength", "maxLength", "pattern", "format"};
  private static final String[] OF_NUMBERS = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"
  };
  private static final String[] OF_ARRAYS = {"items", "prefixItems", "minItems", "maxItems"};
  private static final String[] OF_OBJECTS = {"properties", "required", "additionalProperties"};

  /// What a pattern or format describes.
  private record Texts(Expression characters, TextLengths lengths) {}

  private final SchemaReader reader;
  private final Map<String, Texts> known = new HashMap<>();
  private final Map<String, Expression> rules;
  private final Notation notation;
  private final SchemaStructures structures;

  SchemaTypes(SchemaReader reader, Map<String, Expression> rules, Notation notation) {
    this.reader = reader;
    this.rules = rules;
    this.notation = notation;
    this.structures = new SchemaStructures(reader, notation);
  }

  SchemaStructures structures() {
    return structures;
  }

  /// `enum` and `const`: these values, written without blanks.
  Expression oneOfThese(Keywords keywords) {
    // A list, since values can be chosen so that a set of them is slow.
    List<JsonNode> values = new ArrayList<>();
    if (keywords.has("enum")) {
      keywords.list("enum").forEach(values::add);
    }
    reader.takes(Size.VALUE * values.size());
    Optional<JsonNode> constant = keywords.any("const");
    constant.ifPresent(value -> {
      if (keywords.has("enum")) {
        values.removeIf(other -> !other.equals(value));
      } else {
        values.add(value);
      }
    });
    Set<String> types = types(keywords);
    List<Expression> ways = new ArrayList<>();
    for (JsonNode value : values) {
      if (types.isEmpty() || types.stream().anyMatch(type -> is(value, type))) {
        ways.add(notation.constant(value));
      }
    }
    if (ways.isEmpty()) {
      throw reader.wrong(keywords.pointer(), "lists no value that its type allows");
    }
    return new Expression.Choice(ways);
  }

  private static boolean is(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "number" -> value.isNumber();
      case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
      case "boolean" -> value.isBoolean();
      default -> value.isNull();
    };
  }

  /// The types wanted; none where the schema says nothing.
  private Set<String> types(Keywords keywords) {
    Optional<JsonNode> node = keywords.any("type");
    if (node.isEmpty()) {
      return Set.of();
    }
    Set<String> types = new LinkedHashSet<>();
    List<JsonNode> all =
        node.get().isArray() ? node.get().valueStream().toList() : List.of(node.get());
    for (JsonNode one : all) {
      if (!one.isString() || !TYPES.contains(one.stringValue())) {
        throw reader.wrong(
            keywords.pointer("type"),
            "must be one or several of object, array, string, number, integer, boolean, null");
      }
      types.add(one.stringValue());
    }
    if (types.isEmpty()) {
      throw reader.wrong(keywords.pointer("type"), "must name a type");
    }
    return types;
  }

  /// The values of the types named. Where none is, the keywords tell: what says something about
  /// strings only admits any number too, but a string is what is meant.
  Expression ofTypes(Keywords keywords) {
    Set<String> types = types(keywords);
    if (types.isEmpty()) {
      types = meant(keywords);
    }
    if (types.isEmpty()) {
      return notation.any();
    }
    List<Expression> ways = new ArrayList<>();
    for (String type : types) {
      if (!(type.equals("integer") && types.contains("number"))) {
        reader.takes(ways.isEmpty() ? 0 : Size.SCHEMA);
        ways.add(ofType(type, keywords));
      }
    }
    keywords.pass(OF_STRINGS);
    keywords.pass(OF_NUMBERS);
    keywords.pass(OF_ARRAYS);
    keywords.pass(OF_OBJECTS);
    return ways.size() == 1 ? ways.getFirst() : new Expression.Choice(ways);
  }

  private Set<String> meant(Keywords keywords) {
    Set<String> types = new LinkedHashSet<>();
    add("object", OF_OBJECTS, keywords, types);
    add("array", OF_ARRAYS, keywords, types);
    add("string", OF_STRINGS, keywords, types);
    add("number", OF_NUMBERS, keywords, types);
    if (types.size() > 1) {
      throw reader.wrong(
          keywords.pointer(), "needs a type: its keywords speak of %s".formatted(types));
    }
    return types;
  }

  private static void add(String type, String[] ofType, Keywords keywords, Set<String> types) {
    for (String keyword : ofType) {
      if (keywords.has(keyword)) {
        types.add(type);
      }
    }
  }

  private Expression ofType(String type, Keywords keywords) {
    return switch (type) {
      case "object" -> structures.object(keywords);
      case "array" -> structures.array(keywords);
      case "string" -> string(keywords);
      case "integer" -> integer(keywords);
      case "number" -> number(keywords);
      case "boolean" -> notation.flag();
      default -> notation.nothing();
    };
  }

  private Expression string(Keywords keywords) {
    int min = keywords.count("minLength").orElse(0);
    int max = keywords.count("maxLength").orElse(UNBOUNDED);
    if (max != UNBOUNDED && max < min) {
      throw reader.wrong(keywords.pointer("maxLength"), "is less than minLength");
    }
    if (!keywords.has("pattern") && !keywords.has("format")) {
      reader.takes(max == 0 ? 0 : Size.STRING);
      return notation.string(min, max);
    }
    if (keywords.has("pattern") && keywords.has("format")) {
      throw reader.wrong(keywords.pointer("pattern"), "is not supported beside format");
    }
    String named;
    Texts texts;
    if (keywords.has("pattern")) {
      String pattern = keywords.text("pattern");
      if (pattern.length() > FormatGrammar.LONGEST_EXPRESSION) {
        throw reader.wrong(
            keywords.pointer("pattern"),
            "has more than %,d characters".formatted(FormatGrammar.LONGEST_EXPRESSION));
      }
      named = "pattern " + pattern;
      texts =
          known.computeIfAbsent(
              named,
              _ -> texts(RegularExpression.anywhere(pattern, reader.size(), reader.field())));
    } else {
      String format = keywords.text("format");
      String expression = Formats.expression(format);
      if (expression.isEmpty()) {
        throw reader.wrong(
            keywords.pointer("format"),
            "is %s, which is not supported; %s are"
                .formatted(SchemaReader.brief(format), Formats.names()));
      }
      named = "format " + format;
      texts =
          known.computeIfAbsent(
              named,
              _ -> texts(RegularExpression.whole(expression, reader.size(), reader.field())));
    }
    TextLengths lengths = texts.lengths();
    if (lengths.min() < min || (max != UNBOUNDED && lengths.max() > max)) {
      throw reader.wrong(
          keywords.pointer(min > lengths.min() ? "minLength" : "maxLength"),
          "is not supported beside a pattern or format that has texts of other lengths");
    }
    return once(
        "string of %s in %s".formatted(named, notation), () -> notation.string(texts.characters()));
  }

  private static Texts texts(Expression characters) {
    return new Texts(characters, TextLengths.of(characters));
  }

  private static NumberTexts.Bounds bounds(Keywords keywords) {
    BigDecimal low = keywords.number("minimum").orElse(null);
    BigDecimal high = keywords.number("maximum").orElse(null);
    BigDecimal above = keywords.number("exclusiveMinimum").orElse(null);
    BigDecimal below = keywords.number("exclusiveMaximum").orElse(null);
    boolean lowExclusive = above != null && (low == null || above.compareTo(low) >= 0);
    boolean highExclusive = below != null && (high == null || below.compareTo(high) <= 0);
    return new NumberTexts.Bounds(
        lowExclusive ? above : low, lowExclusive, highExclusive ? below : high, highExclusive);
  }

  private static boolean isFree(NumberTexts.Bounds bounds) {
    return bounds.low() == null && bounds.high() == null;
  }

  /// `multipleOf` as so many units of the last of so many places.
  private record Step(int units, int scale) {}

  private Step step(Keywords keywords) {
    Optional<BigDecimal> step = keywords.number("multipleOf").map(BigDecimal::stripTrailingZeros);
    if (step.isEmpty()) {
      return new Step(1, -1);
    }
    int scale = Math.max(0, step.get().scale());
    BigDecimal units = step.get().movePointRight(scale);
    if (units.signum() <= 0
        || units.compareTo(BigDecimal.valueOf(NumberTexts.LARGEST_STEP)) > 0
        || scale > JsonText.DIGITS) {
      throw reader.wrong(
          keywords.pointer("multipleOf"),
          "must be 1 to %d units of one of %d places"
              .formatted(NumberTexts.LARGEST_STEP, JsonText.DIGITS));
    }
    return new Step(units.intValueExact(), scale);
  }

  private Expression integer(Keywords keywords) {
    NumberTexts.Bounds bounds = bounds(keywords);
    Step step = step(keywords);
    if (isFree(bounds) && step.scale() < 0) {
      return JsonText.ANY_INTEGER;
    }
    int whole = step.units();
    for (int i = 0; i < step.scale(); i++) {
      whole /= whole % 10 == 0 ? 10 : whole % 5 == 0 ? 5 : whole % 2 == 0 ? 2 : 1;
    }
    int units = whole;
    return once(
        "integer %s step %d".formatted(bounds, units),
        () -> NumberTexts.integers(bounds, units, rules, reader::takes));
  }

  private Expression number(Keywords keywords) {
    NumberTexts.Bounds bounds = bounds(keywords);
    Step step = step(keywords);
    if (step.scale() >= 0) {
      return once(
          "number %s %s".formatted(bounds, step),
          () -> NumberTexts.multiples(bounds, step.units(), step.scale(), rules, reader::takes));
    }
    return isFree(bounds)
        ? JsonText.ANY_NUMBER
        : once(
            "number %s".formatted(bounds),
            () -> NumberTexts.decimals(bounds, rules, reader::takes));
  }

  /// A rule that is written once, however often a schema has the same bounds.
  private Expression once(String name, Supplier<Expression> expression) {
    if (!rules.containsKey(name)) {
      rules.put(name, expression.get());
    }
    return new Expression.Rule(name);
  }
}
