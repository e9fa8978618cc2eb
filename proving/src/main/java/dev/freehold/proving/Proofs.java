package dev.freehold.proving;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.Journal;
import dev.freehold.evaluation.Labels;
import dev.freehold.evaluation.Plan;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.Seals;
import dev.freehold.evaluation.Trial;
import dev.freehold.evaluation.TrialProgress;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import dev.freehold.workload.Stage;
import dev.freehold.workload.Workload;
import dev.freehold.workload.Workloads;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Proofs of workloads: planned, run, gone on with after the process was killed, and recorded.
///
/// For administrators; what was found with documents is shown to whoever began the proof and to
/// nobody else, since answers may say what the documents say. Safe for use by many threads; another
/// process may run proofs on the same data folder at the same time.
public final class Proofs {

  private final Workloads workloads;
  private final ChatModels models;
  private final Benchmarks benchmarks;
  private final Verdicts verdicts;
  private final ProofTable table;
  private final Preparation preparation;
  private final ProofFolders folders;
  private final String version;
  private final Supplier<Optional<Embedder>> embedder;

  private Proofs(
      Database database,
      Workloads workloads,
      ChatModels models,
      Seals seals,
      Path home,
      String version,
      BiFunction<Principal, Set<String>, Grounds> library,
      Supplier<Optional<Embedder>> embedder,
      Optional<PinnedJudge> judge) {
    Clock clock = Clock.systemUTC();
    this.workloads = workloads;
    this.models = models;
    this.preparation = new Preparation(models, seals, library, judge);
    this.folders = new ProofFolders(home);
    this.version = version;
    this.embedder = embedder;
    this.benchmarks = new Benchmarks(database, workloads, seals, clock);
    this.verdicts = Verdicts.in(database);
    this.table = new ProofTable(database, verdicts, clock);
  }

  /// Proofs on a data folder. Erasing a person's exchanges reaches them from now on.
  ///
  /// @param models the models themselves, not the workloads in front of them
  /// @param seals where questions are sealed
  /// @param home the data folder
  /// @param version of this program
  /// @param library gives documents to contestants, for a person and the collections they name
  /// @param embedder for graders that compare meaning; asked for only where one does
  public static Proofs in(
      Database database,
      Workloads workloads,
      ChatModels models,
      Seals seals,
      Path home,
      String version,
      BiFunction<Principal, Set<String>, Grounds> library,
      Supplier<Optional<Embedder>> embedder) {
    return in(
        database, workloads, models, seals, home, version, library, embedder, Optional.empty());
  }

  /// The same with the judge that compares answers where nobody names one.
  ///
  /// @param judge pinned by its digest, so that the ruler does not move; empty: each proof names
  ///   one
  public static Proofs in(
      Database database,
      Workloads workloads,
      ChatModels models,
      Seals seals,
      Path home,
      String version,
      BiFunction<Principal, Set<String>, Grounds> library,
      Supplier<Optional<Embedder>> embedder,
      Optional<PinnedJudge> judge) {
    Proofs proofs =
        new Proofs(database, workloads, models, seals, home, version, library, embedder, judge);
    workloads.alsoErase(proofs::erase);
    workloads.restOn(
        (workload, candidate, id) -> proofs.verdicts.require(id, workload, candidate).id());
    return proofs;
  }

  /// The benchmarks.
  public Benchmarks benchmarks() {
    return benchmarks;
  }

  /// The verdicts.
  public Verdicts verdicts() {
    return verdicts;
  }

  /// The workload itself.
  ///
  /// @throws NotFound where there is none of that name, or the asker is no administrator
  public Workload workload(Principal asker, String name) {
    return workloads.get(asker, name);
  }

  /// What is said before anything runs.
  ///
  /// @param incumbent who answers the workload now
  /// @param plan how many cases the margin needs
  /// @param settings under which
  /// @param questions how many questions will be asked in all
  /// @param modelGolds how many golds no person has looked at
  public record Outlook(
      String incumbent,
      Plan plan,
      dev.freehold.evaluation.ProofSettings settings,
      int questions,
      int modelGolds) {
    /// In words.
    public String sentence() {
      return plan.sentence(settings);
    }
  }

  /// Who answers a workload now.
  public static String target(Workload workload) {
    return workload.route().stage() == Stage.FULL
        ? workload.route().candidate().orElseThrow()
        : workload.route().incumbent();
  }

  /// Says before anything runs how many cases the margin needs and what will be asked.
  public Outlook outlook(Principal asker, String workload, Terms terms, Optional<Double> assumed) {
    Workload of = workloads.get(asker, workload);
    DrawnBenchmark drawn = drawn(asker, workload);
    Benchmark used = benchmarks.usable(drawn, terms.modelGolds());
    int candidates = terms.candidates().size();
    Plan plan =
        assumed.isPresent()
            ? Plan.of(used, terms.settings(), assumed.get(), candidates)
            : Plan.of(used, terms.settings(), candidates);
    int each = 1 + candidates + (terms.settings().control() ? 1 : 0);
    return new Outlook(
        target(of),
        plan,
        terms.settings(),
        used.cases().size() * each * terms.settings().runs(),
        (int)
            used.cases().stream()
                .filter(one -> used.graderOf(one).needsGold())
                .filter(one -> one.origin() == dev.freehold.evaluation.Case.Origin.MODEL)
                .count());
  }

  private DrawnBenchmark drawn(Principal asker, String workload) {
    return benchmarks
        .current(asker, workload)
        .orElseThrow(() ->
            new Conflict(
                "No benchmark was drawn from %s yet; draw one first.".formatted(workload)));
  }

  /// A proof that is ready to run.
  ///
  /// @param id names it: the same benchmark, terms and models have the same
  /// @param drawn the id of the benchmark that was drawn
  /// @param benchmark the cases that are asked
  public record Ready(String id, String drawn, Trial trial, Benchmark benchmark) {}

  /// Puts a proof together: freezes and seals the benchmark, opens the contestants, and refuses
  /// what would spoil it.
  ///
  /// @param grounds documents for contestants called `NAME+docs`; empty: the collections of the
  ///   terms
  /// @throws Conflict where a prompt or a document holds a sealed case, naming it
  public Ready ready(Principal asker, String workload, Terms terms, Optional<Grounds> grounds) {
    Workload of = workloads.get(asker, workload);
    DrawnBenchmark drawn = drawn(asker, workload);
    return ready(asker, of, drawn, terms, grounds);
  }

  private Ready ready(
      Principal asker,
      Workload workload,
      DrawnBenchmark drawn,
      Terms terms,
      Optional<Grounds> grounds) {
    Benchmark used = benchmarks.usable(drawn, terms.modelGolds());
    benchmarks.freeze(drawn, used);
    Trial trial = preparation.trial(asker, workload, used, terms, grounds);
    return new Ready("p-" + digest(trial), drawn.id(), trial, used);
  }

  private static String digest(Trial trial) {
    return CapturedCases.digest(trial.terms()).substring(0, 10);
  }

  /// Writes down that a proof runs; from now on it is found by its id.
  ///
  /// @param place `up` where the server runs it and goes on with it after a restart
  void begin(Principal asker, Ready ready, Terms terms, String place) {
    if (table
        .find(ready.id())
        .filter(one ->
            one.run().state() == ProofRun.State.RUNNING
                && one.place().equals("up")
                && place.equals("up"))
        .isPresent()) {
      throw new Conflict("This proof runs already (%s).".formatted(ready.id()));
    }
    table.begin(
        ready.id(), benchmarks.find(ready.drawn()), asker, terms, folders.of(ready.id()), place);
  }

  /// Runs a proof to its verdicts, in this thread.
  ///
  /// @param listener hears of every answer
  /// @return the proof, recorded
  public Proof run(Principal asker, Ready ready, Terms terms, Consumer<TrialProgress> listener) {
    try (Hold _ = Hold.of(folders.of(ready.id()))) {
      begin(asker, ready, terms, ProofTable.COMMAND);
      return run(ready, listener);
    }
  }

  Proof run(Ready ready, Consumer<TrialProgress> listener) {
    try {
      Proof proof = answered(ready, listener, progress -> table.progress(ready.id(), progress));
      folders.write(ready.id(), proof);
      verdicts.record(ready.id(), ready.benchmark().name(), proof);
      if (!table.end(ready.id(), ProofRun.State.DONE, "")) {
        cleared(ready);
        throw new Conflict("This proof was stopped.");
      }
      return proof;
    } catch (FreeholdException e) {
      // Where the program ends, it still runs, and goes on with the next one.
      if (!Thread.currentThread().isInterrupted()) {
        table.end(ready.id(), ProofRun.State.FAILED, e.getMessage());
      }
      throw e;
    }
  }

  /// Asks a few cases without recording a verdict; what was said is forgotten when this returns. A
  /// glance that was broken off goes on.
  Proof glance(Principal asker, Workload workload, Benchmark benchmark, Terms terms) {
    Trial trial = preparation.trial(asker, workload, benchmark, terms, Optional.empty());
    Ready ready = new Ready("look-" + digest(trial), "", trial, benchmark);
    Proof proof = answered(ready, _ -> {}, _ -> true);
    folders.delete(folders.of(ready.id()));
    return proof;
  }

  /// @param goesOn hears of every answer, and says whether the next may be asked
  private Proof answered(
      Ready ready, Consumer<TrialProgress> listener, Predicate<TrialProgress> goesOn) {
    Benchmark benchmark = ready.benchmark();
    boolean meaning =
        benchmark.cases().stream()
            .map(benchmark::graderOf)
            .anyMatch(Grader.Similarity.class::isInstance);
    Instruments instruments =
        new Instruments(meaning ? embedder.get() : Optional.empty(), folders.all());
    try (Journal journal = Journal.open(folders.journal(ready.id()), ready.trial().terms())) {
      return ready
          .trial()
          .run(
              journal,
              new Grading(instruments),
              Labels.NONE,
              version,
              progress -> {
                if (!goesOn.test(progress)) {
                  throw new Conflict("This proof was stopped.");
                }
                listener.accept(progress);
              });
    }
  }

  /// Leaves nothing of a proof that was erased while it ran; one that was stopped keeps its
  /// journal.
  private void cleared(Ready ready) {
    if (table
        .find(ready.id())
        .filter(one -> one.run().state() == ProofRun.State.ERASED)
        .isPresent()) {
      table.erase(ready.drawn());
      folders.delete(folders.of(ready.id()));
    }
  }

  /// The proofs of a workload, the newest first.
  public List<ProofRun> of(Principal asker, String workload) {
    workloads.get(asker, workload);
    return table.of(workload).stream().filter(one -> shown(asker, one)).map(this::now).toList();
  }

  private ProofRun now(ProofTable.Entry entry) {
    ProofRun run = folders.now(entry);
    // Who held it may have recorded its end since the entry was read, and let go.
    return run.equals(entry.run()) ? run : table.find(run.id()).map(folders::now).orElse(run);
  }

  private static boolean shown(Principal asker, ProofTable.Entry entry) {
    return asker.administrator() && (!entry.hidden() || entry.actor().equals(asker.id()));
  }

  /// One proof.
  ///
  /// @throws NotFound where it is unknown or another's
  public ProofRun get(Principal asker, String id) {
    return table
        .find(id)
        .filter(one -> shown(asker, one))
        .map(this::now)
        .orElseThrow(() -> new NotFound("There is no proof %s.".formatted(id)));
  }

  /// Stops a proof that runs, here or in another process; begun again, it goes on.
  public ProofRun stop(Principal asker, String id) {
    get(asker, id);
    table.end(id, ProofRun.State.STOPPED, "");
    return get(asker, id);
  }

  /// A file of a proof that is done.
  ///
  /// @param name `report.html`, `report.pdf` or `evidence.zip`
  /// @throws NotFound where there is none
  public byte[] file(Principal asker, String id, String name) {
    ProofRun run = get(asker, id);
    if (run.state() != ProofRun.State.DONE) {
      throw new NotFound("Proof %s has no %s.".formatted(id, name));
    }
    return ProofFolders.read(run, name);
  }

  /// Proofs that the server was running when it ended, ready to go on.
  List<ProofTable.Entry> unfinished() {
    return table.runningIn("up");
  }

  /// A proof as it was begun, on the benchmark it was begun on.
  Ready again(Principal asker, ProofRun run) {
    return ready(
        asker,
        workloads.get(asker, run.workload()),
        benchmarks.find(run.benchmark()),
        run.terms(),
        Optional.empty());
  }

  void failed(String id, String problem) {
    table.end(id, ProofRun.State.FAILED, problem);
  }

  /// Takes a person's exchanges out of what was drawn from them. Benchmarks lose their cases;
  /// journals, reports and signed packs of the proofs that asked them are deleted, for what was
  /// signed cannot be changed; what was found stays as numbers, marked.
  void erase(String principal) {
    for (String benchmark : benchmarks.erase(principal)) {
      List<ProofTable.Entry> hit = table.onBenchmark(benchmark);
      table.erase(benchmark);
      hit.forEach(one -> folders.delete(one.run().folder()));
    }
    folders.deleteGlances();
  }

  /// Deletes what was drawn from workloads that are no more.
  public void sweep(Principal asker) {
    Set<String> are = Set.copyOf(workloads.list(asker).stream().map(Workload::name).toList());
    for (String workload : benchmarks.sweep(are)) {
      table.of(workload).forEach(one -> folders.delete(one.run().folder()));
      table.forget(workload);
    }
  }

  Preparation preparation() {
    return preparation;
  }

  ChatModels models() {
    return models;
  }

  Workloads workloads() {
    return workloads;
  }
}
