package dev.freehold.server.http;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a JSON object, read one by one; what nobody asked for is refused by name at the
/// end. So a field is honoured or refused, never passed over.
///
/// A field that is `null` counts as missing. Belongs to one thread.
public final class Fields {

  private final ObjectNode object;
  private final String prefix;
  private final Set<String> known = new HashSet<>();

  /// @param object what to read
  public Fields(ObjectNode object) {
    this(object, "");
  }

  private Fields(ObjectNode object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  /// The fields of an object inside this one.
  ///
  /// @param name how errors call it, `messages[0]` for instance
  /// @throws InvalidRequest where it is no object
  public static Fields inside(JsonNode node, String name) {
    if (node instanceof ObjectNode object) {
      return new Fields(object, name + ".");
    }
    throw new InvalidRequest("%s must be an object.".formatted(name), name);
  }

  /// The name of a field as errors give it.
  public String name(String field) {
    return prefix + field;
  }

  /// The value of a field; empty where it is missing or null.
  public Optional<JsonNode> any(String field) {
    known.add(field);
    return Optional.ofNullable(object.get(field)).filter(node -> !node.isNull());
  }

  /// A string.
  public Optional<String> text(String field) {
    return any(field).map(node -> text(node, name(field)));
  }

  /// A string that must be there.
  public String requiredText(String field) {
    return text(field).orElseThrow(() -> missing(field));
  }

  /// What to throw where a field is missing that must be there.
  public InvalidRequest missing(String field) {
    return new InvalidRequest("%s is required.".formatted(name(field)), name(field));
  }

  /// The string in a node.
  ///
  /// @throws InvalidRequest where it is none, or holds half a surrogate pair and so no text
  public static String text(JsonNode node, String name) {
    if (!node.isString()) {
      throw new InvalidRequest("%s must be a string.".formatted(name), name);
    }
    String text = node.stringValue();
    if (text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)) {
      throw new InvalidRequest("%s holds half a surrogate pair.".formatted(name), name);
    }
    return text;
  }

  /// True or false.
  public Optional<Boolean> flag(String field) {
    return any(field)
        .map(node -> {
          if (!node.isBoolean()) {
            throw wrong(field, "true or false");
          }
          return node.booleanValue();
        });
  }

  /// A number.
  public OptionalDouble number(String field) {
    Optional<JsonNode> node = any(field);
    if (node.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (!node.get().isNumber() || !Double.isFinite(node.get().doubleValue())) {
      throw wrong(field, "a number");
    }
    return OptionalDouble.of(node.get().doubleValue());
  }

  /// A whole number that fits 64 bits.
  public OptionalLong wholeLong(String field) {
    Optional<JsonNode> node = any(field);
    if (node.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!node.get().isIntegralNumber() || !node.get().canConvertToLong()) {
      throw wrong(field, "a whole number");
    }
    return OptionalLong.of(node.get().longValue());
  }

  /// A whole number between two bounds.
  public OptionalInt whole(String field, int low, int high) {
    OptionalLong value = wholeLong(field);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.getAsLong() < low || value.getAsLong() > high) {
      throw wrong(field, "between %d and %d".formatted(low, high));
    }
    return OptionalInt.of((int) value.getAsLong());
  }

  /// A list of strings.
  public Optional<List<String>> texts(String field) {
    return any(field)
        .map(node -> {
          if (!node.isArray()) {
            throw wrong(field, "a list of strings");
          }
          List<String> texts = new ArrayList<>();
          for (int i = 0; i < node.size(); i++) {
            texts.add(text(node.get(i), "%s[%d]".formatted(name(field), i)));
          }
          return texts;
        });
  }

  /// Refuses a field that is not served, unless its value asks for nothing.
  ///
  /// @param harmless values that ask for what happens anyway
  /// @param instead what the caller can do
  public void refuse(String field, Predicate<JsonNode> harmless, String instead) {
    any(field)
        .filter(harmless.negate())
        .ifPresent(_ -> {
          throw new InvalidRequest(
              "%s is not supported yet: %s".formatted(name(field), instead), name(field));
        });
  }

  /// Refuses what nobody has asked for.
  ///
  /// @throws InvalidRequest naming the first field that is not known
  public void refuseOthers() {
    for (String field : object.propertyNames()) {
      if (!known.contains(field)) {
        throw new InvalidRequest(
            "%s is not a field that is known here.".formatted(name(field)), name(field));
      }
    }
  }

  private InvalidRequest wrong(String field, String expected) {
    return new InvalidRequest("%s must be %s.".formatted(name(field), expected), name(field));
  }
}
