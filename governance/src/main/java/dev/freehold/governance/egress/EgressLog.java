package dev.freehold.governance.egress;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Schema;
import java.time.Instant;
import java.util.List;

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
              """));

  private final Database database;

  private EgressLog(Database database) {
    this.database = database;
  }

  /// The one kept in this database.
  public static EgressLog in(Database database) {
    database.migrate(SCHEMA);
    return new EgressLog(database);
  }

  /// Keeps a record; once this returns it is on the disk.
  void write(EgressRecord entry) {
    database.write(tx ->
        tx.update(
            "insert into egress(at, principal, workload, origin, model, bytes, decision, found) "
                + "values(?, ?, ?, ?, ?, ?, ?, ?)",
            entry.at().toEpochMilli(),
            entry.principal(),
            entry.workload(),
            entry.origin(),
            entry.model(),
            entry.bytes(),
            entry.decision().name(),
            String.join(" ", entry.found())));
  }

  /// The newest records, newest first.
  ///
  /// @throws NotFound where the asker is no administrator
  public List<EgressRecord> newest(Principal asker, int limit) {
    if (!asker.administrator()) {
      throw new NotFound("There is no such thing.");
    }
    return database.read(tx ->
        tx.query(
            "select id, at, principal, workload, origin, model, bytes, decision, found from egress "
                + "order by id desc limit ?",
            row ->
                new EgressRecord(
                    row.getLong(1),
                    Instant.ofEpochMilli(row.getLong(2)),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getLong(7),
                    EgressRecord.Decision.valueOf(row.getString(8)),
                    row.getString(9).isEmpty()
                        ? List.of()
                        : List.of(row.getString(9).split(" ", -1))),
            limit));
  }
}
