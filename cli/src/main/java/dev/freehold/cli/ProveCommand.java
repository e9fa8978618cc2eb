package dev.freehold.cli;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.BenchmarkFiles;
import dev.freehold.evaluation.Entrant;
import dev.freehold.evaluation.EvidencePack;
import dev.freehold.evaluation.Journal;
import dev.freehold.evaluation.Judge;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.Report;
import dev.freehold.evaluation.Seals;
import dev.freehold.evaluation.SigningKey;
import dev.freehold.evaluation.Trial;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import dev.freehold.governance.egress.Gate;
import dev.freehold.proving.Contestants;
import dev.freehold.proving.Grounds;
import dev.freehold.proving.PinnedJudge;
import dev.freehold.proving.RecordedVerdict;
import dev.freehold.proving.Shown;
import dev.freehold.proving.Verdicts;
import dev.freehold.remote.Upstreams;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `freehold prove`: whether candidates are as good as the incumbent on a benchmark. The exit code
/// is a gate: 0 all are as good, 1 one is worse, 2 there is not enough evidence.
record ProveCommand(Shell shell) implements Subcommand {

  /// A candidate is worse.
  static final int WORSE = 1;

  /// Nothing is worse, and not all is decided.
  static final int OPEN = 2;

  @Override
  public CommandSpec spec() {
    return ProveOptions.describe(CommandSpec.wrapWithoutInspection(this).name("prove"));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    ProveOptions options = ProveOptions.of(parsed, settings.judge());
    if (!options.isFile()) {
      return new ProveWorkload(shell, options).run(settings);
    }
    BenchmarkFiles.Imported imported = BenchmarkFiles.read(options.file(), options.reading());
    Benchmark benchmark = imported.benchmark();
    imported.notes().forEach(shell.err()::println);
    shell.err().println(options.plan(benchmark).sentence(options.settings()));
    if (options.planOnly()) {
      return ExitCode.OK;
    }
    Seals seals = Seals.open(settings.home().resolve("sealed"));
    seals.seal(benchmark);
    Shown.refuse(benchmark, seals);
    ModelStore store = ModelStore.open(settings.home());
    try (StoreModels here =
            new StoreModels(
                store,
                ReadableAdapters.onDisk(AdapterStore.in(store)),
                settings.model(),
                Runtime.getRuntime().maxMemory(),
                new EngineOpener(settings.threads()));
        Database database = Database.open(settings.home().resolve("freehold.db"));
        Upstreams upstreams = Upstreams.in(settings.home())) {
      // What leaves passes the same gate as in service, and is in the same record.
      ChatModels models =
          new HouseModels(here, upstreams, Gate.in(database, settings.gatePolicy()));
      PinnedJudge.require(
          settings.judge(), options.judge(), models, Asking.of(Administration.whoeverRunsThis()));
      if (options.documents().isEmpty()) {
        return prove(options, benchmark, models, settings.home(), database, Optional.empty());
      }
      try (ProofDocuments documents =
          ProofDocuments.open(shell, settings.home(), options.documents().get())) {
        documents.refuseSealed(seals);
        return prove(options, benchmark, models, settings.home(), database, Optional.of(documents));
      }
    }
  }

  private int prove(
      ProveOptions options,
      Benchmark benchmark,
      ChatModels models,
      Path home,
      Database database,
      Optional<Grounds> grounds) {
    Asking asking = Asking.of(Administration.whoeverRunsThis());
    List<Entrant> entrants =
        new Contestants(models, asking, grounds, options.prices().byName())
            .entrants(options.contestants());
    Optional<Judge> judge =
        options
            .judge()
            .map(name ->
                Judge.of(
                    models.model(name, asking),
                    entrants.stream().map(Entrant::contestant).toList(),
                    options.judgeForced()));
    Trial trial = new Trial(benchmark, options.settings(), entrants, judge, options.parallel());
    Path folder = options.folder(home, benchmark, trial.terms());
    try (Instrumented instruments = Instrumented.of(benchmark, options.file());
        Journal journal = Journal.open(folder.resolve("journal.jsonl"), trial.terms())) {
      Proof proof =
          trial.run(
              journal,
              new Grading(instruments.instruments()),
              options.labels(),
              Commands.version(),
              new Outcome(shell)::progress);
      if (shell.interactive()) {
        shell.err().print("\r\033[K");
      }
      List<RecordedVerdict> recorded =
          Verdicts.in(database)
              .record("p-" + Digests.sha256(trial.terms()).substring(0, 10), "", proof);
      return written(proof, recorded, folder, home);
    }
  }

  /// The embedding model, loaded only where a grader asks for it.
  private record Instrumented(Instruments instruments) implements AutoCloseable {
    static Instrumented of(Benchmark benchmark, Path file) {
      boolean meaning =
          benchmark.cases().stream()
              .map(benchmark::graderOf)
              .anyMatch(Grader.Similarity.class::isInstance);
      Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("."));
      return new Instrumented(
          new Instruments(
              meaning ? Optional.of(BgeSmallEmbedder.open()) : Optional.empty(), folder));
    }

    @Override
    public void close() {
      instruments.embedder().ifPresent(dev.freehold.chat.Embedder::close);
    }
  }

  private int written(Proof proof, List<RecordedVerdict> recorded, Path folder, Path home) {
    SigningKey key = SigningKey.in(home.resolve("evidence.key"));
    try {
      Files.writeString(folder.resolve("report.html"), Report.html(proof), StandardCharsets.UTF_8);
      Files.write(folder.resolve("report.pdf"), Report.pdf(proof));
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(folder, e.getMessage()), e);
    }
    EvidencePack.write(proof, key, folder.resolve("evidence.zip"));
    return new Outcome(shell).tell(proof, recorded, folder, key);
  }
}
