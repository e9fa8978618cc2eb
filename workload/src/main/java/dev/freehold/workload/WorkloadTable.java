package dev.freehold.workload;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Workloads and the history of their routes, in the database. Read at each use, so that what
/// another process changed counts at once.
///
/// Safe for use by many threads at once, in several processes.
final class WorkloadTable {

  private final Database database;
  private final Clock clock;

  WorkloadTable(Database database, Clock clock) {
    database.migrate(WorkloadSchema.SCHEMA);
    this.database = database;
    this.clock = clock;
  }

  /// @param workload its settings
  /// @param generation rises with every change of its route
  record Entry(Workload workload, long generation) {}

  Optional<Entry> find(String name) {
    return database.read(tx -> find(tx, name));
  }

  private static Optional<Entry> find(Transaction tx, String name) throws SQLException {
    return tx.first(
        "select settings, (select coalesce(max(id), 0) from switch where workload = name) "
            + "from workload where name = ?",
        row -> new Entry(WorkloadJson.read(name, row.getString(1)), row.getLong(2)),
        name);
  }

  List<Workload> list() {
    return database.read(tx ->
        tx.query(
            "select name, settings from workload order by name",
            row -> WorkloadJson.read(row.getString(1), row.getString(2))));
  }

  void insert(Workload workload) {
    database.write(tx -> {
      if (find(tx, workload.name()).isPresent()) {
        throw new Conflict("There is a workload %s already.".formatted(workload.name()));
      }
      return tx.update(
          "insert into workload(name, settings) values(?, ?)",
          workload.name(),
          WorkloadJson.write(workload));
    });
  }

  /// Changes settings; a change of the route is a line of the history.
  Workload change(
      String name,
      UnaryOperator<Workload> change,
      String actor,
      String actorName,
      String reason,
      String verdict) {
    return database.write(tx -> {
      Workload before = find(tx, name).orElseThrow(() -> unknown(name)).workload();
      Workload after = change.apply(before);
      tx.update("update workload set settings = ? where name = ?", WorkloadJson.write(after), name);
      if (!after.route().equals(before.route())) {
        tx.update(
            "insert into switch(workload, at, actor, actor_name, before, after, reason, verdict) "
                + "values(?,?,?,?,?,?,?,?)",
            name,
            clock.millis(),
            actor,
            actorName,
            before.route().summary(),
            after.route().summary(),
            reason,
            verdict);
      }
      return after;
    });
  }

  /// Back to the incumbent, unless the route has changed meanwhile.
  boolean rollBack(String name, long generation, String reason) {
    return database.write(tx -> {
      Optional<Entry> entry = find(tx, name);
      if (entry.isEmpty() || entry.get().generation() != generation) {
        return false;
      }
      Workload before = entry.get().workload();
      Workload after = before.withRoute(before.route().back());
      tx.update("update workload set settings = ? where name = ?", WorkloadJson.write(after), name);
      return tx.update(
              "insert into switch(workload, at, actor, actor_name, before, after, reason, verdict) "
                  + "values(?,?,?,?,?,?,?,?)",
              name,
              clock.millis(),
              Switched.GUARDS,
              Switched.GUARDS,
              before.route().summary(),
              after.route().summary(),
              reason,
              "")
          == 1;
    });
  }

  List<Switched> history(String name) {
    return database.read(tx ->
        tx.query(
            "select at, actor, actor_name, before, after, reason, verdict from switch "
                + "where workload = ? order by id desc limit 500",
            row ->
                new Switched(
                    Instant.ofEpochMilli(row.getLong(1)),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7)),
            name));
  }

  void delete(String name) {
    database.write(tx -> {
      if (tx.update("delete from workload where name = ?", name) == 0) {
        throw unknown(name);
      }
      tx.update("delete from exchange where workload = ?", name);
      return tx.update("delete from switch where workload = ?", name);
    });
  }

  static NotFound unknown(String name) {
    return new NotFound("There is no workload %s.".formatted(name));
  }

  static void requireAdministrator(Principal asker, String name) {
    if (!asker.administrator()) {
      throw unknown(name);
    }
  }
}
