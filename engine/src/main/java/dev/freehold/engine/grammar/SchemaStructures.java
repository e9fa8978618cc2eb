package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.UNBOUNDED;
import static dev.freehold.engine.grammar.Expression.sequence;

import dev.freehold.engine.grammar.Expression.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Objects and arrays of a schema.
final class SchemaStructures {

  /// Longest name of a property.
  private static final int LONGEST_NAME = 256;

  private final SchemaReader reader;
  private final Notation notation;

  SchemaStructures(SchemaReader reader, Notation notation) {
    this.reader = reader;
    this.notation = notation;
  }

  /// An object's properties.
  ///
  /// @param named those with a name, in order
  /// @param others the values of any further one; null where there may be none
  private record Shape(List<SchemaReader.Property> named, @Nullable Expression others) {}

  Expression object(Keywords keywords) {
    Shape shape = shape(keywords);
    List<Member> members = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (SchemaReader.Property property : shape.named()) {
      names.add(property.name());
      members.add(
          new Member(
              notation.member(notation.name(property.name()), property.values()),
              property.required(),
              false));
    }
    if (shape.others() != null) {
      members.add(
          new Member(notation.member(notation.nameOtherThan(names), shape.others()), false, true));
    }
    return notation.object(members);
  }

  /// The properties that have a name.
  List<SchemaReader.Property> named(Keywords keywords) {
    return shape(keywords).named();
  }

  private Shape shape(Keywords keywords) {
    Map<String, Expression> properties = properties(keywords);
    Set<String> required = required(keywords);
    Optional<JsonNode> additional = keywords.any("additionalProperties");
    boolean closed =
        additional.isPresent()
            && additional.get().equals(tools.jackson.databind.node.BooleanNode.FALSE);
    Expression others =
        additional
            .map(schema -> reader.schema(schema, keywords.pointer("additionalProperties")))
            .orElse(notation.any());
    boolean open = additional.map(_ -> !closed).orElse(properties.isEmpty());
    Expression sharedOthers =
        open || !properties.keySet().containsAll(required) ? reader.shared(others) : others;
    for (String name : required) {
      if (!properties.containsKey(name)) {
        if (closed) {
          throw reader.wrong(
              keywords.pointer("required"),
              "asks for %s, which additionalProperties rules out"
                  .formatted(SchemaReader.brief(name)));
        }
        reader.takes(Size.SCHEMA);
        properties.put(name, sharedOthers);
      }
    }
    JsonNode schemas = keywords.any("properties").orElse(MissingNode.getInstance());
    List<SchemaReader.Property> named = new ArrayList<>();
    properties.forEach((name, values) ->
        named.add(
            new SchemaReader.Property(name, schemas.path(name), values, required.contains(name))));
    // Each letter takes a state.
    named.forEach(property -> reader.takes(property.name().length()));
    if (open) {
      reader.takes(Size.OTHERS + Size.OTHER_LETTER * OtherNames.letters(properties.keySet()));
    }
    return new Shape(named, open ? sharedOthers : null);
  }

  private Map<String, Expression> properties(Keywords keywords) {
    Map<String, Expression> properties = new LinkedHashMap<>();
    keywords
        .any("properties")
        .ifPresent(node -> {
          Pointer pointer = keywords.pointer("properties");
          if (!node.isObject()) {
            throw reader.wrong(pointer, "must be an object");
          }
          for (String name : node.propertyNames()) {
            properties.put(checked(name, pointer), reader.schema(node.get(name), pointer.to(name)));
          }
        });
    return properties;
  }

  private Set<String> required(Keywords keywords) {
    Set<String> required = new LinkedHashSet<>();
    keywords
        .any("required")
        .ifPresent(node -> {
          Pointer pointer = keywords.pointer("required");
          if (!node.isArray()) {
            throw reader.wrong(pointer, "must be a list of names");
          }
          for (JsonNode name : node) {
            if (!name.isString()) {
              throw reader.wrong(pointer, "must be a list of names");
            }
            required.add(checked(name.stringValue(), pointer));
          }
        });
    return required;
  }

  private String checked(String name, Pointer pointer) {
    if (name.length() > LONGEST_NAME) {
      throw reader.wrong(
          pointer, "holds a name of more than %d characters".formatted(LONGEST_NAME));
    }
    if (name.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
      throw reader.wrong(pointer, "holds a name with half a surrogate pair");
    }
    return name;
  }

  Expression array(Keywords keywords) {
    int min = keywords.count("minItems").orElse(0);
    int max = keywords.count("maxItems").orElse(UNBOUNDED);
    if (max != UNBOUNDED && max < min) {
      throw reader.wrong(keywords.pointer("maxItems"), "is less than minItems");
    }
    Optional<JsonNode> items = keywords.any("items");
    List<Expression> first = prefix(keywords);
    if (items.isPresent() && items.get().isArray()) {
      throw reader.wrong(keywords.pointer("items"), "must be one schema; several are prefixItems");
    }
    Expression item =
        items
            .map(schema -> reader.schema(schema, keywords.pointer("items")))
            .orElse(notation.any());
    boolean more =
        items.isPresent()
            ? !items.get().equals(tools.jackson.databind.node.BooleanNode.FALSE)
            : first.isEmpty() || min > first.size();
    if (max != UNBOUNDED && first.size() > max) {
      first = first.subList(0, max);
    }
    int least = Math.max(0, min - first.size());
    int most = max == UNBOUNDED ? UNBOUNDED : max - first.size();
    if (!more) {
      if (least > 0) {
        throw reader.wrong(keywords.pointer("minItems"), "asks for more items than there may be");
      }
      most = 0;
    }
    return notation.array(
        first.isEmpty() ? items(item, least, most) : after(first, item, least, most));
  }

  private List<Expression> prefix(Keywords keywords) {
    List<Expression> first = new ArrayList<>();
    if (keywords.has("prefixItems")) {
      JsonNode list = keywords.list("prefixItems");
      for (int i = 0; i < list.size(); i++) {
        first.add(
            reader.schema(list.get(i), keywords.pointer("prefixItems").to(Integer.toString(i))));
      }
    }
    return first;
  }

  private Expression items(Expression item, int min, int max) {
    if (max == 0) {
      return Expression.EMPTY;
    }
    if (min <= 1 && max == UNBOUNDED) {
      return new Expression.Members(notation.comma(), List.of(new Member(item, min == 1, true)));
    }
    Expression shared = reader.shared(item);
    Expression all =
        sequence(
            shared,
            new Expression.Repeat(
                sequence(notation.comma(), shared),
                Math.max(0, min - 1),
                max == UNBOUNDED ? UNBOUNDED : max - 1));
    return min == 0 ? Expression.optional(all) : all;
  }

  private Expression after(List<Expression> first, Expression item, int min, int max) {
    List<Expression> parts = new ArrayList<>();
    for (Expression one : first) {
      if (!parts.isEmpty()) {
        parts.add(notation.comma());
      }
      parts.add(one);
    }
    if (max != 0) {
      parts.add(new Expression.Repeat(sequence(notation.comma(), reader.shared(item)), min, max));
    }
    return new Expression.Sequence(parts);
  }
}
