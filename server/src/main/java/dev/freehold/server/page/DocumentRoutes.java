package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.documents.Collection;
import dev.freehold.documents.Document;
import dev.freehold.documents.DocumentEvents;
import dev.freehold.documents.Library;
import dev.freehold.documents.Original;
import dev.freehold.documents.Passage;
import dev.freehold.documents.Reader;
import dev.freehold.governance.Key;
import dev.freehold.governance.Keys;
import dev.freehold.server.http.ClientGone;
import dev.freehold.server.http.EventStream;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/api/collections`, `/api/documents`, `/api/passages`, `/api/search`. Who may see what is
/// decided in `documents`; nothing is found here without the asker.
///
/// Safe for use by many threads at once.
public final class DocumentRoutes {

  private static final int MOST_FOUND = 20;

  private final Library library;
  private final Keys keys;
  private final long maxUploadBytes;

  /// @param library the documents
  /// @param keys for the names of readers
  /// @param maxUploadBytes longest document
  public DocumentRoutes(Library library, Keys keys, long maxUploadBytes) {
    this.library = library;
    this.keys = keys;
    this.maxUploadBytes = maxUploadBytes;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/collections", this::collections),
        Route.of("POST", "/api/collections", this::createCollection),
        Route.of("PATCH", "/api/collections/{collection}", this::changeCollection),
        Route.of("DELETE", "/api/collections/{collection}", this::deleteCollection),
        Route.of("GET", "/api/collections/{collection}/documents", this::documents),
        Route.of("POST", "/api/collections/{collection}/documents", this::add, "name"),
        Route.of("GET", "/api/collections/{collection}/events", this::events),
        Route.of("GET", "/api/documents/{document}", this::document),
        Route.of("DELETE", "/api/documents/{document}", this::delete),
        Route.of("GET", "/api/documents/{document}/original", this::original),
        Route.of("GET", "/api/documents/{document}/text", this::text),
        Route.of("GET", "/api/passages/{passage}", this::passage),
        Route.of("GET", "/api/search", this::search, "q", "collection"));
  }

  // Collections.

  private void collections(Exchange exchange) {
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("collections");
    Map<String, String> names = names();
    library
        .collections(exchange.principal())
        .forEach(collection -> array.add(collection(collection, names)));
    exchange.json(200, body);
  }

  private void createCollection(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    String name = fields.requiredText("name");
    fields.refuseOthers();
    exchange.json(201, collection(library.createCollection(exchange.principal(), name), names()));
  }

  private void changeCollection(Exchange exchange) throws IOException {
    Principal principal = exchange.principal();
    String id = exchange.path("collection");
    Collection collection = library.collection(principal, id);
    var fields = new Fields(exchange.body());
    Optional<String> name = fields.text("name");
    Optional<List<String>> readers = fields.texts("sharedWith");
    fields.refuseOthers();
    Map<String, String> names = names();
    Optional<Set<Reader>> meant = readers.map(list -> readers(list, names));
    if (name.isPresent()) {
      collection = library.renameCollection(principal, id, name.get());
    }
    if (meant.isPresent()) {
      collection = library.share(principal, id, meant.get());
    }
    exchange.json(200, collection(collection, names));
  }

  private void deleteCollection(Exchange exchange) {
    library.deleteCollection(exchange.principal(), exchange.path("collection"));
    exchange.noContent();
  }

  private static ObjectNode collection(Collection collection, Map<String, String> names) {
    ObjectNode json =
        Json.object()
            .put("id", collection.id())
            .put("name", collection.name())
            .put("documents", collection.documents())
            .put("pages", collection.pages());
    ArrayNode readers = json.putArray("readers");
    ArrayNode shared = json.putArray("sharedWith");
    for (Reader reader : collection.readers()) {
      switch (reader) {
        case Reader.Person person -> {
          // Ids are nobody's business; a person without a key any more has no name here.
          String name = names.getOrDefault(person.id(), "?");
          readers.add(name);
          shared.add("person:" + name);
        }
        case Reader.Group group -> {
          readers.add(group.name());
          shared.add("group:" + group.name());
        }
      }
    }
    return json.put("mayWrite", collection.mayWrite());
  }

  private Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    for (Key key : keys.list()) {
      names.put(key.principal().id(), key.principal().name());
    }
    return names;
  }

  private static Set<Reader> readers(List<String> written, Map<String, String> names) {
    Set<Reader> readers = new HashSet<>();
    for (String one : written) {
      switch (Reader.parse(one)) {
        case Reader.Group group -> readers.add(group);
        case Reader.Person person ->
            readers.add(
                names.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(person.id()))
                    .map(entry -> new Reader.Person(entry.getKey()))
                    .findFirst()
                    .orElseThrow(() ->
                        new InvalidRequest(
                            "Nobody here has that name. `freehold keys list` shows who has a key.",
                            "sharedWith")));
      }
    }
    return readers;
  }

  // Documents.

  private void documents(Exchange exchange) {
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("documents");
    library
        .documents(exchange.principal(), exchange.path("collection"))
        .forEach(document -> array.add(PageShapes.document(document)));
    exchange.json(200, body);
  }

  private void add(Exchange exchange) throws IOException {
    String name =
        exchange
            .query("name")
            .filter(value -> !value.isBlank())
            .orElseThrow(() ->
                new InvalidRequest(
                    "Give the document's name: ?name=report.pdf with the file as the body.",
                    "name"));
    // Asked before the first byte is read, so that nobody uploads for nothing.
    library.collection(exchange.principal(), exchange.path("collection"));
    try (InputStream body = exchange.body(maxUploadBytes)) {
      Document added = library.add(exchange.principal(), exchange.path("collection"), name, body);
      exchange.json(201, PageShapes.document(added));
    }
  }

  private void document(Exchange exchange) {
    exchange.json(
        200,
        PageShapes.document(library.document(exchange.principal(), exchange.path("document"))));
  }

  private void delete(Exchange exchange) {
    library.delete(exchange.principal(), exchange.path("document"));
    exchange.noContent();
  }

  private void original(Exchange exchange) throws IOException {
    Original original = library.original(exchange.principal(), exchange.path("document"));
    try (InputStream in = original.stream()) {
      String name = original.document().name();
      exchange.set(
          "content-disposition",
          "attachment; filename=\"%s\"; filename*=UTF-8''%s"
              .formatted(
                  name.replaceAll("[^A-Za-z0-9 ._-]", "_"),
                  URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20")));
      exchange.set("cache-control", "no-store");
      // Never as what it claims to be: a browser that opened it here would give it this origin.
      exchange.stream(200, "application/octet-stream", original.document().bytes(), in::transferTo);
    }
  }

  private void text(Exchange exchange) {
    Principal principal = exchange.principal();
    String id = exchange.path("document");
    ObjectNode body = Json.object();
    body.set("document", PageShapes.document(library.document(principal, id)));
    ArrayNode blocks = body.putArray("blocks");
    library.blocks(principal, id).forEach(block -> blocks.add(PageShapes.block(block)));
    exchange.json(200, body);
  }

  private void events(Exchange exchange) {
    var left = new AtomicBoolean();
    try (DocumentEvents changes =
        library.events(exchange.principal(), exchange.path("collection"))) {
      exchange.events(
          () -> left.set(true),
          events -> forward(changes, left, events),
          (events, problem) -> events.event("error", problem.json()));
    }
  }

  private static void forward(DocumentEvents changes, AtomicBoolean left, EventStream events) {
    events.comment("listening");
    try {
      while (!left.get()) {
        switch (changes.poll(Duration.ofSeconds(1))) {
          case DocumentEvents.Event.Changed changed ->
              events.event("document", PageShapes.document(changed.document()));
          case DocumentEvents.Event.Deleted deleted ->
              events.event("removed", Json.object().put("id", deleted.id()));
          case null -> {}
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGone(e);
    }
  }

  // Passages.

  private void passage(Exchange exchange) {
    Passage passage = library.passage(exchange.principal(), exchange.path("passage"));
    ObjectNode json = PageShapes.passage(passage);
    json.putObject("blocks").put("from", passage.firstBlock()).put("to", passage.lastBlock());
    exchange.json(200, json);
  }

  private void search(Exchange exchange) {
    String query =
        exchange
            .query("q")
            .orElseThrow(() -> new InvalidRequest("Say what to search for: ?q=…", "q"));
    Set<String> collections =
        exchange.query("collection").filter(id -> !id.isEmpty()).map(Set::of).orElse(Set.of());
    ObjectNode body = Json.object();
    body.set(
        "passages",
        PageShapes.passages(library.search(exchange.principal(), query, collections, MOST_FOUND)));
    exchange.json(200, body);
  }
}
