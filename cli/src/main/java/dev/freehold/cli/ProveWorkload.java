package dev.freehold.cli;

import dev.freehold.chat.Asking;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Plan;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.SigningKey;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.statistics.Power;
import dev.freehold.proving.Contestants;
import dev.freehold.proving.DrawnBenchmark;
import dev.freehold.proving.Grounds;
import dev.freehold.proving.PinnedJudge;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Terms;
import dev.freehold.workload.Form;
import dev.freehold.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `freehold prove WORKLOAD`: the benchmark is drawn from what was asked of the workload, and the
/// incumbent is the model that answers it now.
record ProveWorkload(Shell shell, ProveOptions options) {

  int run(Settings settings) {
    try (StoreModels models = Administration.models(settings);
        Administration here = Administration.open(settings, models)) {
      PinnedJudge.require(
          settings.judge(), options.judge(), here.models(), Asking.of(here.person()));
      Workload workload = here.workloads().get(here.person(), options.what());
      DrawnBenchmark drawn = benchmark(here, workload);
      tell(drawn);
      Terms terms =
          Terms.of(candidates(here), options.settings())
              .withModelGolds(options.drawing().modelGolds())
              .withJudge(options.judge(), options.judgeForced())
              .withParallel(options.parallel());
      Proofs.Outlook outlook =
          here.proofs().outlook(here.person(), workload.name(), terms, options.assumed());
      shell.err().println(outlook.sentence());
      if (outlook.modelGolds() > 0) {
        shell
            .err()
            .printf(
                "%d golds are what a model answered and no person has looked at; that favours it.%n",
                outlook.modelGolds());
      }
      shell
          .err()
          .printf(
              "%s answers %s now; %d questions will be asked.%n",
              outlook.incumbent(), workload.name(), outlook.questions());
      return options.planOnly() ? ExitCode.OK : prove(here, settings, workload, terms);
    }
  }

  private List<String> candidates(Administration here) {
    if (options.candidates().isEmpty()) {
      return List.of("a candidate"); // Only the plan is asked for.
    }
    if (!options.drawing().columns()) {
      return options.candidates();
    }
    List<String> all = new ArrayList<>();
    for (String one : options.candidates()) {
      all.addAll(Contestants.columns(one, here.models(), options.documents().isPresent()));
    }
    return all.stream().distinct().toList();
  }

  private DrawnBenchmark benchmark(Administration here, Workload workload) {
    Optional<DrawnBenchmark> known =
        here.proofs().benchmarks().current(here.person(), workload.name());
    boolean sameGrader =
        options.reading().grader().isEmpty()
            || known
                .map(
                    one -> GraderNames.parse(one.grader()).equals(options.reading().grader().get()))
                .orElse(false);
    if (known.isPresent() && sameGrader && !options.drawing().anew()) {
      return known.get();
    }
    Grader grader = options.reading().grader().orElseGet(() -> usual(workload));
    return here.proofs()
        .benchmarks()
        .draw(
            here.person(),
            workload.name(),
            options.drawing().cases().orElseGet(() -> needed(grader)),
            grader,
            options.drawing().since(),
            options.settings().seed());
  }

  /// What a workload's answers are scored by where nobody says.
  private Grader usual(Workload workload) {
    return GraderNames.parse(
        options.judge().isPresent()
            ? "judge"
            : workload.form() == Form.JSON ? "json" : "similarity");
  }

  private int needed(Grader grader) {
    double confidence =
        1 - (1 - options.settings().confidence()) / Math.max(1, options.candidates().size());
    double margin = options.settings().margin();
    int needed =
        grader.binary()
            ? Power.casesForBinary(
                options.settings().power(),
                margin,
                0,
                options.assumed().orElse(Plan.USUAL_DISCORDANCE),
                confidence)
            : Power.casesForGraded(
                options.settings().power(),
                margin,
                0,
                options.assumed().orElse(Plan.USUAL_DEVIATION),
                confidence);
    return Math.min(needed, 20_000);
  }

  private void tell(DrawnBenchmark drawn) {
    DrawnBenchmark.Left left = drawn.left();
    shell
        .err()
        .printf(
            "Benchmark %s, version %d: %d cases (%d reviewed, %d open, %d skipped), sealed; left aside: %d older, %d the same, %d nearly the same, %d with tools.%n",
            drawn.id(),
            drawn.version(),
            drawn.counts().all(),
            drawn.counts().reviewed(),
            drawn.counts().open(),
            drawn.counts().skipped(),
            left.older(),
            left.same(),
            left.near(),
            left.tools());
  }

  private int prove(Administration here, Settings settings, Workload workload, Terms terms) {
    try (Given given = Given.of(shell, settings, options)) {
      Proofs.Ready ready =
          here.proofs().ready(here.person(), workload.name(), terms, given.grounds());
      Outcome outcome = new Outcome(shell);
      Proof proof = here.proofs().run(here.person(), ready, terms, outcome::progress);
      if (shell.interactive()) {
        shell.err().print("\r\033[K");
      }
      var run = here.proofs().get(here.person(), ready.id());
      return outcome.tell(
          proof,
          run.verdicts(),
          run.folder(),
          SigningKey.in(settings.home().resolve("evidence.key")));
    }
  }

  /// The documents of a run, if any are given.
  private record Given(Optional<ProofDocuments> documents) implements AutoCloseable {
    static Given of(Shell shell, Settings settings, ProveOptions options) {
      return new Given(
          options.documents().map(folder -> ProofDocuments.open(shell, settings.home(), folder)));
    }

    Optional<Grounds> grounds() {
      return documents.map(Grounds.class::cast);
    }

    @Override
    public void close() {
      documents.ifPresent(ProofDocuments::close);
    }
  }
}
