package dev.freehold.server.openai;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Multipart;
import dev.freehold.server.http.Route;
import dev.freehold.teaching.TaughtFile;
import dev.freehold.teaching.Teaching;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/files`: files of lessons, pairs and questions to teach from. Each is its owner's alone.
///
/// Safe for use by many threads at once.
public final class TaughtFiles {

  private static final int MOST_BYTES = 128 << 20;
  private static final Set<String> PURPOSES = Set.of("fine-tune", "evals", "user_data");

  private final Teaching teaching;

  /// @param teaching keeps them
  public TaughtFiles(Teaching teaching) {
    this.teaching = teaching;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/v1/files", this::bring),
        Route.of("GET", "/v1/files", this::list, "purpose"),
        Route.of("GET", "/v1/files/{taught}", this::one),
        Route.of("DELETE", "/v1/files/{taught}", this::delete),
        Route.of("GET", "/v1/files/{taught}/content", this::content));
  }

  private void bring(Exchange exchange) throws IOException {
    byte[] body;
    try (InputStream in = exchange.body(MOST_BYTES)) {
      body = in.readAllBytes();
    }
    Multipart form = Multipart.read(exchange.header("content-type").orElse(""), body);
    for (String name : form.parts().keySet()) {
      if (!name.equals("file") && !name.equals("purpose")) {
        throw new InvalidRequest("%s is not a field that is known here.".formatted(name), name);
      }
    }
    Multipart.Part file = form.parts().get("file");
    Multipart.Part purpose = form.parts().get("purpose");
    if (file == null || purpose == null) {
      String missing = file == null ? "file" : "purpose";
      throw new InvalidRequest("%s is required.".formatted(missing), missing);
    }
    if (!PURPOSES.contains(purpose.text())) {
      throw new InvalidRequest("purpose is fine-tune, evals or user_data here.", "purpose");
    }
    TaughtFile taken =
        teaching
            .files()
            .bring(
                exchange.principal(),
                file.file().isBlank() ? "file.jsonl" : file.file(),
                purpose.text(),
                new ByteArrayInputStream(file.body()),
                MOST_BYTES);
    exchange.json(200, shape(taken));
  }

  private void list(Exchange exchange) {
    ObjectNode body = Json.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    teaching.files().all(exchange.principal()).stream()
        .filter(file -> exchange.query("purpose").map(file.purpose()::equals).orElse(true))
        .forEach(file -> data.add(shape(file)));
    exchange.json(200, body.put("has_more", false));
  }

  private void one(Exchange exchange) {
    exchange.json(200, shape(teaching.files().one(exchange.principal(), exchange.path("taught"))));
  }

  private void delete(Exchange exchange) {
    String id = exchange.path("taught");
    teaching.files().delete(exchange.principal(), id);
    exchange.json(200, Json.object().put("id", id).put("object", "file").put("deleted", true));
  }

  private void content(Exchange exchange) {
    exchange.set("cache-control", "no-store");
    exchange.bytes(
        200,
        "application/octet-stream",
        teaching.files().content(exchange.principal(), exchange.path("taught")));
  }

  private static ObjectNode shape(TaughtFile file) {
    return Json.object()
        .put("id", file.id())
        .put("object", "file")
        .put("bytes", file.bytes())
        .put("created_at", file.created().getEpochSecond())
        .put("filename", file.name())
        .put("purpose", file.purpose())
        .put("status", "processed");
  }
}
