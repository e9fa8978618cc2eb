package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Transaction;
import dev.freehold.server.http.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The conversations of all people, each seen by its owner alone: every statement names the owner.
///
/// Safe for use by many threads at once.
final class Conversations {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TITLE = 80;

  private final Database database;
  private final Clock clock;

  Conversations(Database database, Clock clock) {
    database.migrate(PageSchema.SCHEMA);
    this.database = database;
    this.clock = clock;
  }

  private static NotFound unknown() {
    return new NotFound("There is no such conversation.");
  }

  /// A person's conversations, the newest first; those that hold `query` in their title or
  /// messages.
  List<Conversation> list(Principal owner, String query) {
    String like = "%" + query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    return database.read(tx ->
        tx.query(
            """
            select id, title, model, collections, updated from conversation c
             where owner = ?
               and (title like ? escape '\\' or exists(
                 select 1 from message m where m.conversation = c.id and m.text like ? escape '\\'))
             order by updated desc, rowid desc
            """,
            Conversations::conversation,
            owner.id(),
            like,
            like));
  }

  /// A new, empty conversation.
  Conversation create(Principal owner, String model, List<String> collections) {
    var made =
        new Conversation(newId("c-"), "", model, collections, Instant.ofEpochMilli(clock.millis()));
    database.write(tx ->
        tx.update(
            "insert into conversation(id, owner, title, model, collections, updated) values(?, ?, ?, ?, ?, ?)",
            made.id(),
            owner.id(),
            made.title(),
            made.model(),
            texts(made.collections()),
            made.updated().toEpochMilli()));
    return made;
  }

  /// One conversation.
  ///
  /// @throws NotFound where it is unknown or another's
  Conversation conversation(Principal owner, String id) {
    return database.read(tx -> find(tx, owner, id)).orElseThrow(Conversations::unknown);
  }

  private static Optional<Conversation> find(Transaction tx, Principal owner, String id)
      throws SQLException {
    return tx.first(
        "select id, title, model, collections, updated from conversation where owner = ? and id = ?",
        Conversations::conversation,
        owner.id(),
        id);
  }

  /// Changes title, model or collections.
  Conversation update(Principal owner, Conversation changed) {
    int rows =
        database.write(tx ->
            tx.update(
                "update conversation set title = ?, model = ?, collections = ? where owner = ? and id = ?",
                changed.title(),
                changed.model(),
                texts(changed.collections()),
                owner.id(),
                changed.id()));
    if (rows == 0) {
      throw unknown();
    }
    return changed;
  }

  /// Removes a conversation with all that was said.
  void delete(Principal owner, String id) {
    int rows =
        database.write(
            tx -> tx.update("delete from conversation where owner = ? and id = ?", owner.id(), id));
    if (rows == 0) {
      throw unknown();
    }
  }

  /// All messages of a conversation, the oldest first.
  List<Turn> turns(Principal owner, String conversation) {
    return database.read(tx ->
        tx.query(
            """
            select id, parent, role, text, created, state, model, passages, citations, grounding, usage
              from message where owner = ? and conversation = ? order by position
            """,
            Conversations::turn,
            owner.id(),
            conversation));
  }

  /// Adds a question below `parent`, and gives the conversation its title if it has none.
  ///
  /// @throws InvalidRequest where the parent is no answer of this conversation
  Turn ask(Principal owner, Conversation conversation, @Nullable String parent, String text) {
    Turn question =
        new Turn(
            newId("m-"),
            parent,
            true,
            text,
            Instant.ofEpochMilli(clock.millis()),
            Turn.State.COMPLETE,
            "",
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty());
    database.write(tx -> {
      if (find(tx, owner, conversation.id()).isEmpty()) {
        throw unknown();
      }
      if (parent != null
          && tx.first(
                  "select 1 from message where owner = ? and conversation = ? and id = ? and role = 'assistant'",
                  row -> row.getInt(1),
                  owner.id(),
                  conversation.id(),
                  parent)
              .isEmpty()) {
        throw new InvalidRequest("parent is no answer of this conversation.", "parent");
      }
      insert(tx, owner, conversation.id(), question);
      return tx.update(
          "update conversation set updated = ?, title = case title when '' then ? else title end where owner = ? and id = ?",
          question.created().toEpochMilli(),
          title(text),
          owner.id(),
          conversation.id());
    });
    return question;
  }

  /// Adds an answer that is about to be given. Until [#end], it counts as stopped, so that a server
  /// that is killed leaves the truth behind.
  Turn begin(Principal owner, Conversation conversation, Turn question, String model) {
    Turn answer =
        new Turn(
            newId("m-"),
            question.id(),
            false,
            "",
            Instant.ofEpochMilli(clock.millis()),
            Turn.State.STOPPED,
            model,
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty());
    database.write(tx -> {
      if (find(tx, owner, conversation.id()).isEmpty()) {
        throw unknown();
      }
      return insert(tx, owner, conversation.id(), answer);
    });
    return answer;
  }

  /// Keeps what an answer is by now; harmless where the conversation was deleted meanwhile.
  void keep(Principal owner, Turn answer) {
    database.write(tx ->
        tx.update(
            "update message set text = ?, state = ?, passages = ?, citations = ?, grounding = ?, usage = ? where owner = ? and id = ?",
            answer.text(),
            answer.state().word(),
            passages(answer),
            citations(answer),
            answer.grounding().map(Conversations::grounding).orElse(null),
            answer.usage().map(Conversations::usage).orElse(null),
            owner.id(),
            answer.id()));
  }

  /// The messages from the beginning of a conversation to this one, by their parents.
  static List<Turn> path(List<Turn> all, Turn last) {
    Map<String, Turn> byId = new HashMap<>();
    all.forEach(turn -> byId.put(turn.id(), turn));
    List<Turn> path = new ArrayList<>();
    Turn at = last;
    while (at != null && path.size() <= all.size()) {
      path.addFirst(at);
      at = at.parent() == null ? null : byId.get(at.parent());
    }
    return path;
  }

  private static int insert(Transaction tx, Principal owner, String conversation, Turn turn)
      throws SQLException {
    return tx.update(
        """
        insert into message(id, conversation, owner, parent, role, text, created, state, model, passages, citations)
        values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        turn.id(),
        conversation,
        owner.id(),
        turn.parent(),
        turn.question() ? "user" : "assistant",
        turn.text(),
        turn.created().toEpochMilli(),
        turn.state().word(),
        turn.model(),
        passages(turn),
        citations(turn));
  }

  private static String title(String question) {
    String line = question.strip().lines().findFirst().orElse("").strip();
    if (line.codePointCount(0, line.length()) <= TITLE) {
      return line;
    }
    String cut = line.substring(0, line.offsetByCodePoints(0, TITLE));
    int blank = cut.lastIndexOf(' ');
    return (blank > TITLE / 2 ? cut.substring(0, blank) : cut) + "…";
  }

  private static String newId(String prefix) {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return prefix + HexFormat.of().formatHex(bytes);
  }

  // Rows.

  private static Conversation conversation(ResultSet row) throws SQLException {
    List<String> collections = new ArrayList<>();
    read(row.getString(4)).forEach(node -> collections.add(node.stringValue()));
    return new Conversation(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        collections,
        Instant.ofEpochMilli(row.getLong(5)));
  }

  private static Turn turn(ResultSet row) throws SQLException {
    List<Turn.Used> passages = new ArrayList<>();
    for (JsonNode node : read(row.getString(8))) {
      passages.add(
          new Turn.Used(
              node.get("id").stringValue(),
              node.get("number").intValue(),
              node.get("score").doubleValue()));
    }
    List<Integer> cited = new ArrayList<>();
    read(row.getString(9)).forEach(node -> cited.add(node.intValue()));
    return new Turn(
        row.getString(1),
        row.getString(2),
        row.getString(3).equals("user"),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)),
        Turn.State.valueOf(row.getString(6).toUpperCase(Locale.ROOT)),
        row.getString(7),
        passages,
        cited,
        Optional.ofNullable(row.getString(10)).map(Conversations::ground),
        Optional.ofNullable(row.getString(11)).map(Conversations::took));
  }

  private static JsonNode read(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String write(JsonNode node) {
    return new String(Json.bytes(node), StandardCharsets.UTF_8);
  }

  private static String texts(List<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return write(array);
  }

  private static String passages(Turn turn) {
    ArrayNode array = Json.array();
    for (Turn.Used used : turn.passages()) {
      array
          .addObject()
          .put("id", used.id())
          .put("number", used.number())
          .put("score", used.score());
    }
    return write(array);
  }

  private static String citations(Turn turn) {
    ArrayNode array = Json.array();
    turn.cited().forEach(array::add);
    return write(array);
  }

  private static String grounding(Turn.Ground ground) {
    return write(Json.object().put("state", ground.state()).put("note", ground.note()));
  }

  private static Turn.Ground ground(String json) {
    JsonNode node = read(json);
    return new Turn.Ground(node.get("state").stringValue(), node.get("note").stringValue());
  }

  private static String usage(Turn.Took took) {
    return write(usageJson(took));
  }

  /// What an answer took, as it is stored and shown.
  static ObjectNode usageJson(Turn.Took took) {
    return Json.object()
        .put("promptTokens", took.promptTokens())
        .put("completionTokens", took.completionTokens())
        .put("seconds", took.seconds())
        .put("timeToFirstToken", took.timeToFirstToken());
  }

  private static Turn.Took took(String json) {
    JsonNode node = read(json);
    return new Turn.Took(
        node.get("promptTokens").intValue(),
        node.get("completionTokens").intValue(),
        node.get("seconds").doubleValue(),
        node.get("timeToFirstToken").doubleValue());
  }
}
