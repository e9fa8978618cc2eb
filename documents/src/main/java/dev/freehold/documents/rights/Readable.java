package dev.freehold.documents.rights;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The collections one principal may read at this moment.
///
/// Every retrieval takes one, and there is no way to make one but from a [Principal] and the
/// readers in the database: a search that forgot to ask for rights does not compile. It is made for
/// one use and never kept, so that a right that is taken away is gone with the next question.
public final class Readable {

  private final Set<String> collections;

  private Readable(Set<String> collections) {
    this.collections = Set.copyOf(collections);
  }

  /// All that this principal may read.
  public static Readable by(Principal principal, Transaction transaction) throws SQLException {
    List<Object> readers = new ArrayList<>();
    readers.add("person:" + principal.id());
    principal.groups().forEach(group -> readers.add("group:" + group));
    String marks = "?" + ", ?".repeat(readers.size() - 1);
    return new Readable(
        new HashSet<>(
            transaction.query(
                "select distinct collection from document_readers where reader in (" + marks + ")",
                row -> row.getString(1),
                readers.toArray())));
  }

  /// The part of it that lies in these collections; an empty wish means all of it.
  ///
  /// @throws NotFound where one is unknown or forbidden, which look the same
  public Readable within(Collection<String> wanted) {
    if (wanted.isEmpty()) {
      return this;
    }
    for (String id : wanted) {
      if (!collections.contains(id)) {
        throw new NotFound("There is no collection %s that you may read.".formatted(id));
      }
    }
    return new Readable(Set.copyOf(wanted));
  }

  /// Whether this collection may be read.
  public boolean allows(String collection) {
    return collections.contains(collection);
  }

  /// Their ids.
  public Set<String> collections() {
    return collections;
  }
}
