package dev.freehold.proving;

import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Transaction;
import dev.freehold.evaluation.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Watches and their looks in the database: numbers and digests, nobody's words. Safe for use by
/// many threads, in several processes.
final class WatchTable {

  private static final String WATCHES =
      "select workload, candidate, every_seconds, margin, cases, terms, due, problem, actor from watch ";
  private static final String LOOKS =
      "select id, at, reason, candidate, incumbent, incumbent_score, candidate_score, anchors, same, "
          + "drift, drift_level, anew, low, high, conversations, outcome, note, incumbent_is, "
          + "candidate_is, fresh from look ";

  private final Database database;

  WatchTable(Database database) {
    database.migrate(ProvingSchema.SCHEMA);
    this.database = database;
  }

  /// @param actor the id of who set it up
  record Entry(Watch watch, String actor) {}

  /// @param incumbentIs what the incumbent was: its digest, or what its server calls itself
  /// @param candidateIs the same of the candidate
  /// @param fresh the mean difference of each new conversation
  record Seen(long id, Look look, String incumbentIs, String candidateIs, List<Double> fresh) {}

  /// A case at a look.
  ///
  /// @param answer SHA-256 of what the incumbent said
  record Scored(String id, double incumbent, double candidate, String answer) {}

  private static Entry watch(ResultSet row) throws SQLException {
    String terms = row.getString(6);
    // Watches of older versions know whose golds they take, and nothing else.
    JsonNode json =
        terms.startsWith("{")
            ? Json.MAPPER.readTree(terms)
            : Json.MAPPER.createObjectNode().put("modelGolds", terms.equals("model"));
    Set<String> collections = new HashSet<>();
    json.path("collections").forEach(one -> collections.add(one.asString()));
    return new Entry(
        new Watch(
            row.getString(1),
            row.getString(2),
            Duration.ofSeconds(row.getLong(3)),
            row.getDouble(4),
            row.getInt(5),
            json.path("modelGolds").asBoolean(),
            Optional.of(json.path("judge").asString("")).filter(one -> !one.isEmpty()),
            collections,
            Instant.ofEpochMilli(row.getLong(7)),
            row.getString(8)),
        row.getString(9));
  }

  List<Entry> all() {
    return database.read(tx -> tx.query(WATCHES + "order by due", WatchTable::watch));
  }

  Optional<Entry> find(String workload) {
    return database.read(
        tx -> tx.first(WATCHES + "where workload = ?", WatchTable::watch, workload));
  }

  void put(Watch watch, Principal actor) {
    database.write(tx ->
        tx.update(
            "insert or replace into watch values(?,?,?,?,?,?,?,?,?,?)",
            watch.workload(),
            watch.candidate(),
            watch.every().toSeconds(),
            watch.margin(),
            watch.cases(),
            watch.terms().write(),
            actor.id(),
            actor.name(),
            watch.due().toEpochMilli(),
            watch.problem()));
  }

  void next(String workload, Instant due, String problem) {
    database.write(tx -> next(tx, workload, due, problem));
  }

  private static int next(Transaction tx, String workload, Instant due, String problem)
      throws SQLException {
    return tx.update(
        "update watch set due = ?, problem = ? where workload = ?",
        due.toEpochMilli(),
        problem,
        workload);
  }

  void remove(String workload) {
    database.write(tx -> tx.update("delete from watch where workload = ?", workload));
  }

  private static Seen look(ResultSet row) throws SQLException {
    List<Double> fresh = new ArrayList<>();
    for (String one : row.getString(20).split(" ", -1)) {
      if (!one.isEmpty()) {
        fresh.add(Double.valueOf(one));
      }
    }
    return new Seen(
        row.getLong(1),
        new Look(
            Instant.ofEpochMilli(row.getLong(2)),
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getDouble(6),
            row.getDouble(7),
            row.getInt(8),
            row.getDouble(9),
            row.getDouble(10),
            row.getDouble(10) < row.getDouble(11),
            row.getInt(12) == 1,
            row.getDouble(13),
            row.getDouble(14),
            row.getInt(15),
            Verdict.Outcome.valueOf(row.getString(16)),
            row.getString(17)),
        row.getString(18),
        row.getString(19),
        fresh);
  }

  /// The looks at a workload, the oldest first.
  List<Seen> looks(String workload) {
    return database.read(
        tx -> tx.query(LOOKS + "where workload = ? order by id", WatchTable::look, workload));
  }

  /// Keeps a look with its cases, and when the next one is due: whoever sees the one sees the
  /// other.
  void add(
      String workload,
      Seen seen,
      Instant due,
      double level,
      Collection<Scored> anchors,
      Collection<Scored> fresh) {
    Look look = seen.look();
    String differences =
        String.join(" ", seen.fresh().stream().map(one -> Double.toString(one)).toList());
    database.write(tx -> {
      tx.update(
          "insert into look(workload, at, reason, candidate, incumbent, incumbent_is, candidate_is, "
              + "incumbent_score, candidate_score, anchors, same, drift, drift_level, anew, fresh, "
              + "low, high, conversations, outcome, note) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
          workload,
          look.at().toEpochMilli(),
          look.reason(),
          look.candidate(),
          look.incumbent(),
          seen.incumbentIs(),
          seen.candidateIs(),
          look.incumbentScore(),
          look.candidateScore(),
          look.anchors(),
          look.same(),
          look.drift(),
          level,
          look.anew() ? 1 : 0,
          differences,
          look.low(),
          look.high(),
          look.conversations(),
          look.outcome().name(),
          look.note());
      long id = tx.first("select last_insert_rowid()", row -> row.getLong(1)).orElseThrow();
      next(tx, workload, due, "");
      for (Scored one : anchors) {
        tx.update(
            "insert into look_case values(?,?,1,?,?,?)",
            id,
            one.id(),
            one.incumbent(),
            one.candidate(),
            one.answer());
      }
      for (Scored one : fresh) {
        tx.update(
            "insert into look_case values(?,?,0,?,?,'')",
            id,
            one.id(),
            one.incumbent(),
            one.candidate());
      }
      return id;
    });
  }

  /// The cases of a look that are asked at every one.
  Map<String, Scored> anchors(long look) {
    Map<String, Scored> anchors = new HashMap<>();
    database
        .read(tx ->
            tx.query(
                "select id, incumbent, candidate, answer from look_case where look = ? and anchor = 1",
                row ->
                    new Scored(
                        row.getString(1), row.getDouble(2), row.getDouble(3), row.getString(4)),
                look))
        .forEach(one -> anchors.put(one.id(), one));
    return anchors;
  }

  /// Cases that were counted at any look.
  Set<String> counted(String workload) {
    return new HashSet<>(
        database.read(tx ->
            tx.query(
                "select distinct c.id from look_case c join look l on l.id = c.look where l.workload = ?",
                row -> row.getString(1),
                workload)));
  }

  void forget(String workload) {
    database.write(tx -> {
      tx.update(
          "delete from look_case where look in (select id from look where workload = ?)", workload);
      tx.update("delete from watch where workload = ?", workload);
      return tx.update("delete from look where workload = ?", workload);
    });
  }
}
