package dev.freehold.cli;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.BenchmarkFiles;
import dev.freehold.evaluation.Case;
import dev.freehold.evaluation.Contestant;
import dev.freehold.evaluation.Entrant;
import dev.freehold.evaluation.EvidencePack;
import dev.freehold.evaluation.Journal;
import dev.freehold.evaluation.Judge;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.Report;
import dev.freehold.evaluation.Seals;
import dev.freehold.evaluation.SigningKey;
import dev.freehold.evaluation.Trial;
import dev.freehold.evaluation.TrialProgress;
import dev.freehold.evaluation.Verdict;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import dev.freehold.governance.egress.EgressPolicy;
import dev.freehold.governance.egress.Gate;
import dev.freehold.remote.Upstreams;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
    ProveOptions options = ProveOptions.of(parsed);
    BenchmarkFiles.Imported imported = BenchmarkFiles.read(options.file(), options.reading());
    Benchmark benchmark = imported.benchmark();
    imported.notes().forEach(shell.err()::println);
    shell.err().println(options.plan(benchmark).sentence(options.settings()));
    if (options.planOnly()) {
      return ExitCode.OK;
    }
    Seals seals = Seals.open(settings.home().resolve("sealed"));
    seals.seal(benchmark);
    refuseShown(benchmark, seals);
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
      ChatModels models = new HouseModels(here, upstreams, Gate.in(database, EgressPolicy.DEFAULT));
      if (options.documents().isEmpty()) {
        return prove(options, benchmark, models, settings.home(), "", model -> model);
      }
      try (ProofDocuments documents =
          ProofDocuments.open(shell, settings.home(), options.documents().get())) {
        documents.refuseSealed(seals);
        return prove(
            options, benchmark, models, settings.home(), documents.digest(), documents::ground);
      }
    }
  }

  /// Refuses prompts that show one case's question before another's.
  private static void refuseShown(Benchmark benchmark, Seals seals) {
    for (Case one : benchmark.cases()) {
      List<Message> before = one.messages().subList(0, Math.max(0, one.messages().size() - 1));
      for (Message message : before) {
        Optional<String> shown =
            message instanceof Message.System ? seals.caseIn(message.text()) : Optional.empty();
        if (shown.isPresent()) {
          throw new Conflict(
              "The instructions of case %s show the sealed case %s as an example."
                  .formatted(one.id(), shown.get()));
        }
      }
    }
  }

  private int prove(
      ProveOptions options,
      Benchmark benchmark,
      ChatModels models,
      Path home,
      String documents,
      UnaryOperator<ChatModel> ground) {
    Asking asking = Asking.of(Administration.whoeverRunsThis());
    List<Entrant> entrants = new ArrayList<>();
    for (String name : options.contestants()) {
      ChatModel alone = models.model(options.modelOf(name), asking);
      ChatModel model = ProveOptions.grounded(name) ? ground.apply(alone) : alone;
      boolean leaves = model.card().architecture().equals("upstream");
      Contestant one = Contestant.of(name, model, leaves, options.prices().of(name));
      entrants.add(new Entrant(ProveOptions.grounded(name) ? one.reading(documents) : one, model));
    }
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
              this::progress);
      if (shell.interactive()) {
        shell.err().print("\r\033[K");
      }
      return tell(proof, folder, home);
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

  private int tell(Proof proof, Path folder, Path home) {
    Path report = folder.resolve("report.html");
    Path pack = folder.resolve("evidence.zip");
    SigningKey key = SigningKey.in(home.resolve("evidence.key"));
    try {
      Files.writeString(report, Report.html(proof), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(report, e.getMessage()), e);
    }
    EvidencePack.write(proof, key, pack);
    for (Verdict verdict : proof.verdicts()) {
      shell.out().println(verdict.sentence());
      verdict.notes().forEach(note -> shell.out().println("  " + note));
    }
    proof
        .judge()
        .ifPresent(
            one -> one.warnings().forEach(warning -> shell.out().println("Judge: " + warning)));
    shell.out().printf("Report:   %s%n", report);
    shell.out().printf("Evidence: %s, signed by %s%n", pack, key.fingerprint());
    List<Verdict.Outcome> outcomes = proof.verdicts().stream().map(Verdict::outcome).toList();
    return outcomes.contains(Verdict.Outcome.WORSE)
        ? WORSE
        : outcomes.contains(Verdict.Outcome.NOT_ENOUGH_EVIDENCE) ? OPEN : ExitCode.OK;
  }

  private void progress(TrialProgress progress) {
    String line =
        String.format(
            Locale.ROOT,
            "%d of %d, %s left, %d failed%s",
            progress.done(),
            progress.total(),
            duration(progress.left()),
            progress.failures(),
            costs(progress));
    if (shell.interactive()) {
      shell.err().print("\r\033[K" + line);
      shell.err().flush();
    } else if (progress.done() == progress.total()
        || progress.done() % Math.max(1, progress.total() / 10) == 0) {
      shell.err().println(line);
    }
  }

  private static String costs(TrialProgress progress) {
    double sum = progress.cost().values().stream().mapToDouble(Double::doubleValue).sum();
    return sum == 0 ? "" : String.format(Locale.ROOT, ", cost so far %.4f", sum);
  }

  private static String duration(Duration left) {
    return left.toHours() > 0
        ? "%d h %d min".formatted(left.toHours(), left.toMinutesPart())
        : "%d:%02d min".formatted(left.toMinutes(), left.toSecondsPart());
  }
}
