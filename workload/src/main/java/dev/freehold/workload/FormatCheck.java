package dev.freehold.workload;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.freehold.chat.ResponseFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Whether an answer has the form its request asked for; a sign for the guards. What cannot be
/// judged here counts as right.
///
/// Patterns of a schema are not looked at: whoever writes one could keep Java's matcher busy for
/// hours. Schemas elsewhere are not fetched.
///
/// Safe for use by many threads at once.
final class FormatCheck {

  private static final int KEPT = 64;
  private static final int LONGEST = 1 << 20;
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder
                  .schemaCacheEnabled(false)
                  .schemaLoader(loader -> loader.fetchRemoteResources(false))
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .regularExpressionFactory(_ -> _ -> true)
                          .build()));
  private static final Map<String, Optional<Schema>> SCHEMAS =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<Schema>> eldest) {
          return size() > KEPT;
        }
      };

  private FormatCheck() {}

  static boolean holds(ResponseFormat format, String answer) {
    if (answer.length() > LONGEST) {
      return true;
    }
    return switch (format) {
      case ResponseFormat.Free _ -> true;
      case ResponseFormat.JsonObject _ -> read(answer).filter(JsonNode::isObject).isPresent();
      case ResponseFormat.JsonSchema wanted ->
          read(answer).filter(json -> admits(wanted.schema(), json)).isPresent();
      case ResponseFormat.OneOf(List<String> texts) -> texts.contains(answer);
      // Enforced by the engine that offers them; upstreams refuse them.
      case ResponseFormat.Regex _, ResponseFormat.Gbnf _ -> true;
    };
  }

  private static Optional<JsonNode> read(String answer) {
    try {
      return answer.isBlank() ? Optional.empty() : Optional.of(Json.MAPPER.readTree(answer));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static boolean admits(String text, JsonNode json) {
    Optional<Schema> schema;
    synchronized (SCHEMAS) {
      schema = SCHEMAS.computeIfAbsent(text, FormatCheck::compiled);
    }
    try {
      return schema.isEmpty() || schema.get().validate(json).isEmpty();
    } catch (SchemaException _) {
      return true; // A reference that leads nowhere here.
    }
  }

  private static Optional<Schema> compiled(String text) {
    try {
      // Which properties such a pattern names is not known without matching it.
      return text.contains("\"patternProperties\"")
          ? Optional.empty()
          : Optional.of(REGISTRY.getSchema(Json.MAPPER.readTree(text)));
    } catch (SchemaException | JacksonException _) {
      return Optional.empty();
    }
  }
}
