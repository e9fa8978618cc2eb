package dev.freehold.server.page;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Library;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Refusal;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/api/conversations`: what was asked and answered, by its owner alone.
///
/// Safe for use by many threads at once.
public final class ConversationRoutes {

  private static final int LONGEST_QUESTION = 400_000;
  private static final int LONGEST_TITLE = 300;

  private final Conversations conversations;
  private final ChatModels models;
  private final Library library;
  private final Grounding grounding;

  /// @param database where conversations are kept
  /// @param models the models that answer
  /// @param library the documents they answer from
  public ConversationRoutes(Database database, ChatModels models, Library library) {
    this.conversations = new Conversations(database, Clock.systemUTC());
    this.models = models;
    this.library = library;
    this.grounding = new Grounding(library);
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/conversations", this::list, "query"),
        Route.of("POST", "/api/conversations", this::create),
        Route.of("GET", "/api/conversations/{conversation}", this::show),
        Route.of("PATCH", "/api/conversations/{conversation}", this::change),
        Route.of("DELETE", "/api/conversations/{conversation}", this::delete),
        Route.of("POST", "/api/conversations/{conversation}/messages", this::ask),
        Route.of(
            "POST", "/api/conversations/{conversation}/messages/{message}/answer", this::again));
  }

  private Conversation conversation(Exchange exchange) {
    return conversations.conversation(exchange.principal(), exchange.path("conversation"));
  }

  private void list(Exchange exchange) {
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("conversations");
    conversations
        .list(exchange.principal(), exchange.query("query").orElse(""))
        .forEach(conversation -> array.add(PageShapes.conversation(conversation)));
    exchange.json(200, body);
  }

  private void create(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    String model =
        fields
            .text("model")
            .orElseGet(() -> models.cards().isEmpty() ? "" : models.cards().getFirst().name());
    List<String> collections = fields.texts("collections").orElse(List.of());
    fields.refuseOthers();
    known(model, exchange.principal());
    readable(exchange.principal(), collections);
    Conversation made = conversations.create(exchange.principal(), model, collections);
    exchange.json(201, whole(made, exchange.principal()));
  }

  private void show(Exchange exchange) {
    exchange.json(200, whole(conversation(exchange), exchange.principal()));
  }

  private void change(Exchange exchange) throws IOException {
    Conversation before = conversation(exchange);
    var fields = new Fields(exchange.body());
    Optional<String> title = fields.text("title").map(String::strip);
    Optional<String> model = fields.text("model");
    Optional<List<String>> collections = fields.texts("collections");
    fields.refuseOthers();
    title
        .filter(text -> text.isEmpty() || text.length() > LONGEST_TITLE)
        .ifPresent(_ -> {
          throw new InvalidRequest(
              "A title has 1 to %d characters.".formatted(LONGEST_TITLE), "title");
        });
    model.ifPresent(name -> known(name, exchange.principal()));
    collections.ifPresent(ids -> readable(exchange.principal(), ids));
    Conversation changed =
        conversations.update(
            exchange.principal(),
            new Conversation(
                before.id(),
                title.orElse(before.title()),
                model.orElse(before.model()),
                collections.orElse(before.collections()),
                before.updated()));
    exchange.json(200, whole(changed, exchange.principal()));
  }

  private void delete(Exchange exchange) {
    conversations.delete(exchange.principal(), exchange.path("conversation"));
    exchange.noContent();
  }

  private void ask(Exchange exchange) throws IOException {
    Conversation conversation = conversation(exchange);
    var fields = new Fields(exchange.body());
    Optional<String> parent = fields.text("parent");
    String text = fields.requiredText("text").strip();
    fields.refuseOthers();
    if (text.isEmpty() || text.length() > LONGEST_QUESTION) {
      throw new InvalidRequest(
          "A question has 1 to %d characters.".formatted(LONGEST_QUESTION), "text");
    }
    ChatModel model = known(conversation.model(), exchange.principal());
    Turn question =
        conversations.ask(exchange.principal(), conversation, parent.orElse(null), text);
    answer(exchange, conversation, question, model, true);
  }

  private void again(Exchange exchange) throws IOException {
    Conversation conversation = conversation(exchange);
    new Fields(exchange.body()).refuseOthers();
    Turn question =
        conversations.turns(exchange.principal(), conversation.id()).stream()
            .filter(turn -> turn.question() && turn.id().equals(exchange.path("message")))
            .findFirst()
            .orElseThrow(() -> new NotFound("There is no such question in this conversation."));
    answer(
        exchange, conversation, question, known(conversation.model(), exchange.principal()), false);
  }

  private void answer(
      Exchange exchange, Conversation conversation, Turn question, ChatModel model, boolean asked) {
    Principal principal = exchange.principal();
    List<Turn> path =
        Conversations.path(conversations.turns(principal, conversation.id()), question);
    Set<String> collections = new LinkedHashSet<>(stillReadable(principal, conversation));
    Turn turn = conversations.begin(principal, conversation, question, conversation.model());
    var answering = new Answering(conversations, grounding, model, principal, turn);
    exchange.events(
        answering::leave,
        events -> {
          if (asked) {
            ObjectNode event = Json.object();
            event.set("message", PageShapes.turn(question, List.of()));
            events.event("question", event);
          }
          answering.answer(path, collections, events);
        },
        (events, problem) -> events.event("error", problem.json()));
  }

  /// The model of that name.
  private ChatModel known(String name, Principal principal) {
    try {
      return models.model(name, Asking.of(principal));
    } catch (NotFound e) {
      throw new Refusal(404, "model_not_found", e.getMessage(), "model");
    }
  }

  private void readable(Principal principal, List<String> collections) {
    collections.forEach(id -> library.collection(principal, id));
  }

  /// A collection that was deleted or is no longer the person's is no longer shown as chosen, and
  /// no longer asked.
  private List<String> stillReadable(Principal principal, Conversation conversation) {
    if (conversation.collections().isEmpty()) {
      return List.of();
    }
    List<String> now =
        library.collections(principal).stream().map(dev.freehold.documents.Collection::id).toList();
    return conversation.collections().stream().filter(now::contains).toList();
  }

  private ObjectNode whole(Conversation conversation, Principal principal) {
    ObjectNode body = PageShapes.conversation(conversation);
    ArrayNode collections = body.putArray("collections");
    stillReadable(principal, conversation).forEach(collections::add);
    ArrayNode messages = body.putArray("messages");
    conversations
        .turns(principal, conversation.id())
        .forEach(turn -> messages.add(PageShapes.turn(turn, principal, library)));
    return body;
  }
}
