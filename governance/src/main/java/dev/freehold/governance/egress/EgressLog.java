package dev.freehold.governance.egress;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Schema;
import dev.freehold.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The record of what wanted to leave the house, on the disk before anything does.
///
/// Safe for use by many threads at once.
public final class EgressLog {

  private static final Schema SCHEMA =
      new Schema(
          "egress",
          List.of(
              """
              create table egress(
                id integer primary key autoincrement,
                at integer not null,
                principal text not null,
                workload text not null,
                origin text not null,
                model text not null,
                bytes integer not null,
                decision text not null,
                found text not null
              ) strict;
              """,
              """
              alter table egress add column link text not null default '';
              """));

  private static final int PAGE = 2000;
  private static final String COLUMNS =
      "id, at, principal, workload, origin, model, bytes, decision, found, link";

  private final Database database;

  private EgressLog(Database database) {
    this.database = database;
  }

  /// The one kept in this database.
  public static EgressLog in(Database database) {
    database.migrate(SCHEMA);
    return new EgressLog(database);
  }

  /// Keeps a record, tied to all before it; once this returns it is on the disk.
  void write(EgressRecord entry) {
    database.write(tx -> {
      String before =
          tx.first("select link from egress order by id desc limit 1", row -> row.getString(1))
              .orElse("");
      EgressRecord next =
          new EgressRecord(
              counted(tx) + 1,
              Instant.ofEpochMilli(entry.at().toEpochMilli()),
              entry.principal(),
              entry.workload(),
              entry.origin(),
              entry.model(),
              entry.bytes(),
              entry.decision(),
              entry.found(),
              "");
      return tx.update(
          "insert into egress(" + COLUMNS + ") values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          next.id(),
          next.at().toEpochMilli(),
          next.principal(),
          next.workload(),
          next.origin(),
          next.model(),
          next.bytes(),
          next.decision().name(),
          String.join(" ", next.found()),
          EgressChain.link(before, next));
    });
  }

  /// The number of the last record that was ever written, also where it is there no more.
  private static long counted(Transaction tx) throws SQLException {
    return tx.first("select seq from sqlite_sequence where name = 'egress'", row -> row.getLong(1))
        .orElse(0L);
  }

  /// The newest records, newest first.
  ///
  /// @throws NotFound where the asker is no administrator
  public List<EgressRecord> newest(Principal asker, int limit) {
    requireAdministrator(asker);
    return database.read(tx ->
        tx.query(
            "select " + COLUMNS + " from egress order by id desc limit ?",
            EgressLog::entry,
            limit));
  }

  /// Whether the record is as it was written: nothing changed, taken out or put in.
  ///
  /// @param anchor a record that was noted down elsewhere; without one, a record that was written
  ///   anew as a whole is not told from the true one
  /// @throws NotFound where the asker is no administrator
  public EgressChain.Checked check(Principal asker, Optional<EgressChain.Anchor> anchor) {
    requireAdministrator(asker);
    return database.read(tx -> {
      EgressChain chain = new EgressChain(anchor);
      long after = 0;
      while (true) {
        List<EgressRecord> page =
            tx.query(
                "select " + COLUMNS + " from egress where id > ? order by id limit ?",
                EgressLog::entry,
                after,
                PAGE);
        if (page.isEmpty()) {
          return chain.done(counted(tx));
        }
        page.forEach(chain::accept);
        after = page.getLast().id();
      }
    });
  }

  private static void requireAdministrator(Principal asker) {
    if (!asker.administrator()) {
      throw new NotFound("There is no such thing.");
    }
  }

  private static EgressRecord entry(ResultSet row) throws SQLException {
    return new EgressRecord(
        row.getLong(1),
        Instant.ofEpochMilli(row.getLong(2)),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getLong(7),
        EgressRecord.Decision.valueOf(row.getString(8)),
        row.getString(9).isEmpty() ? List.of() : List.of(row.getString(9).split(" ", -1)),
        row.getString(10));
  }
}
