package dev.freehold.proving;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.database.Transaction;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.BenchmarkDraw;
import dev.freehold.evaluation.Case;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Lines;
import dev.freehold.evaluation.Seals;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.workload.Workloads;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Benchmarks drawn from workloads' exchanges, with the golds that people give them. One that a
/// proof has begun on is frozen: a change makes the next version.
///
/// For administrators; to everybody else a workload looks like one that is not there. Safe for use
/// by many threads, in several processes.
public final class Benchmarks {

  private static final double NEARNESS = 0.8;
  private static final int MOST = 20_000;

  private final Database database;
  private final Workloads workloads;
  private final Seals seals;
  private final Clock clock;
  private final BenchmarkErasure erasure;

  Benchmarks(Database database, Workloads workloads, Seals seals, Clock clock) {
    database.migrate(ProvingSchema.SCHEMA);
    this.database = database;
    this.workloads = workloads;
    this.seals = seals;
    this.clock = clock;
    this.erasure = new BenchmarkErasure(database, seals);
  }

  /// The newest benchmark of a workload, if one was drawn.
  ///
  /// @throws NotFound where there is no such workload, or the asker is no administrator
  public Optional<DrawnBenchmark> current(Principal asker, String workload) {
    workloads.get(asker, workload);
    return database.read(tx -> current(tx, workload));
  }

  private static Optional<DrawnBenchmark> current(Transaction tx, String workload)
      throws SQLException {
    return tx.first(
        SELECT + " where workload = ? order by version desc limit 1", Benchmarks::row, workload);
  }

  private static final String SELECT =
      """
      select id, workload, version, grader, at, actor_name, older, same, near, tools, frozen,
        (select count(*) from benchmark_case c where c.benchmark = b.id),
        (select count(*) from benchmark_case c where c.benchmark = b.id and skipped = 0
          and json_extract(content, '$.origin') = 'person'),
        (select count(*) from benchmark_case c where c.benchmark = b.id and skipped = 1)
      from benchmark b\
      """;

  private static DrawnBenchmark row(java.sql.ResultSet row) throws SQLException {
    int all = row.getInt(12);
    int reviewed = row.getInt(13);
    int skipped = row.getInt(14);
    return new DrawnBenchmark(
        row.getString(1),
        row.getString(2),
        row.getInt(3),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)),
        row.getString(6),
        new DrawnBenchmark.Left(row.getInt(7), row.getInt(8), row.getInt(9), row.getInt(10)),
        row.getInt(11) == 1,
        new DrawnBenchmark.Counts(all, reviewed, all - reviewed - skipped, skipped));
  }

  /// Draws a benchmark and seals it: from now on none of its questions gets into documents, prompts
  /// or training.
  ///
  /// @param cases how many at most
  /// @param from exchanges that began before stay free for training
  /// @throws InvalidRequest where nothing can be drawn, saying what there is
  public DrawnBenchmark draw(
      Principal asker, String workload, int cases, Grader grader, Instant from, long seed) {
    workloads.get(asker, workload);
    if (cases < 1 || cases > MOST) {
      throw new InvalidRequest("Draw 1 to %d cases.".formatted(MOST), "cases");
    }
    CapturedCases.Captured captured = CapturedCases.of(workloads, asker, workload, Instant.EPOCH);
    if (captured.exchanges().isEmpty()) {
      throw new InvalidRequest(nothing(workload, captured), "workload");
    }
    BenchmarkDraw.Drawn drawn =
        new BenchmarkDraw(workload, cases, CapturedCases.STRATA, from, NEARNESS, seed)
            .draw(captured.exchanges(), grader);
    seals.seal(drawn.benchmark());
    return database.write(tx -> {
      String id = "b-" + UUID.randomUUID().toString().substring(0, 8);
      insert(
          tx,
          new Fresh(
              id,
              workload,
              next(tx, workload),
              Lines.of(grader),
              asker,
              new DrawnBenchmark.Left(
                  drawn.older(), drawn.same(), drawn.near(), drawn.tools() + captured.tools()),
              drawn.benchmark().digest()));
      int position = 0;
      for (Case one : drawn.benchmark().cases()) {
        tx.update(
            "insert into benchmark_case values(?,?,?,?,?,?,0)",
            id,
            position++,
            one.id(),
            captured.principals().getOrDefault(one.id(), ""),
            Lines.of(one),
            one.golds().isEmpty() ? "" : one.golds().getFirst());
      }
      return current(tx, workload).orElseThrow();
    });
  }

  private static String nothing(String workload, CapturedCases.Captured captured) {
    return captured.withoutWords() > 0
        ? "%s has %d exchanges, but none with its words: capture them with `freehold workloads set %s --capture full`."
            .formatted(workload, captured.withoutWords(), workload)
        : captured.tools() > 0
            ? "All %d exchanges of %s call tools, which are not measured yet."
                .formatted(captured.tools(), workload)
            : "%s has no exchanges yet: a benchmark is drawn from what was asked. Capture it with `freehold workloads set %s --capture full`, or prove on a file."
                .formatted(workload, workload);
  }

  private record Fresh(
      String id,
      String workload,
      int version,
      String grader,
      Principal actor,
      DrawnBenchmark.Left left,
      String seal) {}

  private static int next(Transaction tx, String workload) throws SQLException {
    return tx.first(
            "select coalesce(max(version), 0) + 1 from benchmark where workload = ?",
            row -> row.getInt(1),
            workload)
        .orElse(1);
  }

  private void insert(Transaction tx, Fresh one) throws SQLException {
    tx.update(
        "insert into benchmark values(?,?,?,?,?,?,?,?,?,?,?,0,?)",
        one.id,
        one.workload,
        one.version,
        one.grader,
        clock.millis(),
        one.actor.id(),
        one.actor.name(),
        one.left.older(),
        one.left.same(),
        one.left.near(),
        one.left.tools(),
        one.seal);
  }

  /// The cases of the newest benchmark, in order.
  public List<ReviewCase> cases(Principal asker, String workload) {
    DrawnBenchmark now = required(asker, workload);
    return database.read(tx -> cases(tx, now.id()));
  }

  static List<ReviewCase> cases(Transaction tx, String benchmark) throws SQLException {
    return tx.query(
        "select content, proposal, skipped from benchmark_case where benchmark = ? order by position",
        row ->
            new ReviewCase(Lines.readCase(row.getString(1)), row.getString(2), row.getInt(3) == 1),
        benchmark);
  }

  private DrawnBenchmark required(Principal asker, String workload) {
    return current(asker, workload)
        .orElseThrow(() -> new NotFound("No benchmark was drawn from %s yet.".formatted(workload)));
  }

  /// What a person says of a case.
  public sealed interface Review {
    /// These are right.
    record Golds(List<String> golds) implements Review {
      public Golds {
        golds = golds.stream().map(String::strip).filter(one -> !one.isEmpty()).toList();
        if (golds.isEmpty() || golds.size() > 20) {
          throw new InvalidRequest("Give one to twenty right answers.", "golds");
        }
      }
    }

    /// What the model answered then is right.
    record Accept() implements Review {}

    /// The case says nothing and takes no part.
    record Skip() implements Review {}

    /// Nothing was said.
    record Reopen() implements Review {}
  }

  /// Writes down what a person says of a case; their name stands at its golds.
  ///
  /// @return the case as it is now
  public ReviewCase review(Principal asker, String workload, String caseId, Review review) {
    workloads.get(asker, workload);
    return database.write(tx -> {
      DrawnBenchmark now =
          current(tx, workload)
              .orElseThrow(
                  () -> new NotFound("No benchmark was drawn from %s yet.".formatted(workload)));
      String benchmark = now.frozen() ? nextVersion(tx, now, asker) : now.id();
      ReviewCase before =
          tx.first(
                  "select content, proposal, skipped from benchmark_case where benchmark = ? and id = ?",
                  row ->
                      new ReviewCase(
                          Lines.readCase(row.getString(1)), row.getString(2), row.getInt(3) == 1),
                  benchmark,
                  caseId)
              .orElseThrow(() -> new NotFound("There is no case %s.".formatted(caseId)));
      ReviewCase after = reviewed(before, review, asker.name());
      tx.update(
          "update benchmark_case set content = ?, skipped = ? where benchmark = ? and id = ?",
          Lines.of(after.content()),
          after.skipped() ? 1 : 0,
          benchmark,
          caseId);
      return after;
    });
  }

  private static ReviewCase reviewed(ReviewCase before, Review review, String by) {
    Case one = before.content();
    List<String> proposed = before.proposal().isEmpty() ? List.of() : List.of(before.proposal());
    Case unsaid =
        one.withGolds(proposed, proposed.isEmpty() ? Case.Origin.UNKNOWN : Case.Origin.MODEL, "");
    return switch (review) {
      case Review.Golds(List<String> golds) ->
          new ReviewCase(one.withGolds(golds, Case.Origin.PERSON, by), before.proposal(), false);
      case Review.Accept _ -> {
        if (proposed.isEmpty()) {
          throw new InvalidRequest("The model answered nothing that could be accepted.", "accept");
        }
        yield new ReviewCase(
            one.withGolds(proposed, Case.Origin.PERSON, by), before.proposal(), false);
      }
      case Review.Skip _ -> new ReviewCase(unsaid, before.proposal(), true);
      case Review.Reopen _ -> new ReviewCase(unsaid, before.proposal(), false);
    };
  }

  /// A copy that may be changed; whoever rests on the frozen one keeps it.
  private String nextVersion(Transaction tx, DrawnBenchmark from, Principal actor)
      throws SQLException {
    String id = "b-" + UUID.randomUUID().toString().substring(0, 8);
    insert(
        tx,
        new Fresh(
            id,
            from.workload(),
            next(tx, from.workload()),
            from.grader(),
            actor,
            from.left(),
            tx.first("select seals from benchmark where id = ?", row -> row.getString(1), from.id())
                .orElse("")));
    tx.update(
        "insert into benchmark_case select ?, position, id, principal, content, proposal, skipped "
            + "from benchmark_case where benchmark = ?",
        id,
        from.id());
    return id;
  }

  /// Adds what was asked since the newest case, up to so many; they wait for their golds.
  ///
  /// @return how many
  public int extend(Principal asker, String workload, int most) {
    DrawnBenchmark now = required(asker, workload);
    List<ReviewCase> known = database.read(tx -> cases(tx, now.id()));
    Instant from =
        known.stream()
            .flatMap(one -> one.content().at().stream())
            .max(Instant::compareTo)
            .map(at -> at.plusMillis(1))
            .orElse(Instant.EPOCH);
    CapturedCases.Captured captured = CapturedCases.of(workloads, asker, workload, from);
    Set<String> asked = new HashSet<>();
    known.forEach(one -> asked.add(one.content().asked()));
    captured =
        new CapturedCases.Captured(
            captured.exchanges().stream()
                .filter(one -> !asked.contains(one.messages().getLast().text()))
                .toList(),
            captured.principals(),
            0,
            0);
    if (captured.exchanges().isEmpty()) {
      return 0;
    }
    Benchmark more =
        new BenchmarkDraw(workload, most, CapturedCases.STRATA, from, NEARNESS, now.version())
            .draw(captured.exchanges(), GraderNames.parse(now.grader()))
            .benchmark();
    seals.seal(more);
    var principals = captured.principals();
    return database.write(tx -> {
      DrawnBenchmark latest = current(tx, workload).orElseThrow();
      String id = latest.frozen() ? nextVersion(tx, latest, asker) : latest.id();
      int position = 1 + known.size();
      int added = 0;
      for (Case one : more.cases()) {
        added +=
            tx.update(
                "insert into benchmark_case values(?,?,?,?,?,?,0) on conflict do nothing",
                id,
                position++,
                one.id(),
                principals.getOrDefault(one.id(), ""),
                Lines.of(one),
                one.golds().isEmpty() ? "" : one.golds().getFirst());
      }
      tx.update("update benchmark set seals = seals || ' ' || ? where id = ?", more.digest(), id);
      return added;
    });
  }

  /// The cases that a proof under these terms would ask: without those put aside, and, where the
  /// grader needs golds, without those that lack one they may use.
  Benchmark usable(DrawnBenchmark drawn, boolean modelGolds) {
    Grader grader = GraderNames.parse(drawn.grader());
    List<Case> usable =
        database.read(tx -> cases(tx, drawn.id())).stream()
            .filter(one -> !one.skipped())
            .filter(one -> gradable(grader, one.content(), modelGolds))
            .map(ReviewCase::content)
            .toList();
    if (usable.isEmpty()) {
      throw new Conflict(
          "None of the %d cases has a gold that a person gave, and the grader needs golds. Review them on the page (/workloads/%s/golds), or let the model's own answers do (--golds model), which favours the model that gave them."
              .formatted(drawn.counts().all(), drawn.workload()));
    }
    return new Benchmark(drawn.workload(), drawn.version(), grader, usable);
  }

  static boolean gradable(Grader grader, Case one, boolean modelGolds) {
    return !grader.needsGold()
        || one.origin() == Case.Origin.PERSON
        || (modelGolds && !one.golds().isEmpty());
  }

  /// Freezes a benchmark under a proof, and seals what it is now.
  void freeze(DrawnBenchmark drawn, Benchmark used) {
    seals.seal(used);
    database.write(tx ->
        tx.update(
            "update benchmark set frozen = 1, seals = seals || ' ' || ? where id = ?",
            used.digest(),
            drawn.id()));
  }

  static Optional<DrawnBenchmark> find(Transaction tx, String id) throws SQLException {
    return tx.first(SELECT + " where id = ?", Benchmarks::row, id);
  }

  DrawnBenchmark find(String id) {
    return database
        .read(tx -> find(tx, id))
        .orElseThrow(() -> new NotFound("There is no benchmark %s.".formatted(id)));
  }

  /// Takes a person's cases out of every benchmark, and breaks the seals that still knew them.
  ///
  /// @return the benchmarks that lost cases
  Set<String> erase(String principal) {
    return erasure.erase(principal);
  }

  /// Deletes what was drawn from workloads that are no more.
  Set<String> sweep(Set<String> workloadsThatAre) {
    return erasure.sweep(workloadsThatAre);
  }
}
