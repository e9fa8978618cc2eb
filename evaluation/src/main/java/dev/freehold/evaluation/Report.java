package dev.freehold.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A proof as one HTML page that stands alone: no script, no font, no picture from elsewhere; light
/// and dark as the reader's machine is.
public final class Report {

  private static final int DISAGREEMENTS = 20;

  private final Proof proof;
  private final Html page = new Html();

  private Report(Proof proof) {
    this.proof = proof;
  }

  /// The page.
  public static String html(Proof proof) {
    return new Report(proof).write();
  }

  private String write() {
    page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">")
        .raw(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
        .element("title", "Proof: " + proof.benchmark().name())
        .raw("<style>" + style() + "</style></head><body><main>");
    page.raw("<header>")
        .element("p class=\"kind\"", "Proof")
        .element("h1", proof.benchmark().name())
        .element(
            "p class=\"when\"",
            "%s against %s · %d cases · %s"
                .formatted(
                    String.join(
                        ", ", proof.contestants().stream().skip(1).map(Contestant::name).toList()),
                    proof.incumbent().name(),
                    proof.benchmark().cases().size(),
                    proof.at().toString().substring(0, 16).replace('T', ' ') + " UTC"))
        .raw("</header>");
    proof.verdicts().forEach(this::verdict);
    plot();
    contestants();
    proof.verdicts().forEach(this::slices);
    proof.judge().ifPresent(this::judge);
    proof.verdicts().forEach(this::disagreements);
    method();
    return page.raw("</main></body></html>").toString();
  }

  private static String style() {
    try (InputStream in = Report.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    page.raw("<section class=\"verdict " + kind(verdict) + "\">")
        .element("p class=\"word\"", word)
        .element("p class=\"sentence\"", verdict.sentence());
    if (!verdict.notes().isEmpty()) {
      page.raw("<ul>");
      verdict.notes().forEach(note -> page.element("li", note));
      page.raw("</ul>");
    }
    page.raw("</section>");
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
    page.element("h2", "Differences")
        .raw("<figure>" + new IntervalPlot(rows, proof.settings().margin()).svg())
        .element(
            "figcaption",
            "Dots are the differences seen, bars their %s %% intervals. A candidate is as good where its whole bar lies to the right of the margin, worse where it lies wholly to the left."
                .formatted(Ruling.number(100 * proof.settings().confidence())))
        .raw("</figure>");
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
    page.element("h2", "Cost, speed, and what left the house")
        .table(
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
    page.element("h2", verdict.candidate() + " by slice")
        .raw("<figure>" + new IntervalPlot(rows, proof.settings().margin()).svg() + "</figure>")
        .table(
            "Probabilities are corrected by Holm for the number of slices; intervals are not.",
            List.of("Slice", "Cases", "Difference", "Interval", "p as good", "p worse", "Finding"),
            cells);
  }

  private void judge(JudgeSummary judge) {
    page.element("h2", "The judge: " + judge.judge())
        .table(
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
                List.of(
                    "Turned to the first / to the second", judge.first() + " / " + judge.second()),
                List.of("Preferred the longer", judge.longer() + " of " + judge.unequal()),
                List.of("Unclear", Integer.toString(judge.unclear()))));
    if (!judge.warnings().isEmpty()) {
      page.raw("<ul class=\"warnings\">");
      judge.warnings().forEach(warning -> page.element("li", warning));
      page.raw("</ul>");
    }
  }

  private void disagreements(Verdict verdict) {
    List<Disagreement> all = Disagreement.of(proof, verdict.candidate(), DISAGREEMENTS);
    page.element(
        "h2", "Where %s and %s differ".formatted(verdict.candidate(), verdict.incumbent()));
    if (all.isEmpty()) {
      page.element("p", "On no case.");
      return;
    }
    page.element(
        "p",
        "The %d most telling of the cases on which their scores differ, lost and won ones in turn."
            .formatted(all.size()));
    for (Disagreement one : all) {
      page.raw("<article>").element("h3", one.one().id());
      page.element("p class=\"question\"", one.one().asked());
      if (!one.one().golds().isEmpty()) {
        page.element(
            "p class=\"gold\"",
            "Right (%s): %s"
                .formatted(
                    switch (one.one().origin()) {
                      case PERSON -> "a person says";
                      case MODEL -> "a model says";
                      case UNKNOWN -> "unknown who says";
                    },
                    String.join(" · ", one.one().golds())));
      }
      page.raw("<div class=\"sides\">");
      side(
          verdict.incumbent(),
          one.incumbentScore(),
          one.incumbentAnswer(),
          one.incumbentScore() > one.candidateScore());
      side(
          verdict.candidate(),
          one.candidateScore(),
          one.candidateAnswer(),
          one.candidateScore() > one.incumbentScore());
      page.raw("</div></article>");
    }
  }

  private void side(String name, double score, String answer, boolean won) {
    page.raw("<div class=\"side" + (won ? " won" : "") + "\">")
        .element("h4", "%s · %s points".formatted(name, Ruling.points(score)))
        .element("pre", answer.length() > 1_500 ? answer.substring(0, 1_500) + "…" : answer)
        .raw("</div>");
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
              "%d were tried; the chance that at least one is falsely called as good is at most %s %%"
                  .formatted(
                      proof.verdicts().size(),
                      Ruling.number(
                          100 * proof.verdicts().size() * (1 - settings.confidence()) / 2))));
    }
    rows.add(List.of("Made with", "Freehold " + proof.version()));
    page.element("h2", "How this was found")
        .table(
            "Everything a sceptic needs; freehold verify recomputes it from the evidence pack.",
            List.of("", ""),
            rows);
  }

  private String origins() {
    long people =
        proof.benchmark().cases().stream()
            .filter(one -> one.origin() == Case.Origin.PERSON)
            .count();
    long models =
        proof.benchmark().cases().stream().filter(one -> one.origin() == Case.Origin.MODEL).count();
    return "%d / %d / %d"
        .formatted(people, models, proof.benchmark().cases().size() - people - models);
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
