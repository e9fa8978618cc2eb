package dev.freehold.server.page;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.documents.Block;
import dev.freehold.documents.Document;
import dev.freehold.documents.Library;
import dev.freehold.documents.Passage;
import dev.freehold.server.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON of the page's API, as `docs/http-api.md` has it.
final class PageShapes {

  private PageShapes() {}

  static ObjectNode conversation(Conversation conversation) {
    return Json.object()
        .put("id", conversation.id())
        .put("title", conversation.title())
        .put("updated", conversation.updated().toString())
        .put("model", conversation.model());
  }

  /// A message as its owner may see it now: passages are read again under the rights of this
  /// moment, and those that are gone or no longer the owner's are left out with the citations of
  /// them.
  static ObjectNode turn(Turn turn, Principal principal, Library library) {
    List<Passage> passages = new ArrayList<>();
    for (Turn.Used used : turn.passages()) {
      passage(library, principal, used).ifPresent(passages::add);
    }
    return turn(turn, passages);
  }

  static ObjectNode turn(Turn turn, List<Passage> passages) {
    ObjectNode json =
        Json.object()
            .put("id", turn.id())
            .put("parent", turn.parent())
            .put("role", turn.question() ? "user" : "assistant")
            .put("text", turn.text())
            .put("created", turn.created().toString())
            .put("state", turn.state().word());
    if (!turn.question()) {
      json.put("model", turn.model());
    }
    json.set("passages", passages(passages));
    ArrayNode citations = json.putArray("citations");
    for (int number : turn.cited()) {
      passages.stream()
          .filter(passage -> passage.number() == number)
          .findFirst()
          .ifPresent(passage -> citations.add(citation(number, passage.id())));
    }
    turn.grounding()
        .ifPresentOrElse(
            ground -> json.set("grounding", ground(ground)), () -> json.putNull("grounding"));
    turn.usage().ifPresent(took -> json.set("usage", Conversations.usageJson(took)));
    return json;
  }

  private static Optional<Passage> passage(Library library, Principal principal, Turn.Used used) {
    try {
      Passage now = library.passage(principal, used.id());
      return Optional.of(scored(now.numbered(used.number()), used.score()));
    } catch (NotFound _) {
      return Optional.empty();
    }
  }

  private static Passage scored(Passage passage, double score) {
    return new Passage(
        passage.id(),
        passage.number(),
        passage.document(),
        passage.documentName(),
        passage.collection(),
        passage.page(),
        passage.heading(),
        passage.text(),
        score,
        passage.firstBlock(),
        passage.lastBlock());
  }

  static ObjectNode ground(Turn.Ground ground) {
    return Json.object().put("state", ground.state()).put("note", ground.note());
  }

  static ObjectNode citation(int number, String passage) {
    return Json.object().put("number", number).put("passage", passage);
  }

  static ArrayNode passages(List<Passage> passages) {
    ArrayNode array = Json.array();
    passages.forEach(passage -> array.add(passage(passage)));
    return array;
  }

  static ObjectNode passage(Passage passage) {
    ObjectNode json = Json.object().put("id", passage.id()).put("number", passage.number());
    json.putObject("document")
        .put("id", passage.document())
        .put("name", passage.documentName())
        .put("collection", passage.collection());
    page(json, passage.page());
    return json.put("heading", passage.heading())
        .put("text", passage.text())
        .put("score", passage.score());
  }

  private static void page(ObjectNode json, @Nullable Integer page) {
    if (page == null) {
      json.putNull("page");
    } else {
      json.put("page", page.intValue());
    }
  }

  static ObjectNode document(Document document) {
    ObjectNode json =
        Json.object()
            .put("id", document.id())
            .put("collection", document.collection())
            .put("name", document.name())
            .put("mediaType", document.mediaType())
            .put("bytes", document.bytes())
            .put("pages", document.pages())
            .put("passages", document.passages())
            .put("language", document.language())
            .put("state", document.state().word())
            .put("progress", document.progress());
    ArrayNode problems = json.putArray("problems");
    document
        .problems()
        .forEach(problem ->
            problems.addObject().put("where", problem.where()).put("what", problem.what()));
    return json.put("added", document.added().toString());
  }

  static ObjectNode block(Block block) {
    ObjectNode json = Json.object();
    switch (block) {
      case Block.Heading heading -> json.put("kind", "heading").put("level", heading.level());
      case Block.Paragraph _ -> json.put("kind", "paragraph");
      case Block.ListItem item -> json.put("kind", "list-item").put("level", item.level());
      case Block.Code _ -> json.put("kind", "code");
      case Block.Table table -> {
        json.put("kind", "table");
        ArrayNode rows = json.putArray("rows");
        for (List<String> cells : table.rows()) {
          ArrayNode row = rows.addArray();
          cells.forEach(row::add);
        }
      }
    }
    page(json, block.page());
    return json.put("text", block.text());
  }
}
