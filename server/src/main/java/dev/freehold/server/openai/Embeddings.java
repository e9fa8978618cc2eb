package dev.freehold.server.openai;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/embeddings`: texts to vectors, as lists of numbers or as base64 of little-endian
/// 32-bit floats.
///
/// Safe for use by many threads at once.
public final class Embeddings {

  /// OpenAI's own limit.
  private static final int MAX_INPUTS = 2048;

  private final List<Embedder> embedders;
  private final ChatModels models;

  /// @param embedders the embedding models that are always here, by their id
  /// @param models the other models that can be asked by name
  public Embeddings(List<Embedder> embedders, ChatModels models) {
    this.embedders = List.copyOf(embedders);
    this.models = models;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(Route.of("POST", "/v1/embeddings", this::embed));
  }

  private void embed(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    String model = fields.requiredText("model");
    List<String> inputs = inputs(fields);
    boolean base64 = base64(fields);
    Embedder.Purpose purpose = purpose(fields);
    fields.text("user").ifPresent(exchange::onBehalfOf);
    Embedder embedder = embedder(model, exchange);
    dimensions(fields, embedder);
    fields.refuseOthers();
    int tokens = 0;
    for (int i = 0; i < inputs.size(); i++) {
      int count = embedder.countTokens(inputs.get(i));
      if (count > embedder.maxTokens()) {
        throw new InvalidRequest(
            "input[%d] has %d tokens and %s takes %d; shorten it, it is never cut."
                .formatted(i, count, model, embedder.maxTokens()),
            "input");
      }
      tokens += count;
    }
    exchange.json(200, body(embedder.embed(purpose, inputs), base64, model, tokens));
  }

  private Embedder embedder(String name, Exchange exchange) {
    return embedders.stream()
        .filter(embedder -> embedder.id().equals(name))
        .findFirst()
        .orElseGet(() -> Shapes.model(models, name, exchange.principal()).embedder());
  }

  private static List<String> inputs(Fields fields) {
    JsonNode node = fields.any("input").orElseThrow(() -> fields.missing("input"));
    List<String> inputs;
    if (!node.isArray()) {
      inputs = List.of(Fields.text(node, "input"));
    } else if (node.size() > 0 && (node.get(0).isNumber() || node.get(0).isArray())) {
      throw new InvalidRequest("input as tokens is not supported yet: send text.", "input");
    } else {
      inputs = fields.texts("input").orElseThrow();
    }
    if (inputs.isEmpty() || inputs.size() > MAX_INPUTS) {
      throw new InvalidRequest("input takes 1 to %d texts.".formatted(MAX_INPUTS), "input");
    }
    if (inputs.stream().anyMatch(String::isEmpty)) {
      throw new InvalidRequest("input holds an empty text, which has no meaning.", "input");
    }
    return inputs;
  }

  private static boolean base64(Fields fields) {
    return switch (fields.text("encoding_format").orElse("float")) {
      case "float" -> false;
      case "base64" -> true;
      default -> throw new InvalidRequest("encoding_format is float or base64.", "encoding_format");
    };
  }

  private static Embedder.Purpose purpose(Fields fields) {
    return switch (fields.text("input_type").orElse("passage")) {
      case "query" -> Embedder.Purpose.QUERY;
      case "passage", "document" -> Embedder.Purpose.PASSAGE;
      default -> throw new InvalidRequest("input_type is query or passage.", "input_type");
    };
  }

  private static void dimensions(Fields fields, Embedder embedder) {
    fields
        .whole("dimensions", 1, Integer.MAX_VALUE)
        .ifPresent(wanted -> {
          if (wanted != embedder.dimensions()) {
            throw new InvalidRequest(
                "This model makes vectors of %d dimensions and cannot shorten them."
                    .formatted(embedder.dimensions()),
                "dimensions");
          }
        });
  }

  private static ObjectNode body(List<float[]> vectors, boolean base64, String model, int tokens) {
    ObjectNode body = Json.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (int i = 0; i < vectors.size(); i++) {
      ObjectNode entry = data.addObject().put("object", "embedding").put("index", i);
      if (base64) {
        entry.put("embedding", base64(vectors.get(i)));
      } else {
        ArrayNode numbers = entry.putArray("embedding");
        for (float value : vectors.get(i)) {
          numbers.add(value);
        }
      }
    }
    body.put("model", model);
    body.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return body;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : vector) {
      bytes.putFloat(value);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
