package dev.freehold.proving;

import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.evaluation.TrialProgress;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Proofs in the database. Safe for use by many threads, in several processes.
final class ProofTable {

  private static final String SELECT =
      "select id, workload, benchmark, at, actor_name, terms, state, problem, done, total, "
          + "left_millis, cost, failures, ended, folder, actor, private, place from proof ";

  /// The place of a proof that a command runs; the server's is `up`.
  static final String COMMAND = "command";

  private final Database database;
  private final Verdicts verdicts;
  private final Clock clock;

  ProofTable(Database database, Verdicts verdicts, Clock clock) {
    this.database = database;
    this.verdicts = verdicts;
    this.clock = clock;
  }

  /// @param actor the id of who began it
  /// @param hidden whether only they may see it
  /// @param place `up` where the server runs it, `command` otherwise
  record Entry(ProofRun run, String actor, boolean hidden, String place) {}

  private Entry row(ResultSet row) throws SQLException {
    return new Entry(
        new ProofRun(
            row.getString(1),
            row.getString(2),
            row.getString(3),
            Instant.ofEpochMilli(row.getLong(4)),
            row.getString(5),
            Terms.read(row.getString(6)),
            ProofRun.State.valueOf(row.getString(7)),
            row.getString(8),
            row.getInt(9),
            row.getInt(10),
            Duration.ofMillis(row.getLong(11)),
            row.getDouble(12),
            row.getInt(13),
            Instant.ofEpochMilli(row.getLong(14)),
            List.of(),
            Path.of(row.getString(15))),
        row.getString(16),
        row.getInt(17) == 1,
        row.getString(18));
  }

  private Entry full(Entry entry) {
    ProofRun run = entry.run();
    return new Entry(
        new ProofRun(
            run.id(),
            run.workload(),
            run.benchmark(),
            run.at(),
            run.startedBy(),
            run.terms(),
            run.state(),
            run.problem(),
            run.done(),
            run.total(),
            run.left(),
            run.cost(),
            run.failures(),
            run.ended(),
            verdicts.ofProof(run.id()),
            run.folder()),
        entry.actor(),
        entry.hidden(),
        entry.place());
  }

  Optional<Entry> find(String id) {
    return database.read(tx -> tx.first(SELECT + "where id = ?", this::row, id)).map(this::full);
  }

  List<Entry> of(String workload) {
    return database
        .read(tx ->
            tx.query(SELECT + "where workload = ? order by at desc limit 50", this::row, workload))
        .stream()
        .map(this::full)
        .toList();
  }

  List<Entry> runningIn(String place) {
    return database.read(tx ->
        tx.query(SELECT + "where state = 'RUNNING' and place = ? order by at", this::row, place));
  }

  List<Entry> onBenchmark(String benchmark) {
    return database.read(tx -> tx.query(SELECT + "where benchmark = ?", this::row, benchmark));
  }

  /// Writes down that it runs, again where it ran before.
  void begin(
      String id, DrawnBenchmark drawn, Principal actor, Terms terms, Path folder, String place) {
    database.write(tx ->
        tx.update(
            "insert into proof values(?,?,?,?,?,?,?,?,?,?,'RUNNING','',0,0,0,0,0,0) "
                + "on conflict(id) do update set state = 'RUNNING', problem = '', place = excluded.place",
            id,
            drawn.workload(),
            drawn.id(),
            clock.millis(),
            actor.id(),
            actor.name(),
            terms.write(),
            folder.toString(),
            place,
            terms.grounded() ? 1 : 0));
  }

  /// Writes progress down.
  ///
  /// @return whether it may go on
  boolean progress(String id, TrialProgress progress) {
    return database.write(tx ->
        tx.update(
                "update proof set done = ?, total = ?, left_millis = ?, cost = ?, failures = ? "
                    + "where id = ? and state = 'RUNNING'",
                progress.done(),
                progress.total(),
                progress.left().toMillis(),
                progress.cost().values().stream().mapToDouble(Double::doubleValue).sum(),
                progress.failures(),
                id)
            == 1);
  }

  /// Ends it, unless somebody has already.
  ///
  /// @return whether this was the end
  boolean end(String id, ProofRun.State state, String problem) {
    return database.write(tx ->
        tx.update(
                "update proof set state = ?, problem = ?, ended = ? where id = ? and state = 'RUNNING'",
                state.name(),
                problem,
                clock.millis(),
                id)
            == 1);
  }

  /// Marks proofs of a benchmark, and their verdicts, as erased.
  void erase(String benchmark) {
    database.write(tx -> {
      tx.update(
          "update verdict set erased = ? where erased = 0 and proof in (select id from proof where benchmark = ?)",
          clock.millis(),
          benchmark);
      return tx.update(
          "update proof set state = 'ERASED', problem = '', ended = ? where benchmark = ?",
          clock.millis(),
          benchmark);
    });
  }

  void forget(String workload) {
    database.write(tx -> {
      tx.update("delete from verdict where workload = ?", workload);
      return tx.update("delete from proof where workload = ?", workload);
    });
  }
}
