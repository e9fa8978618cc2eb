package dev.freehold.teaching;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Schema;
import dev.freehold.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Jobs, what happened to them, the steps they made, and the files that were brought.
final class JobTable {

  static final Schema SCHEMA =
      new Schema(
          "teaching",
          List.of(
              """
              create table teaching_job(
                sequence integer primary key autoincrement,
                id text not null unique,
                owner text not null,
                owner_name text not null,
                wish text not null,
                state text not null,
                problem text not null,
                reason text not null,
                created text not null,
                finished text,
                lessons integer, left_out integer, tokens integer, steps integer, memory integer,
                seconds integer,
                trained_tokens integer not null
              ) strict;
              create index teaching_job_by_owner on teaching_job(owner, sequence);
              create table teaching_event(
                job text not null references teaching_job(id) on delete cascade,
                number integer not null,
                at text not null,
                level text not null,
                message text not null,
                primary key(job, number)
              ) strict, without rowid;
              create table teaching_step(
                job text not null references teaching_job(id) on delete cascade,
                step integer not null,
                of integer not null,
                loss real not null,
                held_out real,
                rate real not null,
                speed real not null,
                left_seconds integer not null,
                memory integer not null,
                safe integer not null,
                primary key(job, step)
              ) strict, without rowid;
              create table teaching_file(
                id text primary key,
                owner text not null,
                name text not null,
                purpose text not null,
                bytes integer not null,
                created text not null
              ) strict;
              create index teaching_file_by_owner on teaching_file(owner);
              """,
              // Steps that were made before are told as of no known time.
              "alter table teaching_step add column at text not null default ''"));

  private static final String JOB =
      "select id, owner, owner_name, wish, state, problem, reason, created, finished, lessons,"
          + " left_out, tokens, steps, memory, seconds, trained_tokens from teaching_job ";

  private final Database database;

  JobTable(Database database) {
    this.database = database;
    database.migrate(SCHEMA);
  }

  // Jobs.

  void insert(TeachingJob job) {
    database.write(tx ->
        tx.update(
            "insert into teaching_job(id, owner, owner_name, wish, state, problem, reason, created,"
                + " trained_tokens) values(?, ?, ?, ?, ?, ?, ?, ?, 0)",
            job.id(),
            job.owner(),
            job.ownerName(),
            WishJson.write(job.wish()),
            job.state().name(),
            job.problem(),
            job.reason(),
            job.created().toString()));
  }

  /// Changes a job as it is at this moment.
  ///
  /// @throws NotFound where it is gone
  TeachingJob change(String id, UnaryOperator<TeachingJob> change) {
    return change(id, change, "", "");
  }

  /// The same, and tells it where the state became another: whoever sees the one sees the other.
  ///
  /// @throws NotFound where it is gone
  TeachingJob change(String id, UnaryOperator<TeachingJob> change, String level, String message) {
    return database.write(tx -> {
      TeachingJob before =
          tx.first(JOB + "where id = ?", JobTable::job, id).orElseThrow(() -> unknown(id));
      TeachingJob after = change.apply(before);
      Estimate estimate = after.estimate().orElse(null);
      tx.update(
          "update teaching_job set state = ?, problem = ?, reason = ?, finished = ?, lessons = ?,"
              + " left_out = ?, tokens = ?, steps = ?, memory = ?, seconds = ?, trained_tokens = ?"
              + " where id = ?",
          after.state().name(),
          after.problem(),
          after.reason(),
          after.finished().map(Instant::toString).orElse(null),
          estimate == null ? null : estimate.lessons(),
          estimate == null ? null : estimate.leftOut(),
          estimate == null ? null : estimate.tokens(),
          estimate == null ? null : estimate.steps(),
          estimate == null ? null : estimate.memory(),
          estimate == null ? null : estimate.time().toSeconds(),
          after.trainedTokens(),
          id);
      if (!message.isEmpty() && after.state() != before.state()) {
        tell(tx, id, level, message);
      }
      return after;
    });
  }

  /// @throws NotFound where there is none, or it is another's; the two look the same
  TeachingJob job(Principal asker, String id) {
    return find(id).filter(job -> job.owner().equals(asker.id())).orElseThrow(() -> unknown(id));
  }

  Optional<TeachingJob> find(String id) {
    return database.read(tx -> tx.first(JOB + "where id = ?", JobTable::job, id));
  }

  /// One's own, the newest first.
  List<TeachingJob> jobs(Principal asker) {
    return database.read(
        tx -> tx.query(JOB + "where owner = ? order by sequence desc", JobTable::job, asker.id()));
  }

  /// Those that go on by themselves, the oldest first.
  List<TeachingJob> active() {
    return all().stream().filter(job -> job.state().active()).toList();
  }

  /// Everybody's, the oldest first.
  List<TeachingJob> all() {
    return database.read(tx -> tx.query(JOB + "order by sequence", JobTable::job));
  }

  private static NotFound unknown(String id) {
    return new NotFound("There is no fine-tuning job %s that you may see.".formatted(id));
  }

  private static TeachingJob job(ResultSet row) throws SQLException {
    @Nullable String finished = row.getString(9);
    Optional<Estimate> estimate =
        row.getObject(10) == null
            ? Optional.empty()
            : Optional.of(
                new Estimate(
                    row.getInt(10),
                    row.getInt(11),
                    row.getLong(12),
                    row.getInt(13),
                    row.getLong(14),
                    Duration.ofSeconds(row.getLong(15))));
    return new TeachingJob(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        WishJson.read(row.getString(4)),
        JobState.valueOf(row.getString(5)),
        row.getString(6),
        row.getString(7),
        Instant.parse(row.getString(8)),
        finished == null ? Optional.empty() : Optional.of(Instant.parse(finished)),
        estimate,
        row.getLong(16));
  }

  // Events.

  void tell(String job, String level, String message) {
    database.write(tx -> tell(tx, job, level, message));
  }

  private static int tell(Transaction tx, String job, String level, String message)
      throws SQLException {
    return tx.update(
        "insert into teaching_event(job, number, at, level, message) values(?, (select"
            + " coalesce(max(number), 0) + 1 from teaching_event where job = ?), ?, ?, ?)",
        job,
        job,
        Instant.now().toString(),
        level,
        message);
  }

  /// The events of a job, the oldest first.
  List<JobEvent> events(String job) {
    return database.read(tx ->
        tx.query(
            "select number, at, level, message from teaching_event where job = ? order by number",
            row ->
                new JobEvent(
                    row.getLong(1),
                    Instant.parse(row.getString(2)),
                    row.getString(3),
                    row.getString(4)),
            job));
  }

  // Steps.

  /// Keeps a step, and forgets those behind it: a training that goes on makes them again.
  void stepped(String job, StepReport step) {
    database.write(tx -> {
      tx.update("delete from teaching_step where job = ? and step >= ?", job, step.step());
      return tx.update(
          "insert into teaching_step(job, step, of, loss, held_out, rate, speed, left_seconds,"
              + " memory, safe, at) values(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          job,
          step.step(),
          step.of(),
          step.loss(),
          step.heldOutLoss().isPresent() ? step.heldOutLoss().getAsDouble() : null,
          step.learningRate(),
          step.tokensPerSecond(),
          step.left().toSeconds(),
          step.memory(),
          step.checkpointed() ? 1 : 0,
          Instant.now().toString());
    });
  }

  /// The steps of a job, in order.
  List<KeptStep> steps(String job) {
    return database.read(tx ->
        tx.query(
            "select step, of, loss, held_out, rate, speed, left_seconds, memory, safe, at"
                + " from teaching_step where job = ? order by step",
            JobTable::step,
            job));
  }

  private static KeptStep step(ResultSet row) throws SQLException {
    String at = row.getString(10);
    return new KeptStep(
        at.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(at)), report(row));
  }

  private static StepReport report(ResultSet row) throws SQLException {
    return new StepReport(
        row.getInt(1),
        row.getInt(2),
        row.getDouble(3),
        row.getObject(4) == null ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(4)),
        row.getDouble(5),
        row.getDouble(6),
        Duration.ofSeconds(row.getLong(7)),
        row.getLong(8),
        row.getInt(9) == 1);
  }

  // Files.

  void insert(TaughtFile file) {
    database.write(tx ->
        tx.update(
            "insert into teaching_file(id, owner, name, purpose, bytes, created)"
                + " values(?, ?, ?, ?, ?, ?)",
            file.id(),
            file.owner(),
            file.name(),
            file.purpose(),
            file.bytes(),
            file.created().toString()));
  }

  /// @throws NotFound where there is none, or it is another's
  TaughtFile file(Principal asker, String id) {
    return database.read(tx -> fileOf(tx, asker, id));
  }

  private static TaughtFile fileOf(Transaction tx, Principal asker, String id) throws SQLException {
    return tx.first(
            "select id, owner, name, purpose, bytes, created from teaching_file"
                + " where id = ? and owner = ?",
            JobTable::file,
            id,
            asker.id())
        .orElseThrow(() -> new NotFound("There is no file %s that you may see.".formatted(id)));
  }

  /// One's own, the newest first.
  List<TaughtFile> files(Principal asker) {
    return database.read(tx ->
        tx.query(
            "select id, owner, name, purpose, bytes, created from teaching_file"
                + " where owner = ? order by created desc, id",
            JobTable::file,
            asker.id()));
  }

  void deleteFile(Principal asker, String id) {
    database.write(tx -> {
      fileOf(tx, asker, id);
      return tx.update("delete from teaching_file where id = ?", id);
    });
  }

  private static TaughtFile file(ResultSet row) throws SQLException {
    return new TaughtFile(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        Instant.parse(row.getString(6)));
  }
}
