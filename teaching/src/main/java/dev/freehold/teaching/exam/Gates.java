package dev.freehold.teaching.exam;

import dev.freehold.evaluation.statistics.Interval;
import dev.freehold.evaluation.statistics.PairedBinary;
import java.util.Locale;

/// The conditions under which an adapter is served without being ordered to.
///
/// What was taught is known in wordings that were not taught (80 % of four options), or answers
/// that were held out surprise less than before; what was not taught is known as before; what the
/// base knew is kept (95 %); a general text surprises it no more than 5 % beyond before.
final class Gates {

  private static final double TAUGHT = 0.80;
  private static final double RETENTION = 0.95;
  private static final double PERPLEXITY = 1.05;

  private Gates() {}

  static Gate taught(Standing adapter) {
    return new Gate(
        "taught",
        "taught facts in wordings that were not taught: at least 80 %",
        "%s of %d".formatted(percent(adapter.accuracy()), adapter.asked()),
        adapter.asked() == 0 ? Gate.Outcome.NOT_MEASURED : outcome(adapter.accuracy() >= TAUGHT));
  }

  static Gate answers(Comparison surprise) {
    return new Gate(
        "answers",
        "answers that were held out: less of a surprise than before (95 % interval below zero)",
        found(surprise, "nats a token"),
        surprise.measured() ? outcome(surprise.high() < 0) : Gate.Outcome.NOT_MEASURED);
  }

  static Gate preferences(Comparison margin, Comparison likelier) {
    return new Gate(
        "preferences",
        "pairs that were held out: the preferred answer gains on the other (95 % interval above"
            + " zero), and is the likelier one no less often",
        "%s; likelier in %s after %s"
            .formatted(
                found(margin, "nats"), percent(likelier.after()), percent(likelier.before())),
        margin.measured()
            ? outcome(margin.low() > 0 && likelier.after() >= likelier.before())
            : Gate.Outcome.NOT_MEASURED);
  }

  private static String found(Comparison one, String unit) {
    return one.measured()
        ? String.format(
            Locale.ROOT,
            "%.2f after %.2f %s, %+.2f (%+.2f to %+.2f) on %d of %d conversations",
            one.after(),
            one.before(),
            unit,
            one.difference(),
            one.low(),
            one.high(),
            one.cases(),
            one.conversations())
        : "%d of %d conversations, which is too few to tell"
            .formatted(one.cases(), one.conversations());
  }

  /// @param adapter whether each was right with the adapter
  /// @param base the same questions without it
  static Gate control(boolean[] adapter, boolean[] base) {
    String demand = "facts that were not taught: unchanged (the 95 % interval holds zero)";
    if (adapter.length == 0) {
      return new Gate("control", demand, "no such questions", Gate.Outcome.NOT_MEASURED);
    }
    PairedBinary pairs = PairedBinary.of(adapter, base);
    Interval interval = pairs.newcombe(0.95);
    return new Gate(
        "control",
        demand,
        String.format(
            Locale.ROOT,
            "%+.1f points (%+.1f to %+.1f) on %d",
            pairs.difference() * 100,
            interval.low() * 100,
            interval.high() * 100,
            adapter.length),
        outcome(interval.contains(0)));
  }

  static Gate retention(int still, int before) {
    return new Gate(
        "retention",
        "general knowledge of the base: at least 95 % kept",
        "%d of %d".formatted(still, before),
        before == 0 ? Gate.Outcome.NOT_MEASURED : outcome(still >= RETENTION * before));
  }

  static Gate perplexity(double base, double adapter) {
    return new Gate(
        "perplexity",
        "perplexity of a general text: at most 5 % higher",
        String.format(
            Locale.ROOT, "%.2f after %.2f, %+.1f %%", adapter, base, (adapter / base - 1) * 100),
        outcome(adapter <= PERPLEXITY * base));
  }

  private static Gate.Outcome outcome(boolean holds) {
    return holds ? Gate.Outcome.HELD : Gate.Outcome.MISSED;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
