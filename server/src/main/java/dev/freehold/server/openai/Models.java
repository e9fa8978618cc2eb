package dev.freehold.server.openai;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Refusal;
import dev.freehold.server.http.Route;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `GET /v1/models` and `GET /v1/models/{model}`.
///
/// Safe for use by many threads at once.
public final class Models {

  private final ChatModels models;
  private final List<Embedder> embedders;
  private final Instant started = Instant.now();

  /// @param models the models that answer
  /// @param embedders the models behind `/v1/embeddings`
  public Models(ChatModels models, List<Embedder> embedders) {
    this.models = models;
    this.embedders = List.copyOf(embedders);
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/models", this::list),
        Route.of("GET", "/v1/models/{model...}", this::one));
  }

  private List<ObjectNode> all(Principal principal) {
    List<ObjectNode> all = new ArrayList<>();
    for (ModelCard card : models.cards(principal)) {
      ObjectNode model = model(card.name(), card.created());
      card.shutdown().ifPresent(day -> model.put("shutdown_date", day.toString()));
      all.add(model);
    }
    for (Embedder embedder : embedders) {
      all.add(model(embedder.id(), started));
    }
    return all;
  }

  private static ObjectNode model(String id, Instant created) {
    return Json.object()
        .put("id", id)
        .put("object", "model")
        .put("created", created.getEpochSecond())
        .put("owned_by", "freehold");
  }

  private void list(Exchange exchange) {
    ObjectNode body = Json.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    all(exchange.principal()).forEach(data::add);
    exchange.json(200, body);
  }

  private void one(Exchange exchange) {
    String id = exchange.path("model");
    exchange.json(
        200,
        all(exchange.principal()).stream()
            .filter(model -> model.get("id").stringValue().equals(id))
            .findFirst()
            .orElseThrow(() ->
                new Refusal(
                    404,
                    "model_not_found",
                    "There is no such model. GET /v1/models lists those there are.",
                    "model")));
  }
}
