package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a JSON object of a file, read one by one; what nobody asked for is refused by name
/// at the end. Belongs to one thread.
final class Row {

  private final ObjectNode object;
  private final String prefix;
  private final Set<String> known = new HashSet<>();

  Row(JsonNode node, String name) {
    if (!(node instanceof ObjectNode found)) {
      throw new InvalidRequest(
          "%s must be an object.".formatted(name.isEmpty() ? "A row" : name), name);
    }
    this.object = found;
    this.prefix = name.isEmpty() ? "" : name + ".";
  }

  String name(String field) {
    return prefix + field;
  }

  Optional<JsonNode> any(String field) {
    known.add(field);
    return Optional.ofNullable(object.get(field)).filter(node -> !node.isNull());
  }

  Optional<String> text(String field) {
    return any(field).map(node -> text(node, name(field)));
  }

  static String text(JsonNode node, String name) {
    if (!node.isString()) {
      throw new InvalidRequest("%s must be a string.".formatted(name), name);
    }
    String text = node.stringValue();
    if (text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)) {
      throw new InvalidRequest("%s holds half a surrogate pair.".formatted(name), name);
    }
    return text;
  }

  String requiredText(String field) {
    return text(field).orElseThrow(() -> missing(field));
  }

  InvalidRequest missing(String field) {
    return new InvalidRequest("%s is required.".formatted(name(field)), name(field));
  }

  Optional<Boolean> flag(String field) {
    return any(field)
        .map(node -> {
          if (!node.isBoolean()) {
            throw new InvalidRequest(
                "%s must be true or false.".formatted(name(field)), name(field));
          }
          return node.booleanValue();
        });
  }

  List<JsonNode> list(String field) {
    Optional<JsonNode> node = any(field);
    if (node.isEmpty()) {
      return List.of();
    }
    if (!node.get().isArray()) {
      throw new InvalidRequest("%s must be a list.".formatted(name(field)), name(field));
    }
    List<JsonNode> items = new ArrayList<>();
    node.get().forEach(items::add);
    return items;
  }

  void refuse(String field, String instead) {
    if (any(field).isPresent()) {
      throw new InvalidRequest(
          "%s is not supported: %s".formatted(name(field), instead), name(field));
    }
  }

  void refuseOthers() {
    for (String field : object.propertyNames()) {
      if (!known.contains(field)) {
        throw new InvalidRequest(
            "%s is not a field that is known here.".formatted(name(field)), name(field));
      }
    }
  }
}
