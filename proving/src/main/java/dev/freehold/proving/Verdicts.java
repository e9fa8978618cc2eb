package dev.freehold.proving;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.database.Database;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The verdicts that were found, each under an id by which a switch can name it.
///
/// Safe for use by many threads, in several processes.
public final class Verdicts {

  private static final String SELECT =
      "select id, proof, workload, at, candidate, incumbent, outcome, better, sentence, "
          + "candidate_score, incumbent_score, difference, low, high, erased from verdict ";

  private final Database database;

  private Verdicts(Database database) {
    this.database = database;
  }

  /// Those of this database.
  public static Verdicts in(Database database) {
    database.migrate(ProvingSchema.SCHEMA);
    return new Verdicts(database);
  }

  /// Keeps the verdicts of a proof; those of the same proof replace each other.
  ///
  /// @param proofId names the run
  /// @param workload whose; empty where the benchmark was a file
  public List<RecordedVerdict> record(String proofId, String workload, Proof proof) {
    List<RecordedVerdict> recorded = new ArrayList<>();
    for (Verdict one : proof.verdicts()) {
      String id = "v-" + CapturedCases.digest(proofId + "\n" + one.candidate()).substring(0, 8);
      recorded.add(
          new RecordedVerdict(
              id,
              proofId,
              workload,
              proof.at(),
              one.candidate(),
              one.incumbent(),
              one.outcome(),
              one.better(),
              one.sentence(),
              one.candidateScore(),
              one.incumbentScore(),
              one.comparison().difference(),
              one.comparison().interval().low(),
              one.comparison().interval().high(),
              Optional.empty()));
    }
    database.write(tx -> {
      for (RecordedVerdict one : recorded) {
        tx.update(
            "insert or replace into verdict values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)",
            one.id(),
            one.proof(),
            one.workload(),
            one.at().toEpochMilli(),
            one.candidate(),
            one.incumbent(),
            one.outcome().name(),
            one.better() ? 1 : 0,
            one.sentence(),
            one.candidateScore(),
            one.incumbentScore(),
            one.difference(),
            one.low(),
            one.high());
      }
      return recorded.size();
    });
    return recorded;
  }

  private static RecordedVerdict row(ResultSet row) throws SQLException {
    return new RecordedVerdict(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        Instant.ofEpochMilli(row.getLong(4)),
        row.getString(5),
        row.getString(6),
        Verdict.Outcome.valueOf(row.getString(7)),
        row.getInt(8) == 1,
        row.getString(9),
        row.getDouble(10),
        row.getDouble(11),
        row.getDouble(12),
        row.getDouble(13),
        row.getDouble(14),
        row.getLong(15) == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(row.getLong(15))));
  }

  /// The verdict of that id.
  public Optional<RecordedVerdict> find(String id) {
    return database.read(tx -> tx.first(SELECT + "where id = ?", Verdicts::row, id));
  }

  /// The verdicts of a workload, the newest first.
  List<RecordedVerdict> of(String workload) {
    return database.read(tx ->
        tx.query(
            SELECT + "where workload = ? order by at desc limit 200", Verdicts::row, workload));
  }

  /// The verdicts of a proof.
  List<RecordedVerdict> ofProof(String proof) {
    return database.read(
        tx -> tx.query(SELECT + "where proof = ? order by rowid", Verdicts::row, proof));
  }

  /// Whether a switch of a workload to a model may rest on a verdict.
  ///
  /// @param candidate the model that the switch leads to
  /// @throws NotFound where there is no such verdict, or it is another workload's
  /// @throws InvalidRequest where it is about another model
  public RecordedVerdict require(String id, String workload, String candidate) {
    RecordedVerdict one =
        find(id)
            .filter(found -> found.workload().isEmpty() || found.workload().equals(workload))
            .orElseThrow(
                () -> new NotFound("There is no verdict %s on %s.".formatted(id, workload)));
    if (!one.candidate().equals(candidate)
        && !Contestants.model(one.candidate()).equals(candidate)) {
      throw new InvalidRequest(
          "Verdict %s is about %s, not about %s.".formatted(id, one.candidate(), candidate),
          "verdict");
    }
    return one;
  }
}
