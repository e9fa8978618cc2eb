package dev.freehold.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Schemas at random, each of them with values.
public final class RandomSchemas {

  /// Not `email`: the judge asks more than the standard does, namely that the top-level domain is
  /// registered.
  private static final String[] FORMATS = {
    "date-time", "time", "date", "duration", "hostname", "ipv4", "ipv6", "uuid"
  };

  private static final String[] PATTERNS = {
    "^[A-Z]{3}-[0-9]{4}$",
    "^(red|green|blue)( light)?$",
    "^\\d+(\\.\\d\\d)?$",
    "^[\\w .-]{1,40}$",
    "^\\S+@\\S+$",
    "^[^\"\\\\]{0,12}$",
    "^#[0-9a-fA-F]{6}$",
    "ab+",
    "^(a|b|ab)*$",
    "^é+\\t?$"
  };

  private final Random random;
  private final JsonNodeFactory json = JsonNodeFactory.instance;
  private int definitions;
  private boolean plainNames;

  public RandomSchemas(long seed) {
    random = new Random(seed);
  }

  /// The same with names that every form of calls can write.
  public String nextNamed() {
    plainNames = true;
    String schema = next();
    plainNames = false;
    return schema;
  }

  public String next() {
    ObjectNode root = object(3);
    definitions = random.nextInt(3);
    ObjectNode defs = json.objectNode();
    for (int i = 0; i < definitions; i++) {
      ObjectNode node = json.objectNode().put("type", "object").put("additionalProperties", false);
      ObjectNode properties = node.putObject("properties");
      properties.set("value", any(1));
      // What refers to itself may also stop.
      ObjectNode more = properties.putObject("more");
      ArrayNode ways = more.putArray("anyOf");
      ways.addObject().put("$ref", "#/$defs/d" + random.nextInt(definitions));
      ways.addObject().put("type", "null");
      node.putArray("required").add("value").add("more");
      defs.set("d" + i, node);
    }
    if (definitions > 0) {
      root.set("$defs", defs);
      ((ObjectNode) root.get("properties")).putObject("tree").put("$ref", "#/$defs/d0");
    }
    return root.toString();
  }

  private JsonNode any(int depth) {
    int kinds = depth == 0 ? 8 : 11;
    return switch (random.nextInt(kinds)) {
      case 0 -> string();
      case 1 -> integer();
      case 2 -> number();
      case 3 -> json.objectNode().put("type", "boolean");
      case 4 -> values();
      case 5 -> formatted();
      case 6 -> several();
      case 7 -> json.objectNode().set("const", value());
      case 8 -> array(depth - 1);
      case 9 -> object(depth - 1);
      default -> anyOf(depth - 1);
    };
  }

  private ObjectNode string() {
    ObjectNode schema = json.objectNode().put("type", "string").put("description", "a text");
    if (random.nextBoolean()) {
      int min = random.nextInt(5);
      schema.put("minLength", min);
      if (random.nextBoolean()) {
        schema.put("maxLength", min + random.nextInt(60));
      }
    } else if (random.nextBoolean()) {
      schema.put("maxLength", random.nextInt(300));
    }
    return schema;
  }

  private ObjectNode formatted() {
    ObjectNode schema = json.objectNode().put("type", "string");
    return random.nextBoolean()
        ? schema.put("format", FORMATS[random.nextInt(FORMATS.length)])
        : schema.put("pattern", PATTERNS[random.nextInt(PATTERNS.length)]);
  }

  private ObjectNode integer() {
    ObjectNode schema = json.objectNode().put("type", "integer");
    int low = random.nextInt(2_000) - 1_000;
    switch (random.nextInt(6)) {
      case 0 -> schema.put("minimum", low);
      case 1 -> schema.put("exclusiveMaximum", low);
      case 2 -> schema.put("minimum", low).put("maximum", low + random.nextInt(5_000));
      case 3 -> schema.put("multipleOf", 1 + random.nextInt(30));
      case 4 -> schema.put("multipleOf", 1 + random.nextInt(9)).put("minimum", low);
      default -> {}
    }
    return schema;
  }

  private ObjectNode number() {
    ObjectNode schema = json.objectNode().put("type", "number");
    double low = (random.nextInt(20_000) - 10_000) / 100.0;
    switch (random.nextInt(5)) {
      case 0 -> schema.put("minimum", low);
      case 1 ->
          schema.put("exclusiveMinimum", low).put("exclusiveMaximum", low + 1 + random.nextInt(9));
      case 2 -> schema.put("maximum", low);
      case 3 -> schema.put("multipleOf", 0.25).put("minimum", low);
      default -> {}
    }
    return schema;
  }

  private ObjectNode values() {
    ObjectNode schema = json.objectNode();
    ArrayNode values = schema.putArray("enum");
    List<JsonNode> all = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(5); i++) {
      JsonNode value = value();
      if (!all.contains(value)) {
        all.add(value);
      }
    }
    all.forEach(values::add);
    return schema;
  }

  private JsonNode value() {
    return switch (random.nextInt(6)) {
      case 0 -> json.numberNode(random.nextInt(1000) - 500);
      case 1 -> json.booleanNode(random.nextBoolean());
      case 2 -> json.nullNode();
      case 3 -> json.stringNode("a \"quoted\" word\n" + random.nextInt(9));
      case 4 -> json.objectNode().set("k", json.arrayNode().add(1).add("é"));
      default -> json.stringNode("value " + random.nextInt(99));
    };
  }

  private ObjectNode several() {
    ObjectNode schema = json.objectNode();
    schema
        .putArray("type")
        .add("string")
        .add("null")
        .add(random.nextBoolean() ? "integer" : "number");
    return schema.put("maxLength", random.nextInt(9)).put("minimum", 3);
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = json.objectNode().put("type", "array");
    schema.set("items", any(depth));
    int min = random.nextInt(4);
    switch (random.nextInt(4)) {
      case 0 -> schema.put("minItems", min);
      case 1 -> schema.put("maxItems", min);
      case 2 -> schema.put("minItems", min).put("maxItems", min + random.nextInt(40));
      default -> {}
    }
    if (random.nextInt(4) == 0) {
      ArrayNode first = schema.putArray("prefixItems");
      first.add(any(0)).add(any(0));
    }
    return schema;
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = json.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = json.arrayNode();
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      String name = random.nextInt(5) == 0 && !plainNames ? "a \"name\" é" + i : "property_" + i;
      properties.set(name, any(depth));
      if (random.nextInt(3) > 0) {
        required.add(name);
      }
    }
    schema.set("required", required);
    switch (random.nextInt(4)) {
      case 0 -> schema.set("additionalProperties", any(0));
      case 1 -> schema.put("additionalProperties", true);
      default -> schema.put("additionalProperties", false);
    }
    return schema;
  }

  private ObjectNode anyOf(int depth) {
    ObjectNode schema = json.objectNode();
    ArrayNode ways = schema.putArray("anyOf");
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      ways.add(any(depth));
    }
    return schema;
  }
}
