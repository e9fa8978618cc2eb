package dev.freehold.documents;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Schema;
import dev.freehold.database.Transaction;
import dev.freehold.documents.rights.Readable;
import dev.freehold.documents.text.Draft;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the database knows of collections, documents and passages.
///
/// The database is the truth: a passage that the index finds exists only while its row is here, and
/// a document that was acknowledged but is not settled is read again after any crash.
final class Catalogue {

  static final Schema SCHEMA =
      new Schema(
          "documents",
          List.of(
              """
              create table document_collections(
                id text primary key, name text not null, owner text not null, created text not null,
                unique(owner, name)) strict;
              create table document_readers(
                collection text not null references document_collections(id) on delete cascade,
                reader text not null, primary key(collection, reader)) strict, without rowid;
              create index document_readers_by_reader on document_readers(reader);
              create table documents(
                sequence integer primary key autoincrement, id text not null unique,
                collection text not null references document_collections(id) on delete cascade,
                name text not null, digest text not null, bytes integer not null,
                modified integer, media_type text not null default '', language text not null default '',
                pages integer not null default 0, state text not null, added text not null,
                unique(collection, name)) strict;
              create index documents_by_digest on documents(digest);
              create index documents_by_state on documents(state);
              create table document_problems(
                document text not null references documents(id) on delete cascade,
                position integer not null, place text not null, what text not null,
                primary key(document, position)) strict, without rowid;
              create table document_passages(
                document text not null references documents(id) on delete cascade,
                position integer not null, page integer, heading text, body text not null,
                first_block integer not null, last_block integer not null,
                primary key(document, position)) strict, without rowid;
              """));

  private static final String DOCUMENT =
      "select d.id, d.collection, d.name, d.media_type, d.bytes, d.digest, d.pages, d.language,"
          + " d.state, d.added, (select count(*) from document_passages p where p.document = d.id)"
          + " from documents d ";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Database database;

  Catalogue(Database database) {
    this.database = database;
    database.migrate(SCHEMA);
  }

  /// A document with what only the inside needs to know.
  record Row(String id, String collection, String name, String digest, long bytes) {}

  // Documents.

  List<Document> documents(Principal principal, String collection) {
    return database.read(tx -> {
      Collections.requireReadable(tx, principal, collection);
      Map<String, List<Problem>> problems =
          tx
              .query(
                  "select p.document, p.place, p.what from document_problems p"
                      + " join documents d on d.id = p.document where d.collection = ?"
                      + " order by p.document, p.position",
                  row ->
                      Map.entry(row.getString(1), new Problem(row.getString(2), row.getString(3))),
                  collection)
              .stream()
              .collect(
                  Collectors.groupingBy(
                      Map.Entry::getKey,
                      Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
      return tx.query(
          DOCUMENT + "where d.collection = ? order by d.name",
          row -> documentOf(row, problems.getOrDefault(row.getString(1), List.of())),
          collection);
    });
  }

  Document document(Principal principal, String id) {
    return database.read(tx -> {
      Readable readable = Readable.by(principal, tx);
      return one(tx, "where d.id = ?", id)
          .filter(document -> readable.allows(document.collection()))
          .orElseThrow(() -> noDocument(id));
    });
  }

  /// The document of that name, whoever asks; for the library's own work after rights were checked.
  Optional<Document> named(String collection, String name) {
    return database.read(tx -> one(tx, "where d.collection = ? and d.name = ?", collection, name));
  }

  /// The document of that id, whoever asks; for the library's own work.
  Optional<Document> unchecked(String id) {
    return database.read(tx -> one(tx, "where d.id = ?", id));
  }

  /// Writes a new document in the place of any of the same name; what that one was comes back.
  Optional<Row> insert(
      Principal principal,
      String collection,
      String id,
      String name,
      Originals.Received received,
      @Nullable Long modified) {
    return database.write(tx -> {
      Collections.requireWritable(tx, principal, collection);
      Optional<Row> replaced =
          tx.first(
              "select id, collection, name, digest, bytes from documents"
                  + " where collection = ? and name = ?",
              Catalogue::rowOf,
              collection,
              name);
      tx.update("delete from documents where collection = ? and name = ?", collection, name);
      tx.update(
          "insert into documents(id, collection, name, digest, bytes, modified, state, added)"
              + " values(?, ?, ?, ?, ?, ?, 'waiting', ?)",
          id,
          collection,
          name,
          received.digest(),
          received.bytes(),
          modified,
          Instant.now().toString());
      return replaced;
    });
  }

  Row delete(Principal principal, String id) {
    return database.write(tx -> {
      Readable readable = Readable.by(principal, tx);
      Row row =
          tx.first(
                  "select id, collection, name, digest, bytes from documents where id = ?",
                  Catalogue::rowOf,
                  id)
              .filter(found -> readable.allows(found.collection()))
              .orElseThrow(() -> noDocument(id));
      Collections.requireWritable(tx, principal, row.collection());
      tx.update("delete from documents where id = ?", id);
      return row;
    });
  }

  /// Which of these there are.
  Set<String> present(Set<String> documents) {
    return database.read(tx -> {
      Set<String> present = new HashSet<>();
      for (String id : documents) {
        if (tx.first("select 1 from documents where id = ?", row -> 1, id).isPresent()) {
          present.add(id);
        }
      }
      return present;
    });
  }

  /// What a folder is compared with: size and time of the file when it was taken.
  record Stamp(String document, long bytes, long modified) {}

  /// By name, for the library's own work after rights were checked.
  Map<String, Stamp> stamps(String collection) {
    return database.read(tx ->
        tx
            .query(
                "select name, id, bytes, coalesce(modified, -1) from documents"
                    + " where collection = ?",
                row ->
                    Map.entry(
                        row.getString(1),
                        new Stamp(row.getString(2), row.getLong(3), row.getLong(4))),
                collection)
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /// Notes the time of a file whose bytes did not change.
  void touch(String id, @Nullable Long modified) {
    if (modified != null) {
      database.write(
          tx -> tx.update("update documents set modified = ? where id = ?", modified, id));
    }
  }

  boolean digestUsed(String digest) {
    return database.read(
        tx -> tx.first("select 1 from documents where digest = ?", row -> 1, digest).isPresent());
  }

  Set<String> digests() {
    return database.read(tx ->
        Set.copyOf(tx.query("select distinct digest from documents", row -> row.getString(1))));
  }

  /// Documents that wait to be read, oldest first.
  List<Row> waiting() {
    return database.read(tx ->
        tx.query(
            "select id, collection, name, digest, bytes from documents"
                + " where state = 'waiting' order by sequence",
            Catalogue::rowOf));
  }

  /// The documents of a collection whose passages may be in its index.
  Set<String> indexed(String collection) {
    return database.read(tx ->
        Set.copyOf(
            tx.query(
                "select id from documents where collection = ? and state in ('ready', 'partly')",
                row -> row.getString(1),
                collection)));
  }

  /// Sends settled documents of a collection back to be read again.
  void readAgain(String collection, Set<String> documents) {
    database.write(tx -> {
      for (String id : documents) {
        tx.update("delete from document_passages where document = ?", id);
        tx.update("delete from document_problems where document = ?", id);
        tx.update(
            "update documents set state = 'waiting' where id = ? and collection = ?",
            id,
            collection);
      }
      return documents.size();
    });
  }

  /// What was read of a document.
  record Outcome(
      String document,
      String mediaType,
      String language,
      int pages,
      Document.State state,
      List<Problem> problems,
      List<Draft> passages) {}

  /// Makes documents visible with all their passages, all of them at once. One that was deleted
  /// meanwhile stays deleted; the ids of those come back.
  Set<String> settle(List<Outcome> outcomes) {
    return database.write(tx -> {
      Set<String> vanished = new HashSet<>();
      for (Outcome outcome : outcomes) {
        int updated =
            tx.update(
                "update documents set state = ?, media_type = ?, language = ?, pages = ?"
                    + " where id = ?",
                outcome.state().word(),
                outcome.mediaType(),
                outcome.language(),
                outcome.pages(),
                outcome.document());
        if (updated == 1) {
          insertRead(tx, outcome);
        } else {
          vanished.add(outcome.document());
        }
      }
      return vanished;
    });
  }

  private static void insertRead(Transaction tx, Outcome outcome) throws SQLException {
    tx.update("delete from document_passages where document = ?", outcome.document());
    tx.update("delete from document_problems where document = ?", outcome.document());
    int position = 0;
    for (Problem problem : outcome.problems()) {
      tx.update(
          "insert into document_problems(document, position, place, what) values(?, ?, ?, ?)",
          outcome.document(),
          position++,
          problem.where(),
          problem.what());
    }
    position = 0;
    for (Draft passage : outcome.passages()) {
      tx.update(
          "insert into document_passages"
              + "(document, position, page, heading, body, first_block, last_block)"
              + " values(?, ?, ?, ?, ?, ?, ?)",
          outcome.document(),
          position++,
          passage.page(),
          passage.heading(),
          passage.text(),
          passage.firstBlock(),
          passage.lastBlock());
    }
  }

  // Passages.

  Readable readable(Principal principal, Set<String> wanted) {
    return database.read(tx -> Readable.by(principal, tx)).within(wanted);
  }

  /// Those of the passages found that exist and may be read, in their order.
  List<Passage> passages(Principal principal, Map<String, Double> scores) {
    return database.read(tx -> {
      Readable readable = Readable.by(principal, tx);
      var found = new LinkedHashMap<String, Passage>();
      for (var entry : scores.entrySet()) {
        passage(tx, entry.getKey(), entry.getValue())
            .filter(passage -> readable.allows(passage.collection()))
            .ifPresent(passage -> found.put(passage.id(), passage));
      }
      return List.copyOf(found.values());
    });
  }

  /// All passages of a document, in reading order.
  List<Passage> passages(Principal principal, String document) {
    return database.read(tx -> {
      Readable readable = Readable.by(principal, tx);
      if (one(tx, "where d.id = ?", document)
          .filter(found -> readable.allows(found.collection()))
          .isEmpty()) {
        throw noDocument(document);
      }
      List<Integer> positions =
          tx.query(
              "select position from document_passages where document = ? order by position",
              row -> row.getInt(1),
              document);
      List<Passage> passages = new ArrayList<>();
      for (int position : positions) {
        passage(tx, document + "." + position, 0).ifPresent(passages::add);
      }
      return passages;
    });
  }

  /// Whether some documents there are not read, or not wholly.
  boolean unread(Readable readable) {
    return database.read(tx -> {
      for (String collection : readable.collections()) {
        if (tx.first(
                "select 1 from documents where collection = ? and state <> 'ready'",
                row -> 1,
                collection)
            .isPresent()) {
          return true;
        }
      }
      return false;
    });
  }

  private static Optional<Passage> passage(Transaction tx, String id, double score)
      throws SQLException {
    int dot = id.lastIndexOf('.');
    if (dot < 0 || !id.substring(dot + 1).matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    return tx.first(
        "select d.id, d.name, d.collection, p.page, p.heading, p.body, p.first_block, p.last_block"
            + " from document_passages p join documents d on d.id = p.document"
            + " where p.document = ? and p.position = ?",
        row -> {
          int page = row.getInt(4);
          return new Passage(
              id,
              0,
              row.getString(1),
              row.getString(2),
              row.getString(3),
              page == 0 ? null : page,
              row.getString(5),
              row.getString(6),
              score,
              row.getInt(7),
              row.getInt(8));
        },
        id.substring(0, dot),
        Integer.parseInt(id.substring(dot + 1)));
  }

  // Rows.

  static NotFound noDocument(String id) {
    return new NotFound("There is no document %s that you may read.".formatted(id));
  }

  private static Optional<Document> one(Transaction tx, String where, Object... parameters)
      throws SQLException {
    Optional<Document> bare =
        tx.first(DOCUMENT + where, row -> documentOf(row, List.of()), parameters);
    if (bare.isEmpty()) {
      return bare;
    }
    List<Problem> problems =
        tx.query(
            "select place, what from document_problems where document = ? order by position",
            row -> new Problem(row.getString(1), row.getString(2)),
            bare.get().id());
    return tx.first(DOCUMENT + where, row -> documentOf(row, problems), parameters);
  }

  private static Document documentOf(ResultSet row, List<Problem> problems) throws SQLException {
    Document.State state = Document.State.valueOf(row.getString(9).toUpperCase(Locale.ROOT));
    return new Document(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        row.getString(6),
        row.getInt(7),
        row.getInt(11),
        row.getString(8),
        state,
        state.settled() ? 1 : 0,
        problems,
        Instant.parse(row.getString(10)));
  }

  private static Row rowOf(ResultSet row) throws SQLException {
    return new Row(
        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getLong(5));
  }

  static String newId() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
