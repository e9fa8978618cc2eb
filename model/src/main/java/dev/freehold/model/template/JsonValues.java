package dev.freehold.model.template;

import dev.freehold.model.text.Json;
import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// JSON that a caller wrote, as values of the template language. Every string of it, keys too, is
/// quoted: none becomes a control token.
final class JsonValues {

  private JsonValues() {}

  /// The value of a text; empty where it is no JSON or holds a whole number beyond 64 bits.
  static Optional<Value> read(String json) {
    return Json.read(json).filter(JsonValues::fits).map(JsonValues::of);
  }

  private static boolean fits(JsonNode node) {
    return node.isContainer()
        ? node.valueStream().allMatch(JsonValues::fits)
        : !node.isIntegralNumber() || node.canConvertToLong();
  }

  private static Value of(JsonNode node) {
    if (node.isObject()) {
      Map<Object, Value.Entry> entries = new LinkedHashMap<>();
      node.properties()
          .forEach(property ->
              entries.put(
                  property.getKey(),
                  new Value.Entry(quoted(property.getKey()), of(property.getValue()))));
      return new Value.Dict(entries);
    }
    if (node.isArray()) {
      List<Value> items = new ArrayList<>(node.size());
      node.forEach(item -> items.add(of(item)));
      return Value.Seq.list(items);
    }
    if (node.isString()) {
      return quoted(node.stringValue());
    }
    if (node.isBoolean()) {
      return Value.Bool.of(node.booleanValue());
    }
    if (node.isNull()) {
      return Value.None.NONE;
    }
    return node.isIntegralNumber()
        ? new Value.Int(node.longValue())
        : new Value.Real(node.doubleValue());
  }

  static Value.Str quoted(String text) {
    return new Value.Str(MarkedText.quoted(text));
  }
}
