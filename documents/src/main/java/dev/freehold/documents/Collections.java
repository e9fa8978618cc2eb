package dev.freehold.documents;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Transaction;
import dev.freehold.documents.rights.Readable;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collections and their readers in the database.
final class Collections {

  private final Database database;

  Collections(Database database) {
    this.database = database;
  }

  List<Collection> collections(Principal principal) {
    return database.read(tx -> {
      List<Collection> collections = new ArrayList<>();
      for (String id : Readable.by(principal, tx).collections()) {
        collections.add(collectionOf(tx, principal, id));
      }
      collections.sort(Comparator.comparing(Collection::name).thenComparing(Collection::id));
      return collections;
    });
  }

  Collection collection(Principal principal, String id) {
    return database.read(tx -> {
      requireReadable(tx, principal, id);
      return collectionOf(tx, principal, id);
    });
  }

  Collection create(Principal principal, String name) {
    return database.write(tx -> {
      requireUnusedName(tx, principal, name);
      String id = Catalogue.newId();
      tx.update(
          "insert into document_collections(id, name, owner, created) values(?, ?, ?, ?)",
          id,
          name,
          principal.id(),
          Instant.now().toString());
      tx.update(
          "insert into document_readers(collection, reader) values(?, ?)",
          id,
          new Reader.Person(principal.id()).toString());
      return collectionOf(tx, principal, id);
    });
  }

  Collection rename(Principal principal, String id, String name) {
    return database.write(tx -> {
      requireWritable(tx, principal, id);
      if (!collectionOf(tx, principal, id).name().equals(name)) {
        requireUnusedName(tx, principal, name);
      }
      tx.update("update document_collections set name = ? where id = ?", name, id);
      return collectionOf(tx, principal, id);
    });
  }

  Collection share(Principal principal, String id, Set<Reader> readers) {
    return database.write(tx -> {
      requireWritable(tx, principal, id);
      tx.update("delete from document_readers where collection = ?", id);
      var all = new LinkedHashSet<Reader>(readers);
      all.add(new Reader.Person(principal.id()));
      for (Reader reader : all) {
        tx.update(
            "insert into document_readers(collection, reader) values(?, ?)", id, reader.toString());
      }
      return collectionOf(tx, principal, id);
    });
  }

  /// What a collection leaves on the disk when it is gone.
  record Deleted(List<String> documents, Set<String> digests) {}

  Deleted delete(Principal principal, String id) {
    return database.write(tx -> {
      requireWritable(tx, principal, id);
      var deleted =
          new Deleted(
              tx.query(
                  "select id from documents where collection = ?", row -> row.getString(1), id),
              Set.copyOf(
                  tx.query(
                      "select distinct digest from documents where collection = ?",
                      row -> row.getString(1),
                      id)));
      tx.update("delete from document_collections where id = ?", id);
      return deleted;
    });
  }

  Set<String> ids() {
    return database.read(
        tx -> Set.copyOf(tx.query("select id from document_collections", row -> row.getString(1))));
  }

  void requireReadable(Principal principal, String collection) {
    database.read(tx -> {
      requireReadable(tx, principal, collection);
      return collection;
    });
  }

  void requireWritable(Principal principal, String collection) {
    database.read(tx -> {
      requireWritable(tx, principal, collection);
      return collection;
    });
  }

  static void requireReadable(Transaction tx, Principal principal, String collection)
      throws SQLException {
    if (!Readable.by(principal, tx).allows(collection)) {
      throw noCollection(collection);
    }
  }

  static void requireWritable(Transaction tx, Principal principal, String collection)
      throws SQLException {
    requireReadable(tx, principal, collection);
    if (!owner(tx, collection).equals(principal.id())) {
      throw new NotFound(
          "There is no collection %s that you may change; ask its owner.".formatted(collection));
    }
  }

  static void requireUnusedName(Transaction tx, Principal principal, String name)
      throws SQLException {
    if (tx.first(
            "select 1 from document_collections where owner = ? and name = ?",
            row -> 1,
            principal.id(),
            name)
        .isPresent()) {
      throw new Conflict(
          "You have a collection named %s already. Use that one, or choose another name."
              .formatted(name));
    }
  }

  static NotFound noCollection(String id) {
    return new NotFound("There is no collection %s that you may read.".formatted(id));
  }

  private static String owner(Transaction tx, String collection) throws SQLException {
    return tx.first(
            "select owner from document_collections where id = ?",
            row -> row.getString(1),
            collection)
        .orElseThrow(() -> noCollection(collection));
  }

  private static Collection collectionOf(Transaction tx, Principal principal, String id)
      throws SQLException {
    List<Reader> readers =
        tx.query(
            "select reader from document_readers where collection = ? order by reader",
            row -> Reader.parse(row.getString(1)),
            id);
    return tx.first(
            "select name, owner, created,"
                + " (select count(*) from documents where collection = c.id),"
                + " (select coalesce(sum(pages), 0) from documents where collection = c.id)"
                + " from document_collections c where id = ?",
            row ->
                new Collection(
                    id,
                    row.getString(1),
                    readers,
                    row.getString(2).equals(principal.id()),
                    row.getInt(4),
                    row.getInt(5),
                    Instant.parse(row.getString(3))),
            id)
        .orElseThrow(() -> noCollection(id));
  }
}
