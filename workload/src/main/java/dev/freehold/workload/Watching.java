package dev.freehold.workload;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What one workload's models did lately, since its route last changed.
///
/// Safe for use by many threads at once.
final class Watching {

  private static final int WINDOW = 200;
  private static final int RECENT = 50;
  private static final int ENOUGH = 20;

  private final Map<Part, Deque<Exchange>> windows = new EnumMap<>(Part.class);
  private final Deque<Exchange> recent = new ArrayDeque<>();
  private final Looks looks = new Looks();
  private long generation = -1;
  private long dropped;

  /// Takes an exchange in; one of an earlier route is passed over, a later route begins anew.
  synchronized void see(Exchange exchange, long routeGeneration) {
    begin(routeGeneration);
    if (routeGeneration < generation) {
      return;
    }
    recent.addFirst(exchange);
    if (recent.size() > RECENT) {
      recent.removeLast();
    }
    if (exchange.outcome() != Exchange.Outcome.LEFT) {
      Deque<Exchange> window = windows.computeIfAbsent(exchange.part(), _ -> new ArrayDeque<>());
      window.addLast(exchange);
      if (window.size() > WINDOW) {
        window.removeFirst();
      }
    }
  }

  synchronized void begin(long routeGeneration) {
    if (routeGeneration > generation) {
      generation = routeGeneration;
      windows.clear();
      recent.clear();
      dropped = 0;
      looks.clear();
    }
  }

  /// Keeps an answer for the next look at quality, unless its route has changed.
  synchronized void sample(Sample one, long routeGeneration, int most) {
    begin(routeGeneration);
    if (routeGeneration == generation) {
      looks.sample(one, most);
    }
  }

  /// The answers to look at now, where it is time.
  synchronized List<Sample> due(Instant now, Quality quality, long routeGeneration) {
    begin(routeGeneration);
    return looks.due(now, quality);
  }

  /// Takes a score in, unless its route has changed.
  synchronized void scored(double score, long routeGeneration) {
    if (routeGeneration == generation) {
      looks.scored(score);
    }
  }

  /// Why a look could not grade.
  synchronized void unscored(String why, long routeGeneration) {
    if (routeGeneration == generation) {
      looks.failed(why);
    }
  }

  /// What the looks at quality came to.
  synchronized QualitySeen quality() {
    return looks.seen();
  }

  /// Why the candidate's quality leads its traffic back, if it does.
  synchronized Optional<String> alarm(Quality quality) {
    return looks.alarm(quality);
  }

  synchronized void drop() {
    dropped++;
  }

  /// Shadow requests that were left out, since too many ran already.
  synchronized long dropped() {
    return dropped;
  }

  /// The newest exchanges, the newest first.
  synchronized List<Exchange> recent() {
    return List.copyOf(recent);
  }

  synchronized void erase(String principal) {
    recent.removeIf(one -> one.principal().equals(principal));
    windows.values().forEach(window -> window.removeIf(one -> one.principal().equals(principal)));
    looks.forget(principal);
  }

  synchronized List<Figures> figures() {
    List<Figures> all = new ArrayList<>();
    windows.forEach((part, window) -> all.add(figures(part, window)));
    return all;
  }

  private static Figures figures(Part part, Deque<Exchange> window) {
    int failed = 0;
    int invalid = 0;
    int refused = 0;
    double cost = 0;
    List<Duration> times = new ArrayList<>();
    for (Exchange one : window) {
      cost += one.cost();
      if (one.outcome() == Exchange.Outcome.FAILED) {
        failed++;
      } else {
        invalid += one.valid() ? 0 : 1;
        refused += one.refused() ? 1 : 0;
        times.add(one.took());
      }
    }
    times.sort(null);
    return new Figures(
        part, window.size(), failed, invalid, refused, at(times, 0.5), at(times, 0.95), cost);
  }

  private static Duration at(List<Duration> sorted, double share) {
    return sorted.isEmpty()
        ? Duration.ZERO
        : sorted.get(Math.min(sorted.size() - 1, (int) Math.ceil(share * sorted.size()) - 1));
  }

  /// Why the candidate's traffic should go back to the incumbent, if it should: a share is too high
  /// where even the lower end of its 95 % interval is over the limit.
  synchronized Optional<String> alarm(Guards guards) {
    Deque<Exchange> window = windows.get(Part.CANDIDATE);
    if (window == null) {
      return Optional.empty();
    }
    Figures seen = figures(Part.CANDIDATE, window);
    int answered = seen.count() - seen.failed();
    return over("failed", seen.failed(), seen.count(), guards.errors())
        .or(() -> over("had not the form expected", seen.invalid(), answered, guards.invalid()))
        .or(() -> over("looked like refusals", seen.refused(), answered, guards.refusals()))
        .or(() ->
            answered >= ENOUGH && seen.most().compareTo(guards.latency()) > 0
                ? Optional.of(
                    "one of twenty of the candidate's last %d answers took longer than %d ms; allowed are %d ms"
                        .formatted(
                            answered, seen.most().toMillis() - 1, guards.latency().toMillis()))
                : Optional.empty());
  }

  private static Optional<String> over(String what, int hits, int of, double limit) {
    double low = Wilson.low(hits, of);
    return hits >= 3 && low > limit
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%d of the candidate's last %d answers %s (%.0f %%, at least %.0f %% with 95 %% confidence); allowed are %.0f %%",
                hits,
                of,
                what,
                100.0 * hits / of,
                100 * low,
                100 * limit))
        : Optional.empty();
  }
}
