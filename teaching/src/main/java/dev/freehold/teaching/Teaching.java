package dev.freehold.teaching;

import dev.freehold.chat.Asking;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.ToolUse;
import dev.freehold.chat.Unavailable;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.HeldAnswer;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.LessonFile;
import dev.freehold.teaching.lesson.Origin;
import dev.freehold.teaching.lesson.PreferenceFile;
import dev.freehold.teaching.lesson.PreferencePair;
import dev.freehold.teaching.recipe.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Teaching: from a wish to an adapter that is served, with every step to be looked at.
///
/// A job belongs to who wished it; to everybody else it looks like one that is not there. What it
/// was made from is checked anew whenever its data set is shown. A job that was acknowledged goes
/// on after any end of the process; an adapter is served only once it was examined and its gates
/// hold, or somebody ordered it with a reason.
///
/// One process at a time may hold a folder. Safe for use by many threads at once.
public final class Teaching implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LONGEST_REASON = 1000;

  private final TeachingPorts ports;
  private final JobTable table;
  private final JobWorker worker;
  private final BroughtFiles files;

  private Teaching(TeachingPorts ports, JobTable table, JobWorker worker) {
    this.ports = ports;
    this.table = table;
    this.worker = worker;
    this.files = new BroughtFiles(table, worker.files(), ports.shelf());
  }

  /// Opens what was taught in a folder and goes on with what was not finished.
  public static Teaching open(TeachingPorts ports, Path folder) {
    Disk.folder(folder.resolve("jobs"));
    Disk.folder(folder.resolve("files"));
    JobTable table = new JobTable(ports.database());
    JobWorker worker = new JobWorker(ports, table, folder);
    Teaching teaching = new Teaching(ports, table, worker);
    teaching.reconcile();
    worker.start();
    return teaching;
  }

  static String newId(String prefix) {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return prefix + HexFormat.of().formatHex(bytes);
  }

  // Jobs.

  /// Begins a job; it is on the disk when this returns.
  ///
  /// @throws NotFound where a source, the base or the trainer is unknown or forbidden
  /// @throws Conflict where the name is taken
  /// @throws dev.freehold.chat.Unsupported where the base cannot be trained
  /// @throws Unavailable where it does not fit in memory
  public TeachingJob begin(Principal asker, Wish wished) {
    Wish wish = trainedByWhoeverIsConfigured(wished);
    require(asker, wish);
    if (wish.model().contains("+")) {
      throw new InvalidRequest("An adapter is taught to a model, not to another adapter.", "model");
    }
    String card = ports.models().model(wish.model(), Asking.of(asker)).card().architecture();
    if (card.equals("upstream") || card.equals("workload")) {
      throw new InvalidRequest(
          "%s does not run here; a model of this machine can be taught.".formatted(wish.model()),
          "model");
    }
    if (wish.name().endsWith(Wish.CANDIDATE)) {
      throw new InvalidRequest(
          "Names that end in %s are those of adapters that are being examined."
              .formatted(Wish.CANDIDATE),
          "suffix");
    }
    Trainer trainer = ports.trainers().get(wish.trainer());
    if (trainer == null) {
      throw new NotFound("There is no trainer %s here.".formatted(wish.trainer()));
    }
    if (ports.shelf().has(wish.name())) {
      throw new Conflict(
          "There is an adapter %s already; take another name.".formatted(wish.name()));
    }
    // What cannot be trained is refused now, and not after a data set was written for it.
    trainer.estimate(wish.model(), sample(wish.method()), wish.settings());
    TeachingJob job =
        new TeachingJob(
            newId("ftjob-"),
            asker.id(),
            asker.name(),
            wish,
            JobState.WRITING,
            "",
            "",
            Instant.ofEpochSecond(Instant.now().getEpochSecond()),
            Optional.empty(),
            Optional.empty(),
            0);
    table.insert(job);
    worker.add(job.id());
    return job;
  }

  private static Material sample(Wish.Method method) {
    return switch (method) {
      case SUPERVISED ->
          new Material.Lessons(
              List.of(
                  new Lesson.Completion(
                      Kind.CONVERSATION, "", "one two three", List.of(new Origin.Replayed()))),
              List.of());
      case DPO ->
          new Material.Pairs(
              List.of(
                  new PreferencePair(
                      List.of(new Message.User("one")),
                      ToolUse.NONE,
                      new Message.Assistant("two"),
                      new Message.Assistant("three"),
                      List.of())),
              List.of());
    };
  }

  // Preferences are no part of the contract with programs.
  private Wish trainedByWhoeverIsConfigured(Wish wish) {
    return wish.trainer().isEmpty()
            && wish.method() == Wish.Method.SUPERVISED
            && ports.trainers().containsKey(TeachingPorts.EXTERNAL)
        ? wish.trainedBy(TeachingPorts.EXTERNAL)
        : wish;
  }

  private void require(Principal asker, Wish wish) {
    wish.sources().forEach(source -> require(asker, source));
    wish.validation().ifPresent(file -> require(asker, file));
    wish.exam().ifPresent(file -> require(asker, file));
  }

  private void require(Principal asker, Source source) {
    switch (source) {
      case Source.Collection(String id) -> ports.library().collection(asker, id);
      case Source.Workload(String name) -> ports.exchanges().of(asker, name);
      case Source.File(String id) -> files.one(asker, id);
    }
  }

  /// One's own jobs, the newest first.
  public List<TeachingJob> jobs(Principal asker) {
    return table.jobs(asker);
  }

  /// One job.
  ///
  /// @throws NotFound where it is unknown or another's
  public TeachingJob job(Principal asker, String id) {
    return table.job(asker, id);
  }

  /// What happened to a job, the oldest first.
  public List<JobEvent> events(Principal asker, String id) {
    table.job(asker, id);
    return table.events(id);
  }

  /// The steps its training made, in order.
  public List<StepReport> steps(Principal asker, String id) {
    return keptSteps(asker, id).stream().map(KeptStep::report).toList();
  }

  /// The same, and when each was made.
  public List<KeptStep> keptSteps(Principal asker, String id) {
    table.job(asker, id);
    return table.steps(id);
  }

  /// Which step its adapter is of, once it is trained.
  public OptionalInt adapterStep(Principal asker, String id) {
    table.job(asker, id);
    return worker.folder(id).adapterStep();
  }

  /// What its exam found, once it was sat.
  public Optional<Examined> examined(Principal asker, String id) {
    table.job(asker, id);
    return worker.folder(id).examined();
  }

  // The data set.

  /// What became of what was found in the sources; empty while the data set is being written.
  public Optional<Tally> tally(Principal asker, String id) {
    table.job(asker, id);
    DataSetFolder folder = worker.folder(id);
    return folder.written() ? Optional.of(folder.tally()) : Optional.empty();
  }

  /// The data set as JSON lines, to be looked at and edited.
  ///
  /// @throws NotFound where the job is another's, or a source may no longer be read
  public byte[] lessons(Principal asker, String id) {
    TeachingJob job = table.job(asker, id);
    require(asker, job.wish());
    DataSetFolder folder = worker.folder(id);
    if (!folder.written()) {
      throw new Conflict("The data set of %s is not written yet.".formatted(id));
    }
    return Disk.read(Files.exists(folder.pairs()) ? folder.pairs() : folder.lessons());
  }

  /// The questions that will be asked.
  public List<ExamItem> exam(Principal asker, String id) {
    TeachingJob job = table.job(asker, id);
    require(asker, job.wish());
    DataSetFolder folder = worker.folder(id);
    return folder.written() ? folder.exam() : List.of();
  }

  /// Puts an edited data set in the place of the one that was written. Rows that do not say where
  /// they come from count as coming from everything the data set was made from.
  ///
  /// @throws Conflict where the job no longer waits for that, or a row holds a sealed case or is of
  ///   a conversation that the exam asks
  /// @throws InvalidRequest naming bad rows by line
  public void edit(Principal asker, String id, byte[] lessons) {
    TeachingJob job = table.job(asker, id);
    require(asker, job.wish());
    DataSetFolder folder = worker.folder(id);
    if (job.state() != JobState.REVIEW) {
      throw new Conflict("The data set of %s cannot be edited now.".formatted(id));
    }
    Set<String> asked =
        folder.answers().stream().map(HeldAnswer::conversation).collect(Collectors.toSet());
    if (job.wish().method() == Wish.Method.DPO) {
      List<PreferencePair> pairs = PreferenceFile.read(lessons, "The data set", List.of());
      pairs.forEach(pair -> refuse(pair.text(), HeldAnswers.conversation(pair), asked));
      Disk.write(folder.pairs(), lessons);
    } else {
      for (Lesson lesson : LessonFile.read(lessons, "The data set", folder.origins())) {
        refuse(lesson.text(), HeldAnswers.conversation(lesson), asked);
      }
      Disk.write(folder.lessons(), lessons);
    }
    folder.recount();
    Estimate estimate =
        worker.trainer(job).estimate(job.wish().model(), folder.material(), job.wish().settings());
    table.change(id, now -> now.estimated(estimate));
    table.tell(id, "info", "%s edited the data set.".formatted(asker.name()));
  }

  private void refuse(String text, String conversation, Set<String> asked) {
    ports
        .sealed()
        .caseIn(text)
        .ifPresent(found -> {
          throw new Conflict("A row holds the sealed case %s.".formatted(found));
        });
    if (asked.contains(conversation)) {
      throw new Conflict(
          "A row is of a conversation that is kept for the exam: what was taught word for word"
              + " shows nothing. It begins: %s"
                  .formatted(conversation.substring(0, Math.min(80, conversation.length()))));
    }
  }

  // Decisions.

  /// Lets a job go on that waits for a person or was paused.
  public TeachingJob resume(Principal asker, String id) {
    table.job(asker, id);
    TeachingJob after =
        decide(
            id,
            job ->
                switch (job.state()) {
                  case REVIEW, PAUSED -> job.in(JobState.QUEUED, "");
                  case WRITING,
                      QUEUED,
                      TRAINING,
                      EXAMINING,
                      HELD_BACK,
                      PUBLISHED,
                      FAILED,
                      CANCELLED ->
                      throw new Conflict(
                          "%s is %s; what was paused, or waits to be looked at, can be resumed."
                              .formatted(id, job.state().word()));
                });
    worker.add(id);
    return after;
  }

  /// Stops a training; it can go on where it was.
  public TeachingJob pause(Principal asker, String id) {
    table.job(asker, id);
    TeachingJob after =
        decide(
            id,
            job ->
                switch (job.state()) {
                  case QUEUED, TRAINING -> job.in(JobState.PAUSED, "");
                  case WRITING,
                      REVIEW,
                      PAUSED,
                      EXAMINING,
                      HELD_BACK,
                      PUBLISHED,
                      FAILED,
                      CANCELLED ->
                      throw new Conflict(
                          "%s is %s; a training can be paused.".formatted(id, job.state().word()));
                });
    worker.interrupt(id);
    return after;
  }

  /// Ends a job for good.
  public TeachingJob cancel(Principal asker, String id) {
    table.job(asker, id);
    TeachingJob after =
        table.change(
            id,
            job -> {
              if (job.state().ended()) {
                throw new Conflict("%s has ended: it is %s.".formatted(id, job.state().word()));
              }
              return job.in(JobState.CANCELLED, "");
            },
            "info",
            "Cancelled by %s.".formatted(asker.name()));
    worker.interrupt(id);
    return after;
  }

  private TeachingJob decide(String id, UnaryOperator<TeachingJob> change) {
    return table.change(id, change);
  }

  /// Serves an adapter although a gate was missed.
  ///
  /// @param reason why; it is kept with the adapter for ever
  public TeachingJob order(Principal asker, String id, String reason) {
    TeachingJob job = table.job(asker, id);
    require(asker, job.wish());
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw new InvalidRequest(
          "Serving what missed a gate takes a reason of 1 to %d characters."
              .formatted(LONGEST_REASON),
          "reason");
    }
    if (job.state() != JobState.HELD_BACK) {
      throw new Conflict(
          "%s is %s; what was held back can be ordered.".formatted(id, job.state().word()));
    }
    Examined examined =
        worker
            .folder(id)
            .examined()
            .orElseThrow(() -> new NotFound("The exam of %s is gone.".formatted(id)));
    worker.publish(job, asker, examined, reason.strip());
    return table.job(asker, id);
  }

  /// Writes the adapter that is served for other programs.
  ///
  /// @return a file of its own; whoever asked deletes it
  /// @throws Conflict where it is not served
  public Path export(Principal asker, String id, AdapterShelf.Form form) {
    TeachingJob job = table.job(asker, id);
    require(asker, job.wish());
    if (job.state() != JobState.PUBLISHED) {
      throw new Conflict(
          "%s is %s; what is served can be taken along.".formatted(id, job.state().word()));
    }
    Path target =
        Disk.folder(worker.folder(id).path().resolve("export")).resolve(newId("adapter-"));
    ports.shelf().export(job.wish().name(), form, target);
    return target;
  }

  /// The files that were brought to be taught from.
  public BroughtFiles files() {
    return files;
  }

  // What was seen and is gone.

  /// Marks each adapter that saw a document or an exchange that is no longer there. To be called
  /// when something was deleted; what was missed is found at the next start.
  public void reconcile() {
    Set<String> documents = new HashSet<>();
    Set<String> exchanges = new HashSet<>();
    for (String seen : ports.shelf().seen()) {
      if (seen.startsWith("document:")) {
        documents.add(seen.substring(9));
      } else if (seen.startsWith("exchange:")) {
        exchanges.add(seen.substring(9));
      }
    }
    documents.removeAll(ports.library().present(documents));
    exchanges.removeAll(ports.exchanges().present(exchanges));
    documents.forEach(id ->
        ports
            .shelf()
            .mark(
                "document:" + id,
                "A document that it was taught from was deleted or replaced (%s).".formatted(id)));
    exchanges.forEach(id ->
        ports
            .shelf()
            .mark(
                "exchange:" + id,
                "An exchange that it was taught from was deleted (%s).".formatted(id)));
  }

  /// Stops what is under way; it goes on at the next start.
  @Override
  public void close() {
    worker.close();
  }
}
