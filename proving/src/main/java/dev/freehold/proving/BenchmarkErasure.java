package dev.freehold.proving;

import dev.freehold.database.Database;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.Case;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Seals;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Takes cases out of benchmarks, with the seals that knew them.
///
/// Safe for use by many threads, in several processes.
///
/// @param database where benchmarks lie
/// @param seals hashes of their questions
record BenchmarkErasure(Database database, Seals seals) {

  /// Takes a person's cases out of every benchmark, and breaks the seals that still knew them.
  ///
  /// @return the benchmarks that lost cases
  Set<String> erase(String principal) {
    record Hit(String benchmark, String seals) {}
    List<Hit> hits = new ArrayList<>();
    database.write(tx -> {
      hits.addAll(
          tx.query(
              "select distinct b.id, b.seals from benchmark b join benchmark_case c "
                  + "on c.benchmark = b.id where c.principal = ?",
              row -> new Hit(row.getString(1), row.getString(2)),
              principal));
      tx.update(
          "delete from look_case where id in (select id from benchmark_case where principal = ?)",
          principal);
      return tx.update("delete from benchmark_case where principal = ?", principal);
    });
    Set<String> touched = new HashSet<>();
    for (Hit hit : hits) {
      touched.add(hit.benchmark);
      for (String digest : hit.seals.strip().split(" +", -1)) {
        if (!digest.isEmpty()) {
          seals.unseal(digest);
        }
      }
    }
    // Versions share seals: whoever lost some gets them back.
    database.read(tx -> tx.query("select id from benchmark", row -> row.getString(1))).stream()
        .filter(id -> !touched.isEmpty())
        .forEach(this::sealAgain);
    return touched;
  }

  private void sealAgain(String id) {
    DrawnBenchmark drawn = database.read(tx -> Benchmarks.find(tx, id)).orElseThrow();
    List<Case> left =
        database.read(tx -> Benchmarks.cases(tx, id)).stream().map(ReviewCase::content).toList();
    String digest = "";
    if (!left.isEmpty()) {
      Benchmark now =
          new Benchmark(drawn.workload(), drawn.version(), GraderNames.parse(drawn.grader()), left);
      seals.seal(now);
      digest = now.digest();
    }
    String sealed = digest;
    database.write(tx -> tx.update("update benchmark set seals = ? where id = ?", sealed, id));
  }

  /// Deletes what was drawn from workloads that are no more.
  Set<String> sweep(Set<String> workloadsThatAre) {
    Set<String> gone =
        new HashSet<>(
            database.read(tx ->
                tx.query("select distinct workload from benchmark", row -> row.getString(1))));
    gone.removeAll(workloadsThatAre);
    for (String workload : gone) {
      List<String> digests =
          database.read(tx ->
              tx.query(
                  "select seals from benchmark where workload = ?",
                  row -> row.getString(1),
                  workload));
      database.write(tx -> {
        tx.update(
            "delete from benchmark_case where benchmark in (select id from benchmark where workload = ?)",
            workload);
        return tx.update("delete from benchmark where workload = ?", workload);
      });
      for (String list : digests) {
        for (String digest : list.strip().split(" +", -1)) {
          if (!digest.isEmpty()) {
            seals.unseal(digest);
          }
        }
      }
    }
    return gone;
  }
}
