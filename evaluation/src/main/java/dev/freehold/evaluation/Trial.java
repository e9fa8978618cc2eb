package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// One run of a benchmark over an incumbent and its candidates.
///
/// Each case is asked of all before the next, so that what changes over time changes for all. What
/// was answered is in the journal and never asked again. An answer that cannot be had is a failure
/// that counts, not a case that is dropped.
public final class Trial {

  private final Benchmark benchmark;
  private final ProofSettings settings;
  private final List<Entrant> entrants;
  private final Optional<Judge> judge;
  private final int parallel;

  /// @param entrants the incumbent first, then its candidates
  /// @param judge needed where a case is graded by one
  /// @param parallel how many cases are asked at once
  public Trial(
      Benchmark benchmark,
      ProofSettings settings,
      List<Entrant> entrants,
      Optional<Judge> judge,
      int parallel) {
    this.benchmark = benchmark;
    this.settings = settings;
    this.entrants = List.copyOf(entrants);
    this.judge = judge;
    this.parallel = parallel;
    check();
  }

  private void check() {
    if (entrants.size() < 2) {
      throw new InvalidRequest("A proof needs an incumbent and a candidate.", "candidate");
    }
    Set<String> names = new HashSet<>();
    for (Entrant one : entrants) {
      if (!names.add(one.contestant().name())) {
        throw new InvalidRequest(
            "Two contestants are called %s.".formatted(one.contestant().name()), "candidate");
      }
    }
    for (Case one : benchmark.cases()) {
      Grader grader = benchmark.graderOf(one);
      if (grader instanceof Grader.Judge && judge.isEmpty()) {
        throw new InvalidRequest(
            "Case %s is graded by a judge, and none is named.".formatted(one.id()), "judge");
      }
      if (grader.needsGold() && one.golds().isEmpty()) {
        throw new InvalidRequest(
            "Case %s has no gold, and its grader needs one.".formatted(one.id()), "golds");
      }
      if (grader instanceof Grader.Likelihood && one.choices().isEmpty()) {
        throw new InvalidRequest(
            "Case %s is graded by likelihood and has no options.".formatted(one.id()), "grader");
      }
      if (!(grader instanceof Grader.Likelihood) && one.messages().isEmpty()) {
        throw new InvalidRequest(
            "Case %s has options only; grade it by likelihood.".formatted(one.id()), "grader");
      }
    }
  }

  /// What the journal must be about to go on with.
  public String terms() {
    StringBuilder terms =
        new StringBuilder(benchmark.digest()).append('\n').append(ProofJson.write(settings));
    entrants.forEach(one ->
        terms
            .append('\n')
            .append(one.contestant().name())
            .append(' ')
            .append(one.contestant().model())
            .append(' ')
            .append(one.contestant().digest()));
    judge.ifPresent(one -> terms.append("\njudge ").append(one.name()).append(one.digest()));
    return terms.toString();
  }

  /// One question to one contestant.
  private record Asking(Entrant entrant, String name, Case one, int run, long seed) {
    String key() {
      return Attempt.key(name, one.id(), run);
    }
  }

  private List<Asking> askings(Case one) {
    List<Asking> askings = new ArrayList<>();
    for (int run = 0; run < settings.runs(); run++) {
      for (Entrant entrant : entrants) {
        askings.add(
            new Asking(entrant, entrant.contestant().name(), one, run, settings.seed() + run));
      }
      if (settings.control()) {
        Entrant incumbent = entrants.getFirst();
        // Another seed: the same one would only show that the program repeats itself.
        askings.add(
            new Asking(
                incumbent,
                incumbent.contestant().name() + Attempt.AGAIN,
                one,
                run,
                settings.seed() + 1_000_000 + run));
      }
    }
    return askings;
  }

  /// Asks what has not been asked, judges, grades, and puts the proof together.
  ///
  /// @throws Unavailable where the run was interrupted, or a grader's own program fails
  public Proof run(
      Journal journal,
      Grading grading,
      Labels labels,
      String version,
      Consumer<TrialProgress> progress) {
    List<Case> cases = benchmark.cases();
    int judged = (int) cases.stream().filter(this::judged).count();
    int asked = cases.isEmpty() ? 0 : askings(cases.getFirst()).size();
    int total = cases.size() * asked + judged * 2 * (entrants.size() - 1) * settings.runs();
    Pace pace = new Pace(total, entrants, journal, progress);
    Semaphore places = new Semaphore(parallel);
    AtomicInteger inARow = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      try {
        for (Case one : cases) {
          places.acquire();
          running.removeIf(Trial::completed);
          running.add(
              threads.submit(() -> {
                try {
                  ask(one, journal, pace, inARow);
                  judge(one, journal, pace);
                } finally {
                  places.release();
                }
              }));
        }
        for (Future<?> future : running) {
          future.get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("The run was interrupted; started again, it goes on.", e);
      } catch (ExecutionException e) {
        throw thrown(e);
      } finally {
        threads.shutdownNow();
      }
    }
    return Proof.of(
        benchmark,
        settings,
        entrants.stream().map(Entrant::contestant).toList(),
        journal.all(),
        List.copyOf(journal.judgements().values()),
        judge,
        labels,
        grading,
        version,
        Instant.now());
  }

  private static boolean completed(Future<?> future) {
    return switch (future.state()) {
      case RUNNING -> false;
      case SUCCESS -> true;
      case FAILED, CANCELLED -> throw thrown(new ExecutionException(future.exceptionNow()));
    };
  }

  private static RuntimeException thrown(ExecutionException failure) {
    return failure.getCause() instanceof RuntimeException cause
        ? cause
        : new IllegalStateException(failure.getCause());
  }

  private boolean judged(Case one) {
    return benchmark.graderOf(one) instanceof Grader.Judge;
  }

  /// After so many failures without one answer between them, something is broken that no verdict
  /// should rest on.
  private static final int HOPELESS = 20;

  private void ask(Case one, Journal journal, Pace pace, AtomicInteger inARow) {
    Map<String, Attempt> known = journal.attempts();
    for (Asking asking : askings(one)) {
      if (known.containsKey(asking.key())) {
        continue;
      }
      Attempt attempt =
          new Answerer(settings)
              .ask(
                  asking.entrant().model(),
                  asking.name(),
                  one,
                  benchmark.graderOf(one),
                  asking.run(),
                  asking.seed());
      if (Thread.currentThread().isInterrupted()) {
        throw new Unavailable("The run was interrupted; started again, it goes on.");
      }
      if (attempt.failed()) {
        if (inARow.incrementAndGet() >= HOPELESS) {
          throw new Unavailable(
              "%d questions in a row failed, the last one to %s: %s"
                  .formatted(HOPELESS, asking.name(), attempt.error()));
        }
      } else {
        inARow.set(0);
      }
      journal.add(attempt);
      pace.answered(attempt);
    }
  }

  private void judge(Case one, Journal journal, Pace pace) {
    if (!(benchmark.graderOf(one) instanceof Grader.Judge(String rubric))) {
      return;
    }
    Judge by = judge.orElseThrow();
    Map<String, Attempt> answers = journal.attempts();
    Map<String, Judgement> known = journal.judgements();
    String incumbent = entrants.getFirst().contestant().name();
    for (Entrant candidate : entrants.subList(1, entrants.size())) {
      String name = candidate.contestant().name();
      for (int run = 0; run < settings.runs(); run++) {
        Attempt answer = Objects.requireNonNull(answers.get(Attempt.key(name, one.id(), run)));
        Attempt other = Objects.requireNonNull(answers.get(Attempt.key(incumbent, one.id(), run)));
        for (boolean first : new boolean[] {true, false}) {
          if (!known.containsKey(Judgement.key(name, one.id(), run, first))) {
            journal.add(by.judge(one, rubric, name, run, answer.text(), other.text(), first));
            pace.judged();
          }
        }
      }
    }
  }
}
