package dev.freehold.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A proof as a report that a sceptic can read from top to bottom: as one HTML page that stands
/// alone, or as a PDF.
public final class Report {

  private static final int DISAGREEMENTS = 20;

  private final Proof proof;
  private final Sheet page;

  private Report(Proof proof, Sheet page) {
    this.proof = proof;
    this.page = page;
  }

  /// As HTML.
  public static String html(Proof proof) {
    HtmlSheet sheet = new HtmlSheet();
    new Report(proof, sheet).write();
    return sheet.toString();
  }

  /// As PDF.
  public static byte[] pdf(Proof proof) {
    try (PdfSheet sheet = new PdfSheet()) {
      new Report(proof, sheet).write();
      return sheet.bytes();
    }
  }

  private void write() {
    page.title(
        "Proof",
        proof.benchmark().name(),
        "%s against %s · %d cases · %s"
            .formatted(
                String.join(
                    ", ", proof.contestants().stream().skip(1).map(Contestant::name).toList()),
                proof.incumbent().name(),
                proof.benchmark().cases().size(),
                proof.at().toString().substring(0, 16).replace('T', ' ') + " UTC"));
    proof.verdicts().forEach(this::verdict);
    doubts();
    plot();
    Columns.write(proof, page);
    contestants();
    proof.verdicts().forEach(this::slices);
    proof.judge().ifPresent(this::judge);
    proof.verdicts().forEach(this::disagreements);
    method();
  }

  /// What weakens the verdict and is known before anybody reads the numbers.
  private void doubts() {
    List<Case> cases = proof.benchmark().cases();
    long byModel =
        cases.stream()
            .filter(one -> one.origin() == Case.Origin.MODEL)
            .filter(one -> proof.benchmark().graderOf(one).needsGold())
            .count();
    if (byModel > 0) {
      page.warnings(
          List.of(
              "%d of %d golds are answers of a model that no person has looked at. Where it was the incumbent, this favours the incumbent."
                  .formatted(byModel, cases.size())));
    }
  }

  private static String kind(Verdict verdict) {
    return switch (verdict.outcome()) {
      case AS_GOOD -> "good";
      case WORSE -> "worse";
      case NOT_ENOUGH_EVIDENCE -> "open";
    };
  }

  private void verdict(Verdict verdict) {
    String word =
        switch (verdict.outcome()) {
          case AS_GOOD -> verdict.better() ? "Better" : "As good";
          case WORSE -> "Worse";
          case NOT_ENOUGH_EVIDENCE -> "Not enough evidence";
        };
    page.verdict(kind(verdict), word, verdict.sentence(), verdict.notes());
  }

  private void plot() {
    List<IntervalPlot.Row> rows = new ArrayList<>();
    for (Verdict verdict : proof.verdicts()) {
      rows.add(
          new IntervalPlot.Row(
              verdict.candidate(),
              verdict.comparison().difference(),
              verdict.comparison().interval(),
              kind(verdict)));
    }
    proof
        .verdicts()
        .getFirst()
        .control()
        .ifPresent(control ->
            rows.add(
                new IntervalPlot.Row(
                    proof.incumbent().name() + " against itself",
                    control.difference(),
                    control.interval(),
                    "control")));
    page.heading("Differences");
    page.plot(
        new IntervalPlot(rows, proof.settings().margin()),
        "Dots are the differences seen, bars their %s %% intervals. A candidate is as good where its whole bar lies to the right of the margin, worse where it lies wholly to the left."
            .formatted(Ruling.number(100 * proof.settings().confidence())));
  }

  private void contestants() {
    List<List<String>> rows = new ArrayList<>();
    for (Effort one : proof.efforts()) {
      rows.add(
          List.of(
              one.contestant(),
              Ruling.points(one.score()),
              one.failures() + " of " + one.answers(),
              money(one.cost()),
              one.costPerSuccess().isPresent()
                  ? money(one.costPerSuccess().getAsDouble())
                  : "none succeeded",
              one.completionTokens() == 0 ? "–" : decimal(one.tokensPerSecond()),
              seconds(one.firstMillis()),
              seconds(one.slowMillis()),
              one.sentRequests() == 0
                  ? "nothing"
                  : "%d requests, %s kB"
                      .formatted(one.sentRequests(), decimal(one.sentBytes() / 1e3))));
    }
    page.heading("Cost, speed, and what left the house");
    page.table(
        "A task succeeds with at least half the points. Times are as seen here.",
        List.of(
            "Contestant",
            "Score",
            "Failed",
            "Cost",
            "Per success",
            "Tokens/s",
            "First text",
            "95 of 100 within",
            "Left the house"),
        rows);
  }

  private void slices(Verdict verdict) {
    if (verdict.slices().isEmpty()) {
      return;
    }
    List<IntervalPlot.Row> rows = new ArrayList<>();
    List<List<String>> cells = new ArrayList<>();
    for (SliceFinding slice : verdict.slices()) {
      String kind =
          switch (slice.finding()) {
            case AS_GOOD -> "good";
            case WORSE -> "worse";
            case OPEN -> "open";
          };
      String word =
          switch (slice.finding()) {
            case AS_GOOD -> "as good";
            case WORSE -> "worse";
            case OPEN -> "open";
          };
      Comparison seen = slice.comparison();
      rows.add(new IntervalPlot.Row(slice.name(), seen.difference(), seen.interval(), kind));
      cells.add(
          List.of(
              slice.name(),
              Integer.toString(seen.cases()),
              Ruling.signed(seen.difference()),
              Ruling.signed(seen.interval().low()) + " to " + Ruling.signed(seen.interval().high()),
              probability(slice.asGoodAdjusted()),
              probability(slice.worseAdjusted()),
              word));
    }
    page.heading(verdict.candidate() + " by slice");
    page.plot(new IntervalPlot(rows, proof.settings().margin()), "");
    page.table(
        "Probabilities are corrected by Holm for the number of slices; intervals are not.",
        List.of("Slice", "Cases", "Difference", "Interval", "p as good", "p worse", "Finding"),
        cells);
  }

  private void judge(JudgeSummary judge) {
    page.heading("The judge: " + judge.judge());
    page.table(
        "How far it is to be trusted. Scores of a judged candidate are the share of comparisons it won (a tie is half); the incumbent's are a half.",
        List.of("", ""),
        List.of(
            List.of(
                "Agreement with people (Cohen's κ)",
                judge
                    .calibration()
                    .map(kappa ->
                        String.format(
                            Locale.ROOT, "%.2f on %d cases", kappa.kappa(), kappa.labels()))
                    .orElse("unknown")),
            List.of("Same answer in both orders", judge.consistent() + " of " + judge.pairs()),
            List.of("Turned to the first / to the second", judge.first() + " / " + judge.second()),
            List.of("Preferred the longer", judge.longer() + " of " + judge.unequal()),
            List.of("Unclear", Integer.toString(judge.unclear()))));
    if (!judge.warnings().isEmpty()) {
      page.warnings(judge.warnings());
    }
  }

  private void disagreements(Verdict verdict) {
    List<Disagreement> all = Disagreement.of(proof, verdict.candidate(), DISAGREEMENTS);
    page.heading("Where %s and %s differ".formatted(verdict.candidate(), verdict.incumbent()));
    if (all.isEmpty()) {
      page.paragraph("On no case.");
      return;
    }
    page.paragraph(
        "The %d most telling of the cases on which their scores differ, lost and won ones in turn."
            .formatted(all.size()));
    all.forEach(one -> page.disagreement(one, verdict.incumbent(), verdict.candidate()));
  }

  private void method() {
    ProofSettings settings = proof.settings();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "Benchmark",
            "%s, version %d".formatted(proof.benchmark().name(), proof.benchmark().version())));
    rows.add(List.of("Digest", proof.benchmark().digest()));
    rows.add(List.of("Grader", GraderJson.write(proof.benchmark().grader()).toString()));
    rows.add(List.of("Golds by people / by a model / none or unknown", origins()));
    for (Contestant one : proof.contestants()) {
      rows.add(
          List.of(
              one.name(),
              one.model() + (one.digest().isEmpty() ? " (no digest known)" : ", " + one.digest())));
    }
    rows.add(
        List.of(
            "Margin, fixed before the run", Ruling.number(100 * settings.margin()) + " points"));
    rows.add(List.of("Confidence", Ruling.number(100 * settings.confidence()) + " %"));
    rows.add(
        List.of(
            "Runs a case, temperature, seed",
            "%d, %s, %d".formatted(settings.runs(), settings.temperature(), settings.seed())));
    rows.add(List.of("Interval", proof.verdicts().getFirst().comparison().method()));
    rows.add(
        List.of(
            "Control",
            proof
                .verdicts()
                .getFirst()
                .control()
                .map(control ->
                    "the incumbent against itself: %s (%s to %s)"
                        .formatted(
                            Ruling.signed(control.difference()),
                            Ruling.signed(control.interval().low()),
                            Ruling.signed(control.interval().high())))
                .orElse("not run")));
    if (proof.verdicts().size() > 1) {
      rows.add(
          List.of(
              "Several candidates",
              "%d were tried. Holm's correction over all of them is in the verdicts: the chance that any is falsely called as good is at most %s %%, and that any is falsely called worse too"
                  .formatted(
                      proof.verdicts().size(),
                      Ruling.number(100 * (1 - settings.confidence()) / 2))));
      for (Verdict one : proof.verdicts()) {
        one.joint()
            .ifPresent(joint ->
                rows.add(
                    List.of(
                        one.candidate() + ", corrected",
                        "p as good %s, p worse %s"
                            .formatted(
                                probability(joint.asGoodAdjusted()),
                                probability(joint.worseAdjusted())))));
      }
    }
    fingerprints(rows);
    rows.add(List.of("Made with", "Freehold " + proof.version()));
    page.heading("How this was found");
    page.table(
        "Everything a sceptic needs; freehold verify recomputes it from the evidence pack.",
        List.of("", ""),
        rows);
  }

  /// What servers called the state of their machinery; more than one name means that something
  /// changed during the run.
  private void fingerprints(List<List<String>> rows) {
    for (Contestant one : proof.contestants()) {
      List<String> names =
          proof.attempts().stream()
              .filter(attempt -> attempt.contestant().replace(Attempt.AGAIN, "").equals(one.name()))
              .map(Attempt::fingerprint)
              .filter(name -> !name.isEmpty())
              .distinct()
              .sorted()
              .toList();
      if (!names.isEmpty()) {
        rows.add(List.of(one.name() + "'s fingerprint", String.join(", ", names)));
      }
    }
  }

  private String origins() {
    long people =
        proof.benchmark().cases().stream()
            .filter(one -> one.origin() == Case.Origin.PERSON)
            .count();
    long models =
        proof.benchmark().cases().stream().filter(one -> one.origin() == Case.Origin.MODEL).count();
    String givers =
        proof.benchmark().cases().stream()
            .filter(one -> !one.by().isEmpty())
            .collect(Collectors.groupingBy(Case::by, TreeMap::new, Collectors.counting()))
            .entrySet()
            .stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    return "%d / %d / %d%s"
        .formatted(
            people,
            models,
            proof.benchmark().cases().size() - people - models,
            givers.isEmpty() ? "" : " (" + givers + ")");
  }

  private static String money(double amount) {
    return amount == 0 ? "0" : String.format(Locale.ROOT, amount < 0.01 ? "%.6f" : "%.4f", amount);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String seconds(double millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / 1e3);
  }

  private static String probability(double p) {
    return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }
}
