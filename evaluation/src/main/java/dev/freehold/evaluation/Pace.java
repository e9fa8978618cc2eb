package dev.freehold.evaluation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How fast a run goes, and what it has cost. Safe for use by many threads.
final class Pace {

  private final int total;
  private final Consumer<TrialProgress> listener;
  private final Map<String, Price> prices = new HashMap<>();
  private final Map<String, Double> cost = new HashMap<>();
  private final long start = System.nanoTime();
  private final int before;
  private int done;
  private int failures;

  Pace(int total, List<Entrant> entrants, Journal journal, Consumer<TrialProgress> listener) {
    this.total = total;
    this.listener = listener;
    for (Entrant one : entrants) {
      prices.put(one.contestant().name(), one.contestant().price());
      cost.put(one.contestant().name(), 0.0);
    }
    journal.all().forEach(this::count);
    done += journal.judgements().size();
    before = done;
    tell();
  }

  private void count(Attempt attempt) {
    String name = attempt.contestant().replace(Attempt.AGAIN, "");
    cost.merge(name, prices.getOrDefault(name, Price.FREE).of(attempt), Double::sum);
    failures += attempt.failed() ? 1 : 0;
    done++;
  }

  synchronized void answered(Attempt attempt) {
    count(attempt);
    tell();
  }

  synchronized void judged() {
    done++;
    tell();
  }

  private void tell() {
    long nanos = System.nanoTime() - start;
    int here = done - before;
    Duration left =
        here == 0
            ? Duration.ZERO
            : Duration.ofNanos((long) ((double) nanos / here * (total - done)));
    listener.accept(new TrialProgress(done, total, left, Map.copyOf(cost), failures));
  }
}
