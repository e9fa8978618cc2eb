package dev.freehold.server.page;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ModelCard;
import dev.freehold.server.ModelShelf;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/api/models`: what can be asked, and what would be worth getting.
///
/// Safe for use by many threads at once.
public final class ModelRoutes {

  private final ChatModels models;
  private final ModelShelf shelf;

  /// @param models the models that answer
  /// @param shelf what the page says about them
  public ModelRoutes(ChatModels models, ModelShelf shelf) {
    this.models = models;
    this.shelf = shelf;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(Route.of("GET", "/api/models", this::list));
  }

  private void list(Exchange exchange) {
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("models");
    List<ModelCard> cards = models.cards(exchange.principal());
    for (int i = 0; i < cards.size(); i++) {
      ModelCard card = cards.get(i);
      array
          .addObject()
          .put("name", card.name())
          .put("architecture", card.architecture())
          .put("parameters", card.parameters())
          .put("bytes", card.bytes())
          .put("contextLength", card.contextLength())
          .put("licence", card.licence())
          .put("default", i == 0)
          .put("loaded", shelf.loaded(card.name()))
          .put("note", shelf.note(card.name()));
    }
    shelf
        .suggestion()
        .ifPresentOrElse(
            better ->
                body.putObject("suggestion")
                    .put("name", better.name())
                    .put("why", better.why())
                    .put("command", better.command()),
            () -> body.putNull("suggestion"));
    exchange.json(200, body);
  }
}
