package dev.freehold.workload;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What the looks at a candidate's quality came to since the route last changed, and the answers
/// that wait for the next one: a fair sample of all that came (Vitter 1985, algorithm R).
///
/// Used under the lock of [Watching].
final class Looks {

  private static final int WINDOW = 200;
  private static final int ENOUGH = 20;

  private final RandomGenerator random = RandomGenerator.getDefault();
  private final List<Sample> waiting = new ArrayList<>();
  private final Deque<Double> scores = new ArrayDeque<>();
  private long came;
  private Instant last = Instant.EPOCH;
  private String problem = "";

  void clear() {
    waiting.clear();
    scores.clear();
    came = 0;
    last = Instant.EPOCH;
    problem = "";
  }

  void sample(Sample one, int most) {
    came++;
    if (waiting.size() < most) {
      waiting.add(one);
    } else {
      long at = random.nextLong(came);
      if (at < most) {
        waiting.set((int) at, one);
      }
    }
  }

  void forget(String principal) {
    waiting.removeIf(one -> one.asking().principal().id().equals(principal));
  }

  /// The answers to look at now, where it is time.
  List<Sample> due(Instant now, Quality quality) {
    if (waiting.isEmpty() || now.isBefore(last.plus(quality.every()))) {
      return List.of();
    }
    List<Sample> due = List.copyOf(waiting);
    waiting.clear();
    came = 0;
    last = now;
    problem = "";
    return due;
  }

  void scored(double score) {
    scores.addLast(score);
    if (scores.size() > WINDOW) {
      scores.removeFirst();
    }
  }

  void failed(String why) {
    problem = why;
  }

  QualitySeen seen() {
    double sum = scores.stream().mapToDouble(Double::doubleValue).sum();
    int count = scores.size();
    return new QualitySeen(
        count,
        count == 0 ? 0 : sum / count,
        Wilson.low(sum, count),
        Wilson.high(sum, count),
        waiting.size(),
        problem);
  }

  /// Why the candidate's traffic should go back: even the upper end of the 95 % interval of its
  /// mean score is under what was asked for. Wilson's interval is for shares; scores between 0 and
  /// 1 vary less than a share of the same mean, so it is too long rather than too short.
  Optional<String> alarm(Quality quality) {
    QualitySeen now = seen();
    return now.graded() >= ENOUGH && now.high() < quality.least()
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "the candidate's last %d graded answers score %.2f against the incumbent's (at most %.2f with 95 %% confidence); asked for is %.2f",
                now.graded(),
                now.mean(),
                now.high(),
                quality.least()))
        : Optional.empty();
  }
}
