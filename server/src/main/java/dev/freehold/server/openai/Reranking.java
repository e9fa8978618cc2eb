package dev.freehold.server.openai;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Reranker;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/rerank`: how well each document answers a query, in the shape that Jina and Cohere
/// have and other servers took over.
///
/// Safe for use by many threads at once.
public final class Reranking {

  private static final int MAX_DOCUMENTS = 1000;

  private final ChatModels models;

  /// @param models the models that can be asked by name
  public Reranking(ChatModels models) {
    this.models = models;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(Route.of("POST", "/v1/rerank", this::rerank));
  }

  private void rerank(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    String model = fields.requiredText("model");
    String query = fields.requiredText("query");
    List<String> documents = documents(fields);
    int most = fields.whole("top_n", 1, Integer.MAX_VALUE).orElse(documents.size());
    boolean returned = fields.flag("return_documents").orElse(false);
    fields.text("user").ifPresent(exchange::onBehalfOf);
    fields.refuseOthers();
    if (query.isBlank()) {
      throw new InvalidRequest("query is empty.", "query");
    }
    Reranker reranker = Shapes.model(models, model, exchange.principal()).reranker();
    int tokens = 0;
    for (int i = 0; i < documents.size(); i++) {
      int count = reranker.countTokens(query, documents.get(i));
      if (count > reranker.maxTokens()) {
        throw new InvalidRequest(
            "The query and documents[%d] have %d tokens together and %s takes %d; shorten it, it is never cut."
                .formatted(i, count, model, reranker.maxTokens()),
            "documents");
      }
      tokens += count;
    }
    List<Double> relevance = reranker.relevance(query, documents);
    ObjectNode body =
        Json.object().put("id", Shapes.id("rerank-")).put("object", "list").put("model", model);
    ArrayNode results = body.putArray("results");
    IntStream.range(0, documents.size())
        .boxed()
        .sorted(Comparator.comparing(relevance::get, Comparator.reverseOrder()))
        .limit(most)
        .forEach(i -> {
          ObjectNode result =
              results.addObject().put("index", i).put("relevance_score", relevance.get(i));
          if (returned) {
            result.putObject("document").put("text", documents.get(i));
          }
        });
    body.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    exchange.json(200, body);
  }

  /// Strings, or objects that hold nothing but a `text`.
  private static List<String> documents(Fields fields) {
    JsonNode node = fields.any("documents").orElseThrow(() -> fields.missing("documents"));
    if (!node.isArray() || node.isEmpty() || node.size() > MAX_DOCUMENTS) {
      throw new InvalidRequest(
          "documents takes a list of 1 to %,d texts.".formatted(MAX_DOCUMENTS), "documents");
    }
    List<String> documents = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      String name = "documents[%d]".formatted(i);
      JsonNode document = node.get(i);
      if (document.isObject()) {
        Fields inside = Fields.inside(document, name);
        documents.add(inside.requiredText("text"));
        inside.refuseOthers();
      } else {
        documents.add(Fields.text(document, name));
      }
    }
    return documents;
  }
}
