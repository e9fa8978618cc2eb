package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.documents.Collection;
import dev.freehold.documents.Library;
import dev.freehold.evaluation.Seals;
import dev.freehold.governance.Keys;
import dev.freehold.governance.egress.Gate;
import dev.freehold.remote.Upstreams;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.teaching.JobEvent;
import dev.freehold.teaching.JobState;
import dev.freehold.teaching.Source;
import dev.freehold.teaching.StepReport;
import dev.freehold.teaching.Teaching;
import dev.freehold.teaching.TeachingJob;
import dev.freehold.teaching.Wish;
import dev.freehold.workload.Capture;
import dev.freehold.workload.Exchanges;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workloads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `freehold teach`: an adapter from documents, captured exchanges or a file of conversations,
/// measured as it is served. The exit code is a gate: 0 it is served, 1 it was held back.
record TeachCommand(Shell shell) implements Subcommand {

  /// A gate was missed.
  static final int HELD_BACK = 1;

  private static final int MOST_BYTES = 128 << 20;
  private static final int POLL = 500;

  @Override
  public CommandSpec spec() {
    return TeachOptions.describe(CommandSpec.wrapWithoutInspection(this).name("teach"));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    TeachOptions given = TeachOptions.of(parsed, settings);
    ModelStore store = ModelStore.open(settings.home());
    // A job that was begun knows its model.
    boolean begins = given.job().isEmpty() && given.order().isEmpty();
    TeachOptions options =
        begins ? given.of(ModelFiles.served(store, given.model(), shell)) : given;
    try (HomeLock _ = HomeLock.take(settings.home());
        Database database = Database.open(settings.home().resolve("freehold.db"));
        BgeSmallEmbedder embedder = BgeSmallEmbedder.open();
        Library library =
            Library.open(
                Documents.settings(settings.home().resolve("documents")), database, embedder);
        StoreModels here =
            new StoreModels(
                store,
                ReadableAdapters.by(AdapterStore.in(store), library),
                settings.model(),
                Runtime.getRuntime().maxMemory() / 2,
                new EngineOpener(settings.threads()));
        Upstreams upstreams = Upstreams.in(settings.home())) {
      Exchanges exchanges = SqliteExchanges.in(database);
      try (Capture capture = Capture.open(settings.home().resolve("exchanges"), exchanges)) {
        Workloads workloads =
            Workloads.in(
                database,
                exchanges,
                capture,
                new HouseModels(here, upstreams, Gate.in(database, settings.gatePolicy())));
        Keys keys = Keys.in(database);
        try (Teaching teaching =
            TeachingHouse.open(
                settings,
                store,
                database,
                keys,
                library,
                workloads,
                workloads,
                Seals.open(settings.home().resolve("sealed")))) {
          return teach(options, teaching, library, who(keys, options));
        }
      }
    }
  }

  /// Whose rights count: the holder of the key that is given, else whoever may write here.
  private static Principal who(Keys keys, TeachOptions options) {
    return options.key().map(keys::authenticate).orElseGet(Administration::whoeverRunsThis);
  }

  private int teach(TeachOptions options, Teaching teaching, Library library, Principal who) {
    TeachingJob job;
    if (options.order().isPresent()) {
      job = teaching.order(who, options.order().get(), options.reason());
    } else if (options.job().isPresent()) {
      job = teaching.job(who, options.job().get());
      if (!job.state().active() && !job.state().ended()) {
        job = teaching.resume(who, job.id());
      }
    } else {
      Wish wish =
          options.wish(
              source(options.source(), teaching, library, who),
              options.exam().map(file -> file(file, "evals", teaching, who)));
      List<TeachingJob> before =
          teaching.jobs(who).stream().filter(one -> one.state().active()).toList();
      job = teaching.begin(who, wish);
      shell.err().printf("%s: teaching %s.%n", job.id(), wish.served());
      for (TeachingJob one : before) {
        shell
            .err()
            .printf(
                "%s, teaching %s, was left unfinished and comes first.%n",
                one.id(), one.wish().served());
      }
    }
    return follow(teaching, who, job.id());
  }

  private Source source(String written, Teaching teaching, Library library, Principal who) {
    if (written.startsWith("workload:") || written.startsWith("collection:")) {
      return Source.parse(written);
    }
    Path path = Path.of(written).toAbsolutePath().normalize();
    if (Files.isRegularFile(path)) {
      return file(path, "fine-tune", teaching, who);
    }
    if (Files.isDirectory(path)) {
      Collection collection = AskCommand.collection(library, who, path);
      new AskCommand(shell).index(library, who, collection, path);
      return new Source.Collection(collection.id());
    }
    return library.collections(who).stream()
        .filter(one -> one.name().equals(written))
        .findFirst()
        .map(one -> new Source.Collection(one.id()))
        .orElseThrow(() ->
            new NotFound(
                "\"%s\" is no collection that you may read, and no folder or file. With --key, another person's rights count."
                    .formatted(written)));
  }

  private static Source.File file(Path file, String purpose, Teaching teaching, Principal who) {
    try (InputStream in = Files.newInputStream(file)) {
      return new Source.File(
          teaching
              .files()
              .bring(who, String.valueOf(file.getFileName()), purpose, in, MOST_BYTES)
              .id());
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /// Shows what happens until nothing more happens by itself.
  private int follow(Teaching teaching, Principal who, String id) {
    int told = 0;
    int step = 0;
    while (true) {
      TeachingJob job = teaching.job(who, id);
      List<JobEvent> events = teaching.events(who, id);
      for (JobEvent event : events.subList(Math.min(told, events.size()), events.size())) {
        shell.err().println(event.message());
      }
      told = events.size();
      List<StepReport> steps = teaching.steps(who, id);
      if (!steps.isEmpty() && steps.getLast().step() != step) {
        step = steps.getLast().step();
        step(steps.getLast());
      }
      if (!job.state().active()) {
        return ended(teaching, who, job);
      }
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("Stopped; `freehold teach --job %s` goes on.".formatted(id), e);
      }
    }
  }

  private void step(StepReport step) {
    String line =
        String.format(
            Locale.ROOT,
            "step %d of %d  loss %.3f%s  %.0f tokens/s  %d:%02d min left  %d MB",
            step.step(),
            step.of(),
            step.loss(),
            step.heldOutLoss().isPresent()
                ? String.format(Locale.ROOT, "  held out %.3f", step.heldOutLoss().getAsDouble())
                : "",
            step.tokensPerSecond(),
            step.left().toMinutes(),
            step.left().toSecondsPart(),
            step.memory() >> 20);
    if (shell.interactive()) {
      shell.err().print("\r\033[K" + line);
      if (step.step() == step.of()) {
        shell.err().println();
      }
      shell.err().flush();
    } else if (step.heldOutLoss().isPresent()
        || step.step() == step.of()
        || step.step() % 10 == 0) {
      shell.err().println(line);
    }
  }

  private int ended(Teaching teaching, Principal who, TeachingJob job) {
    teaching
        .examined(who, job.id())
        .ifPresent(examined -> TeachReport.print(shell.out(), examined));
    return switch (job.state()) {
      case PUBLISHED -> {
        shell.out().printf("Served: %s%n", job.wish().served());
        if (who.equals(Administration.whoeverRunsThis())) {
          shell
              .out()
              .printf(
                  "On this machine: freehold chat %s. At the page and by the API it answers those who"
                      + " may read what it was taught from; with --key that is the key's person.%n",
                  job.wish().served());
        }
        yield ExitCode.OK;
      }
      case HELD_BACK -> {
        shell
            .out()
            .printf(
                "%s%n`freehold teach --order %s --reason WHY` serves it all the same.%n",
                job.problem(), job.id());
        yield HELD_BACK;
      }
      case REVIEW -> {
        Path file = Path.of("teaching", "jobs", job.id(), "lessons.jsonl");
        shell
            .out()
            .printf(
                "The data set is in %s of the data folder. Look at it, change it, then: freehold"
                    + " teach --job %s%n",
                file, job.id());
        yield ExitCode.OK;
      }
      case PAUSED, CANCELLED -> {
        shell.out().printf("%s is %s.%n", job.id(), job.state().word());
        yield ExitCode.OK;
      }
      case FAILED -> throw new InvalidRequest(job.problem(), null);
      case WRITING, QUEUED, TRAINING, EXAMINING ->
          throw new IllegalStateException("%s goes on.".formatted(job.state() == JobState.QUEUED));
    };
  }
}
