package dev.freehold.evaluation;

import dev.freehold.evaluation.Verdict.Outcome;
import dev.freehold.evaluation.statistics.ConfidenceSequence;
import dev.freehold.evaluation.statistics.Interval;
import java.util.LinkedHashMap;
import java.util.Map;

/// A verdict that is looked at again and again as new cases come in, on a schedule or whenever
/// something changed: the chance that any of the looks is wrong is that of a single one.
///
/// Each conversation counts once, with its mean difference. The cases of one look must not come
/// again in the next. What was once decided stays decided only as long as the interval says so;
/// start anew after a change of the models themselves.
///
/// Used by one thread.
public final class Retests {

  private final ProofSettings settings;
  private final ConfidenceSequence sequence;

  /// @param settings margin, confidence and the least number of conversations
  public Retests(ProofSettings settings) {
    this.settings = settings;
    this.sequence = new ConfidenceSequence(settings.confidence());
  }

  /// Takes in the cases of one look.
  public void add(ScoreTable table, String candidate, String incumbent) {
    for (double difference : differences(table, candidate, incumbent)) {
      sequence.add(difference);
    }
  }

  /// Takes in a conversation of an earlier look again, by its mean difference, -1 to 1.
  public void add(double difference) {
    sequence.add(difference);
  }

  /// The mean difference of each conversation of a look, in the order of their first cases.
  ///
  /// @throws dev.freehold.chat.InvalidRequest where one of the two has no scores
  public static double[] differences(ScoreTable table, String candidate, String incumbent) {
    double[] one = table.means(candidate);
    double[] other = table.means(incumbent);
    Map<String, double[]> conversations = new LinkedHashMap<>();
    for (int i = 0; i < one.length; i++) {
      double[] sum =
          conversations.computeIfAbsent(table.conversations().get(i), _ -> new double[2]);
      sum[0] += one[i] - other[i];
      sum[1]++;
    }
    return conversations.values().stream().mapToDouble(sum -> sum[0] / sum[1]).toArray();
  }

  /// Conversations so far.
  public int conversations() {
    return sequence.count();
  }

  /// What the difference may be, at this look and every other.
  public Interval interval() {
    return sequence.interval();
  }

  /// What may be said now.
  public Outcome outcome() {
    Interval interval = interval();
    if (sequence.count() < settings.minimum()) {
      return Outcome.NOT_ENOUGH_EVIDENCE;
    }
    return interval.low() > -settings.margin()
        ? Outcome.AS_GOOD
        : interval.high() < -settings.margin() ? Outcome.WORSE : Outcome.NOT_ENOUGH_EVIDENCE;
  }
}
