package dev.freehold.workload;

import dev.freehold.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Exchanges in the embedded database.
///
/// Safe for use by many threads at once, in several processes.
public final class SqliteExchanges implements Exchanges {

  private static final String COLUMNS =
      "id, at, workload, principal, model, part, of, outcome, problem, reason, took, first_word, "
          + "prompt_tokens, completion_tokens, cost, valid, refused, request, format, answer, may_train";

  private final Database database;

  private SqliteExchanges(Database database) {
    this.database = database;
  }

  /// Those of this database.
  public static SqliteExchanges in(Database database) {
    database.migrate(WorkloadSchema.SCHEMA);
    return new SqliteExchanges(database);
  }

  @Override
  public void append(List<Exchange> exchanges) {
    database.write(tx -> {
      for (Exchange one : exchanges) {
        tx.update(
            "insert into exchange("
                + COLUMNS
                + ") values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) on conflict(id) do nothing",
            one.id(),
            one.at().toEpochMilli(),
            one.workload(),
            one.principal(),
            one.model(),
            one.part().name(),
            one.of(),
            one.outcome().name(),
            one.problem(),
            one.reason(),
            one.took().toNanos(),
            one.firstWord().toNanos(),
            one.promptTokens(),
            one.completionTokens(),
            one.cost(),
            one.valid() ? 1 : 0,
            one.refused() ? 1 : 0,
            one.request(),
            one.format(),
            one.answer(),
            one.mayTrain() ? 1 : 0);
      }
      return exchanges.size();
    });
  }

  @Override
  public List<Exchange> newest(String workload, Optional<String> before, int limit) {
    return database.read(tx ->
        tx.query(
            "select "
                + COLUMNS
                + " from exchange where workload = ? and id < ? order by id desc limit ?",
            SqliteExchanges::exchange,
            workload,
            before.orElse("~"),
            limit));
  }

  private static Exchange exchange(ResultSet row) throws SQLException {
    return new Exchange(
        row.getString(1),
        Instant.ofEpochMilli(row.getLong(2)),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        Part.valueOf(row.getString(6)),
        row.getString(7),
        Exchange.Outcome.valueOf(row.getString(8)),
        row.getString(9),
        row.getString(10),
        Duration.ofNanos(row.getLong(11)),
        Duration.ofNanos(row.getLong(12)),
        row.getInt(13),
        row.getInt(14),
        row.getDouble(15),
        row.getInt(16) == 1,
        row.getInt(17) == 1,
        row.getString(18),
        row.getString(19),
        row.getString(20),
        row.getInt(21) == 1);
  }

  @Override
  public long count(String workload) {
    return database.read(tx ->
        tx.first(
                "select count(*) from exchange where workload = ?", row -> row.getLong(1), workload)
            .orElse(0L));
  }

  @Override
  public int permitTraining(String workload, Set<String> ids, boolean may) {
    return database.write(tx -> {
      int changed = 0;
      for (String id : ids) {
        changed +=
            tx.update(
                "update exchange set may_train = ? where workload = ? and id = ?",
                may ? 1 : 0,
                workload,
                id);
      }
      return changed;
    });
  }

  @Override
  public Set<String> present(Set<String> ids) {
    return database.read(tx -> {
      Set<String> present = new HashSet<>();
      for (String id : ids) {
        if (tx.first("select 1 from exchange where id = ?", row -> 1, id).isPresent()) {
          present.add(id);
        }
      }
      return present;
    });
  }

  @Override
  public int erase(String principal) {
    return database.write(tx -> tx.update("delete from exchange where principal = ?", principal));
  }

  @Override
  public int expire(String workload, Instant before) {
    return database.write(tx ->
        tx.update(
            "delete from exchange where workload = ? and at < ?", workload, before.toEpochMilli()));
  }

  @Override
  public int clear(String workload) {
    return database.write(tx -> tx.update("delete from exchange where workload = ?", workload));
  }
}
