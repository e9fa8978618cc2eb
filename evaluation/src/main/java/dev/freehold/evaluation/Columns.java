package dev.freehold.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Each open model alone, with documents, with its adapter, and with both, held against the
/// incumbent; and the incumbent itself, with and without documents. What was not run is a dash.
final class Columns {

  private Columns() {}

  static void write(Proof proof, Sheet page) {
    Map<String, Map<Contestant.Column, Contestant>> models = new LinkedHashMap<>();
    for (Contestant one : proof.contestants()) {
      // A model held against itself is no second row of that model's.
      models.computeIfAbsent(one.root(), _ -> new LinkedHashMap<>()).putIfAbsent(one.column(), one);
    }
    if (models.values().stream().allMatch(columns -> columns.size() == 1)
        && proof.contestants().stream().allMatch(one -> one.column() == Contestant.Column.ALONE)) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    models.forEach((name, columns) -> {
      List<String> row = new ArrayList<>(List.of(name));
      for (Contestant.Column column : Contestant.Column.values()) {
        Contestant one = columns.get(column);
        row.add(one == null ? "–" : cell(proof, one));
      }
      rows.add(row);
    });
    page.heading("Alone, with documents, with an adapter, with both");
    page.table(
        "Points of 100; in brackets the interval of the difference from %s alone, and the verdict."
            .formatted(proof.incumbent().name()),
        List.of("Model", "Alone", "With documents", "With adapter", "With both"),
        rows);
  }

  private static String cell(Proof proof, Contestant one) {
    if (one.equals(proof.incumbent())) {
      Effort effort = proof.efforts().getFirst();
      return Ruling.points(effort.score()) + " (incumbent)";
    }
    return proof.verdicts().stream()
        .filter(verdict -> verdict.candidate().equals(one.name()))
        .findFirst()
        .map(verdict ->
            "%s (%s to %s, %s)"
                .formatted(
                    Ruling.points(verdict.candidateScore()),
                    Ruling.signed(verdict.comparison().interval().low()),
                    Ruling.signed(verdict.comparison().interval().high()),
                    word(verdict)))
        .orElse("–");
  }

  private static String word(Verdict verdict) {
    return switch (verdict.outcome()) {
      case AS_GOOD -> verdict.better() ? "better" : "as good";
      case WORSE -> "worse";
      case NOT_ENOUGH_EVIDENCE -> "open";
    };
  }
}
