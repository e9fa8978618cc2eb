package dev.freehold.proving;

import dev.freehold.chat.Asking;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.evaluation.History;
import dev.freehold.workload.Workload;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Workloads that are looked at on a schedule, and sooner where something has changed: both sides
/// move, and a verdict ages.
///
/// For administrators. Safe for use by many threads, in several processes; looks at one workload
/// wait for each other in this one.
public final class Watches implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.freehold.proving");
  private static final Duration WARNING = Duration.ofDays(90);

  private final Proofs proofs;
  private final WatchTable table;
  private final Looking looking;
  private final Clock clock;
  private final Duration pause;
  private volatile Optional<Thread> thread = Optional.empty();

  private Watches(Proofs proofs, WatchTable table, Clock clock, Duration pause) {
    this.proofs = proofs;
    this.table = table;
    this.clock = clock;
    this.pause = pause;
    this.looking = new Looking(proofs, table, clock);
  }

  /// Watches on the same data folder as the proofs.
  public static Watches in(Database database, Proofs proofs) {
    return new Watches(proofs, new WatchTable(database), Clock.systemUTC(), Duration.ofMinutes(1));
  }

  /// With a clock and a pace of the tests.
  static Watches in(Database database, Proofs proofs, Clock clock) {
    return new Watches(proofs, new WatchTable(database), clock, Duration.ofMillis(20));
  }

  /// Watches a workload from now on, in place of how it was watched before.
  ///
  /// @param candidate who is held against the incumbent; empty: the candidate of its route
  /// @param how often, how closely, with whose golds, judge and documents
  /// @throws InvalidRequest where there is no candidate, or one with documents and none are named
  /// @throws NotFound where the asker may not read the documents
  public Watch watch(Principal asker, String workload, Optional<String> candidate, Way how) {
    Workload of = proofs.workloads().get(asker, workload);
    String target = Proofs.target(of);
    String who =
        candidate
            .or(() -> of.route().candidate().filter(one -> !one.equals(target)))
            .or(() -> Optional.of(of.route().incumbent()).filter(one -> !one.equals(target)))
            .orElseThrow(() ->
                new InvalidRequest(
                    "%s has no candidate; say who is to be held against %s."
                        .formatted(workload, target),
                    "candidate"));
    if (Contestants.grounded(who) == how.collections().isEmpty()) {
      throw new InvalidRequest(
          how.collections().isEmpty()
              ? "Name the collections that %s is given.".formatted(who)
              : "Collections are for a candidate called NAME+docs.",
          "collections");
    }
    // Said now if it is not there.
    proofs.models().model(Contestants.model(who), Asking.of(asker)).card();
    how.judge().ifPresent(one -> proofs.models().model(one, Asking.of(asker)).card());
    if (Contestants.grounded(who)) {
      proofs.preparation().documents(asker, how.collections());
    }
    Watch watch =
        new Watch(
            workload,
            who,
            how.every(),
            how.margin(),
            how.cases(),
            how.modelGolds(),
            how.judge(),
            how.collections(),
            clock.instant().plus(how.every()),
            "");
    table.put(watch, asker);
    return watch;
  }

  /// How a workload is watched.
  ///
  /// @param every how often
  /// @param margin how many score points worse still counts as as good
  /// @param cases how many new cases a look takes at most
  /// @param modelGolds whether golds that no person has looked at will do
  /// @param judge who compares answers, where a judge grades; empty: the house's
  /// @param collections what a candidate called `NAME+docs` is given
  public record Way(
      Duration every,
      double margin,
      int cases,
      boolean modelGolds,
      Optional<String> judge,
      Set<String> collections) {
    public Way {
      collections = Set.copyOf(collections);
    }

    /// With golds of people, no judge and no documents.
    public static Way of(Duration every, double margin, int cases) {
      return new Way(every, margin, cases, false, Optional.empty(), Set.of());
    }

    /// The same where golds of a model will do, or not.
    public Way withModelGolds(boolean value) {
      return new Way(every, margin, cases, value, judge, collections);
    }

    /// The same with a judge.
    public Way withJudge(Optional<String> value) {
      return new Way(every, margin, cases, modelGolds, value, collections);
    }

    /// The same with these documents.
    public Way withCollections(Set<String> value) {
      return new Way(every, margin, cases, modelGolds, judge, value);
    }
  }

  /// How a workload is watched, if it is.
  public Optional<Watch> of(Principal asker, String workload) {
    proofs.workloads().get(asker, workload);
    return table.find(workload).map(WatchTable.Entry::watch);
  }

  /// All that are watched.
  public List<Watch> all(Principal asker) {
    proofs.workloads().list(asker);
    return table.all().stream().map(WatchTable.Entry::watch).toList();
  }

  /// Watches a workload no more; what was seen stays.
  public void end(Principal asker, String workload) {
    proofs.workloads().get(asker, workload);
    table.remove(workload);
  }

  /// What was seen of a workload, the oldest first.
  public List<Look> looks(Principal asker, String workload) {
    proofs.workloads().get(asker, workload);
    return table.looks(workload).stream().map(WatchTable.Seen::look).toList();
  }

  /// What was seen, as a page that stands alone.
  public String report(Principal asker, String workload) {
    List<Look> looks = looks(asker, workload);
    if (looks.isEmpty()) {
      throw new NotFound("%s was not looked at yet.".formatted(workload));
    }
    double margin = table.find(workload).map(one -> one.watch().margin()).orElse(0.03);
    return History.html(workload, looks.stream().map(Watches::point).toList(), margin);
  }

  private static History.Point point(Look look) {
    return new History.Point(
        look.at(),
        look.incumbent(),
        look.candidate(),
        look.incumbentScore(),
        look.candidateScore(),
        look.low(),
        look.high(),
        look.conversations(),
        look.outcome(),
        look.drifted(),
        look.anew(),
        look.same(),
        look.reason(),
        look.note());
  }

  /// Looks at a workload now.
  ///
  /// @throws NotFound where it is not watched
  public Look look(Principal asker, String workload) {
    proofs.workloads().get(asker, workload);
    return look(asker, required(workload), "asked for");
  }

  private Watch required(String workload) {
    return table
        .find(workload)
        .map(WatchTable.Entry::watch)
        .orElseThrow(() ->
            new NotFound(
                "%s is not watched; `freehold watch %s --candidate NAME` watches it."
                    .formatted(workload, workload)));
  }

  private synchronized Look look(Principal asker, Watch watch, String reason) {
    try {
      return looking.look(asker, watch, reason);
    } catch (FreeholdException e) {
      // Tried again with the next round, an hour later at the latest.
      Duration soon = watch.every().dividedBy(10);
      table.next(
          watch.workload(),
          clock
              .instant()
              .plus(soon.compareTo(Duration.ofHours(1)) > 0 ? Duration.ofHours(1) : soon),
          e.getMessage());
      throw e;
    }
  }

  /// Days until a model's provider ends it, where that was announced and is near.
  public static Optional<String> ending(ModelCard card, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return card.shutdown()
        .filter(day -> !day.isAfter(today.plusDays(WARNING.toDays())))
        .map(day ->
            day.isBefore(today)
                ? "%s was to be shut down on %s.".formatted(card.name(), day)
                : "%s will be shut down on %s.".formatted(card.name(), day));
  }

  /// Looks by itself from now on: when it is time, and when a model became another.
  ///
  /// @param people who somebody is now, by id; what was set up by one who may not prove any more is
  ///   not looked at
  public void begin(Function<String, Optional<Principal>> people) {
    thread = Optional.of(Thread.ofVirtual().name("watch").start(() -> run(people)));
  }

  private void run(Function<String, Optional<Principal>> people) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        round(people);
      } catch (FreeholdException e) {
        LOG.log(System.Logger.Level.WARNING, () -> "Watching waits: " + e.getMessage());
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return; // Freehold stops.
      }
    }
  }

  private void round(Function<String, Optional<Principal>> people) {
    for (WatchTable.Entry entry : table.all()) {
      Watch watch = entry.watch();
      Optional<Principal> actor = people.apply(entry.actor()).filter(Principal::administrator);
      if (actor.isEmpty()) {
        continue;
      }
      try {
        boolean failed = !watch.problem().isEmpty();
        Optional<String> changed = failed ? Optional.empty() : looking.changed(actor.get(), watch);
        if (changed.isPresent()) {
          look(actor.get(), watch, changed.get());
        } else if (!clock.instant().isBefore(watch.due())) {
          look(actor.get(), watch, "its time");
        }
      } catch (FreeholdException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            () -> "%s could not be looked at: %s".formatted(watch.workload(), e.getMessage()));
      }
    }
  }

  /// Forgets what was seen of workloads that are no more.
  public void sweep(Principal asker) {
    List<String> are = proofs.workloads().list(asker).stream().map(Workload::name).toList();
    table.all().stream()
        .map(one -> one.watch().workload())
        .filter(one -> !are.contains(one))
        .forEach(table::forget);
  }

  @Override
  public void close() {
    thread.ifPresent(one -> {
      one.interrupt();
      try {
        one.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }
}
