package dev.freehold.engine.grammar;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The keywords of one schema, read one by one; what nobody asked for is refused by name at the
/// end.
final class Keywords {

  private final SchemaReader reader;
  private final JsonNode schema;
  private final Pointer pointer;
  private final Set<String> known;

  Keywords(SchemaReader reader, JsonNode schema, Pointer pointer, Set<String> annotations) {
    this.reader = reader;
    this.schema = schema;
    this.pointer = pointer;
    this.known = new HashSet<>(annotations);
  }

  /// Whether a keyword is there.
  boolean has(String keyword) {
    return schema.has(keyword);
  }

  /// Whether a keyword is there and lists one thing.
  boolean isSingle(String keyword) {
    JsonNode node = schema.path(keyword);
    return node.isArray() && node.size() == 1;
  }

  Pointer pointer(String keyword) {
    return pointer.to(keyword);
  }

  Pointer pointer() {
    return pointer;
  }

  Optional<JsonNode> any(String keyword) {
    known.add(keyword);
    return Optional.ofNullable(schema.get(keyword));
  }

  String text(String keyword) {
    JsonNode node = any(keyword).orElseThrow();
    if (!node.isString()) {
      throw reader.wrong(pointer(keyword), "must be a string");
    }
    return node.stringValue();
  }

  JsonNode list(String keyword) {
    JsonNode node = any(keyword).orElseThrow();
    if (!node.isArray() || node.isEmpty()) {
      throw reader.wrong(pointer(keyword), "must be a list with something in it");
    }
    return node;
  }

  /// A number that counts something.
  OptionalInt count(String keyword) {
    Optional<JsonNode> node = any(keyword);
    if (node.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!node.get().isNumber()
        || node.get().decimalValue().signum() < 0
        || node.get().decimalValue().stripTrailingZeros().scale() > 0) {
      throw reader.wrong(pointer(keyword), "must be a whole number from 0");
    }
    BigDecimal most = BigDecimal.valueOf(1 << 28);
    return OptionalInt.of(node.get().decimalValue().min(most).intValue());
  }

  Optional<BigDecimal> number(String keyword) {
    return any(keyword)
        .map(node -> {
          if (!node.isNumber()) {
            throw reader.wrong(pointer(keyword), "must be a number");
          }
          BigDecimal value = node.decimalValue();
          if ((value.signum() != 0 && Math.abs((long) value.precision() - value.scale()) > 60)
              || value.scale() > 60) {
            throw reader.wrong(pointer(keyword), "is too large or too fine");
          }
          return value;
        });
  }

  /// Takes keywords that have no bearing here, as the specification has it.
  void pass(String... keywords) {
    known.addAll(Set.of(keywords));
  }

  /// @throws dev.freehold.chat.InvalidRequest naming the first keyword that nobody asked for
  void refuseOthers() {
    for (String keyword : schema.propertyNames()) {
      if (!known.contains(keyword)) {
        throw reader.wrong(
            pointer(SchemaReader.brief(keyword)),
            "is not supported, or not beside what stands there");
      }
    }
  }
}
