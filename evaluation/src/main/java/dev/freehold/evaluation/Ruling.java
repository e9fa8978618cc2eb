package dev.freehold.evaluation;

import dev.freehold.evaluation.Verdict.Outcome;
import dev.freehold.evaluation.statistics.Holm;
import dev.freehold.evaluation.statistics.Interval;
import dev.freehold.evaluation.statistics.Power;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/// Comes to a verdict from scores alone: the same scores and settings, the same verdict.
final class Ruling {

  /// Slices of fewer conversations are not looked at.
  private static final int SMALLEST_SLICE = 10;

  /// The incumbent differs from itself by more than chance where this is how likely chance is.
  private static final double UNSOUND = 0.01;

  /// Of so many failures expected, at least one is seen with 95 %.
  private static final double UNSEEN = 3;

  private static final String RARE =
      "By itself its interval would say as good; but failures that are total and so rare that none was among these cases could still make it worse by the margin.";

  private final ScoreTable table;
  private final ProofSettings settings;
  private final String incumbent;
  private final List<String> notes = new ArrayList<>();

  private final Optional<Verdict.Joint> joint;

  private Ruling(
      ScoreTable table, ProofSettings settings, String incumbent, Optional<Verdict.Joint> joint) {
    this.table = table;
    this.settings = settings;
    this.incumbent = incumbent;
    this.joint = joint;
  }

  /// The verdicts on candidates that were tried together: the chance that any of them is falsely
  /// called as good, and the chance that any is falsely called worse, are each at most that of a
  /// single one (Holm).
  static List<Verdict> all(
      ScoreTable table, ProofSettings settings, List<String> candidates, String incumbent) {
    int[] cases = table.where(_ -> true);
    List<Comparison> comparisons =
        candidates.stream()
            .map(one -> Comparison.of(table, cases, one, incumbent, settings))
            .toList();
    double[] asGood =
        Holm.adjust(comparisons.stream().mapToDouble(Comparison::nonInferiority).toArray());
    double[] worse =
        Holm.adjust(comparisons.stream().mapToDouble(Comparison::inferiority).toArray());
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      Optional<Verdict.Joint> joint =
          candidates.size() == 1
              ? Optional.empty()
              : Optional.of(
                  new Verdict.Joint(
                      candidates.size(),
                      Comparison.rounded(asGood[i]),
                      Comparison.rounded(worse[i])));
      verdicts.add(
          new Ruling(table, settings, incumbent, joint)
              .rule(candidates.get(i), comparisons.get(i)));
    }
    return verdicts;
  }

  private Verdict rule(String candidate, Comparison comparison) {
    int[] all = table.where(_ -> true);
    String again = incumbent + Attempt.AGAIN;
    Optional<Comparison> control =
        table.has(again)
            ? Optional.of(Comparison.of(table, all, again, incumbent, settings))
            : Optional.empty();
    Outcome outcome = outcome(comparison, control);
    boolean better =
        outcome == Outcome.AS_GOOD
            && comparison.interval().low() > 0
            && comparison.difference() > noise(control)
            && jointly(comparison.noDifference(), 1 - settings.confidence());
    if (outcome == Outcome.AS_GOOD && comparison.interval().high() < 0) {
      notes.add("The candidate is measurably lower, but by less than the margin.");
    }
    if (outcome == Outcome.NOT_ENOUGH_EVIDENCE && comparison.interval().high() < 0) {
      notes.add("The candidate is measurably lower; whether by more than the margin is open.");
    }
    OptionalInt more =
        outcome == Outcome.NOT_ENOUGH_EVIDENCE && mean(incumbent) > settings.margin()
            ? moreCases(comparison)
            : OptionalInt.empty();
    if (outcome == Outcome.NOT_ENOUGH_EVIDENCE && more.isEmpty() && notes.isEmpty()) {
      notes.add("The difference lies so near the margin that no sensible number of cases decides.");
    }
    List<SliceFinding> slices = slices(candidate);
    slices.stream()
        .filter(slice -> slice.finding() == SliceFinding.Finding.WORSE)
        .forEach(slice -> notes.add("Worse than the margin on %s.".formatted(slice.name())));
    double candidateScore = mean(candidate);
    double incumbentScore = mean(incumbent);
    return new Verdict(
        candidate,
        incumbent,
        outcome,
        better,
        candidateScore,
        incumbentScore,
        comparison,
        control,
        more,
        slices,
        joint,
        notes,
        sentence(candidate, outcome, better, candidateScore, incumbentScore, comparison, more));
  }

  private double mean(String contestant) {
    return Comparison.rounded(
        java.util.Arrays.stream(table.means(contestant)).average().orElseThrow());
  }

  private Outcome outcome(Comparison comparison, Optional<Comparison> control) {
    if (comparison.clusters() < settings.minimum()) {
      notes.add(
          "%d independent cases are fewer than the %d below which no verdict is given."
              .formatted(comparison.clusters(), settings.minimum()));
      return Outcome.NOT_ENOUGH_EVIDENCE;
    }
    if (control.isPresent() && control.get().noDifference() < UNSOUND) {
      notes.add(
          "The incumbent, asked twice, differs from itself by more than chance: something changed during the run.");
      return Outcome.NOT_ENOUGH_EVIDENCE;
    }
    Interval interval = comparison.interval();
    // A trial that could not have found a useless candidate worse shows nothing (ICH E10, 1.5).
    if (mean(incumbent) <= settings.margin() && interval.low() <= settings.margin()) {
      notes.add(
          "The incumbent itself scores no more than the margin: one that is never right would count as as good. Take cases that it can answer, or a smaller margin.");
      return Outcome.NOT_ENOUGH_EVIDENCE;
    }
    double level = (1 - settings.confidence()) / 2;
    if (interval.low() > -settings.margin()) {
      if (comparison.method().equals(Comparison.BOOTSTRAP)
          && comparison.nonInferiority() >= level) {
        notes.add(RARE);
        return Outcome.NOT_ENOUGH_EVIDENCE;
      }
      if (joint.isEmpty() || joint.get().asGoodAdjusted() < level) {
        return Outcome.AS_GOOD;
      }
      notes.add(together("as good", joint.get().asGoodAdjusted(), level));
      return Outcome.NOT_ENOUGH_EVIDENCE;
    }
    if (interval.high() < -settings.margin()) {
      if (-comparison.difference() > noise(control)) {
        if (joint.isEmpty() || joint.get().worseAdjusted() < level) {
          return Outcome.WORSE;
        }
        notes.add(together("worse", joint.get().worseAdjusted(), level));
        return Outcome.NOT_ENOUGH_EVIDENCE;
      }
      notes.add("The difference is no larger than the incumbent's from itself.");
    }
    return Outcome.NOT_ENOUGH_EVIDENCE;
  }

  private String together(String what, double adjusted, double level) {
    return String.format(
        Locale.ROOT,
        "By itself its interval would say %s; with %d candidates tried together that is not sure enough (p = %.4f after Holm's correction, %.4f would do).",
        what,
        joint.map(Verdict.Joint::candidates).orElse(1),
        adjusted,
        level);
  }

  /// Whether a finding beside the two that Holm corrects holds for all candidates at once.
  private boolean jointly(double probability, double level) {
    return joint.isEmpty() || probability * joint.get().candidates() < level;
  }

  /// How far the incumbent may differ from itself.
  private static double noise(Optional<Comparison> control) {
    return control
        .map(Comparison::interval)
        .map(interval -> Math.max(Math.abs(interval.low()), Math.abs(interval.high())))
        .orElse(0.0);
  }

  private OptionalInt moreCases(Comparison seen) {
    double toMargin = seen.difference() + settings.margin();
    int needed;
    if (seen.method().equals(Comparison.TANGO) && toMargin > 0) {
      // One more on each side, so that cases on which nobody differed do not promise too much.
      double discordance = (seen.cases() * discordance(seen) + 1) / (seen.cases() + 2.0);
      needed =
          Power.casesForBinary(
              settings.power(),
              settings.margin(),
              seen.difference(),
              Math.max(discordance, Math.abs(seen.difference())),
              settings.confidence());
    } else {
      double deviation =
          Math.max(seen.standardError() * Math.sqrt(seen.clusters()), 1.0 / seen.clusters());
      needed =
          Power.casesForGraded(
              settings.power(), 0, Math.abs(toMargin), deviation, settings.confidence());
    }
    if (seen.method().equals(Comparison.BOOTSTRAP) && toMargin > 0) {
      needed = Math.max(needed, (int) Math.min(1e9, Math.ceil(UNSEEN / toMargin)));
    }
    return needed > 1_000_000
        ? OptionalInt.empty()
        : OptionalInt.of(
            Math.max(Math.max(1, settings.minimum() - seen.clusters()), needed - seen.clusters()));
  }

  /// From the standard error, whose square is (discordance − difference²)/(n − 1).
  private static double discordance(Comparison seen) {
    double variance = seen.standardError() * seen.standardError() * (seen.cases() - 1);
    return Math.min(1, variance + seen.difference() * seen.difference());
  }

  private List<SliceFinding> slices(String candidate) {
    TreeSet<String> names = new TreeSet<>();
    for (Map<String, String> one : table.slices()) {
      one.forEach((key, value) -> names.add(key + " = " + value));
    }
    List<String> kept = new ArrayList<>();
    List<Comparison> comparisons = new ArrayList<>();
    for (String name : names) {
      int[] which =
          table.where(i ->
              table.slices().get(i).entrySet().stream()
                  .anyMatch(entry -> (entry.getKey() + " = " + entry.getValue()).equals(name)));
      Comparison one = Comparison.of(table, which, candidate, incumbent, settings);
      if (one.clusters() >= SMALLEST_SLICE) {
        kept.add(name);
        comparisons.add(one);
      }
    }
    double[] asGood =
        Holm.adjust(comparisons.stream().mapToDouble(Comparison::nonInferiority).toArray());
    double[] worse =
        Holm.adjust(comparisons.stream().mapToDouble(Comparison::inferiority).toArray());
    double level = (1 - settings.confidence()) / 2;
    List<SliceFinding> findings = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      SliceFinding.Finding finding =
          worse[i] < level
              ? SliceFinding.Finding.WORSE
              : asGood[i] < level ? SliceFinding.Finding.AS_GOOD : SliceFinding.Finding.OPEN;
      findings.add(
          new SliceFinding(
              kept.get(i),
              comparisons.get(i),
              Comparison.rounded(worse[i]),
              Comparison.rounded(asGood[i]),
              finding));
    }
    return findings;
  }

  private String sentence(
      String candidate,
      Outcome outcome,
      boolean better,
      double candidateScore,
      double incumbentScore,
      Comparison comparison,
      OptionalInt more) {
    String found =
        "%s against %s of 100 points on %d cases, a difference of %s (%s %% interval %s to %s), with a margin of %s"
            .formatted(
                points(candidateScore),
                points(incumbentScore),
                comparison.cases(),
                signed(comparison.difference()),
                number(100 * settings.confidence()),
                signed(comparison.interval().low()),
                signed(comparison.interval().high()),
                number(100 * settings.margin()));
    return switch (outcome) {
      case AS_GOOD ->
          "%s is %s %s: %s."
              .formatted(candidate, better ? "better than" : "as good as", incumbent, found);
      case WORSE ->
          "%s is worse than %s; stay with %s: %s."
              .formatted(candidate, incumbent, incumbent, found);
      case NOT_ENOUGH_EVIDENCE ->
          "There is not enough evidence whether %s is as good as %s: %s.%s"
              .formatted(
                  candidate,
                  incumbent,
                  found,
                  more.isPresent()
                      ? " About %d more independent cases would decide.".formatted(more.getAsInt())
                      : "");
    };
  }

  static String points(double score) {
    return String.format(Locale.ROOT, "%.1f", 100 * score);
  }

  static String signed(double difference) {
    return String.format(Locale.ROOT, "%+.1f", 100 * difference).replace('-', '−');
  }

  static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
