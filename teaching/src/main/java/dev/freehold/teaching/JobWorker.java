package dev.freehold.teaching;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.teaching.exam.Column;
import dev.freehold.teaching.exam.Examination;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.ExaminedJson;
import dev.freehold.teaching.exam.Gate;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Carries jobs out, one after another, on a thread of its own. Every phase can be begun anew or
/// gone on with, so that a job survives the end of the process.
final class JobWorker implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.freehold.teaching");

  private final TeachingPorts ports;
  private final JobTable table;
  private final Path folder;
  private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread thread;
  private String current = "";
  private Trainer.@Nullable Training training;
  private volatile boolean closing;

  JobWorker(TeachingPorts ports, JobTable table, Path folder) {
    this.ports = ports;
    this.table = table;
    this.folder = folder;
    this.thread = Thread.ofPlatform().daemon().name("teaching").unstarted(this::work);
  }

  void start() {
    // What a process that was killed left there to be examined: it is offered again.
    table.all().forEach(job -> ports.shelf().withdraw(job.wish().candidate()));
    table.active().forEach(job -> waiting.add(job.id()));
    thread.start();
  }

  void add(String job) {
    waiting.add(job);
  }

  DataSetFolder folder(String job) {
    return new DataSetFolder(folder.resolve("jobs").resolve(job));
  }

  Path files() {
    return folder.resolve("files");
  }

  /// Ends what is being done for a job whose state was changed.
  void interrupt(String job) {
    lock.lock();
    try {
      if (current.equals(job)) {
        if (training != null) {
          training.cancel();
        } else {
          thread.interrupt();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    while (!closing) {
      try {
        String job = waiting.take();
        current(job);
        carryOut(job);
      } catch (InterruptedException e) {
        current(""); // Closing, or a job that was cancelled when it was nearly done.
      } finally {
        current("");
      }
    }
  }

  private void current(String job) {
    lock.lock();
    try {
      current = job;
      Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  private void carryOut(String id) throws InterruptedException {
    try {
      TeachingJob job = table.find(id).orElse(null);
      while (job != null && job.state().active() && !closing) {
        switch (job.state()) {
          case WRITING -> write(job);
          case QUEUED, TRAINING -> train(job);
          case EXAMINING -> examine(job);
          case REVIEW, PAUSED, HELD_BACK, PUBLISHED, FAILED, CANCELLED -> {}
        }
        job = table.find(id).orElse(null);
      }
    } catch (FreeholdException e) {
      if (!closing) {
        fail(id, e.getMessage());
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "A job failed by a fault of ours.", e);
      fail(id, "A fault of ours: " + e);
    }
  }

  private void fail(String id, String why) {
    table.change(
        id, job -> job.state().active() ? job.in(JobState.FAILED, why) : job, "error", why);
  }

  /// Goes from one state to the next, unless somebody has decided otherwise meanwhile.
  private boolean step(TeachingJob job, JobState next, String why) {
    TeachingJob after =
        table.change(job.id(), now -> now.state() == job.state() ? now.in(next, why) : now);
    return after.state() == next;
  }

  private Principal owner(TeachingJob job) {
    return ports
        .people()
        .apply(job.owner())
        .orElseThrow(() ->
            new NotFound("%s, who wished this, has no key any more.".formatted(job.ownerName())));
  }

  private void write(TeachingJob job) {
    DataSetFolder files = folder(job.id());
    if (!files.written()) {
      table.tell(job.id(), "info", "Writing the data set.");
      int[] told = {-1};
      DataSetWriter writer =
          new DataSetWriter(
              ports,
              files(),
              progress -> {
                requireNotInterrupted();
                int tenth = progress.done() * 10 / Math.max(1, progress.total());
                if (tenth != told[0]) {
                  told[0] = tenth;
                  table.tell(
                      job.id(),
                      "info",
                      "%s: %d of %d."
                          .formatted(progress.what(), progress.done(), progress.total()));
                }
              });
      DataSetWriter.Written written = writer.write(job.wish(), owner(job));
      files.write(written);
      table.tell(
          job.id(), "info", "The data set is written: %s.".formatted(files.tally().keptInWords()));
      if (!files.tally().dropped().isEmpty()) {
        table.tell(job.id(), "warn", "Left out: %s.".formatted(files.tally().droppedInWords()));
      }
    }
    table.change(
        job.id(),
        now ->
            now.estimated(
                trainer(job).estimate(job.wish().model(), material(job), job.wish().settings())));
    step(job, job.wish().review() ? JobState.REVIEW : JobState.QUEUED, "");
  }

  private static void requireNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new dev.freehold.chat.Unavailable("The job was stopped.");
    }
  }

  Trainer trainer(TeachingJob job) {
    Trainer trainer = ports.trainers().get(job.wish().trainer());
    if (trainer == null) {
      throw new NotFound(
          "The trainer that %s was begun with, %s, is not configured now."
              .formatted(job.id(), job.wish().trainer()));
    }
    return trainer;
  }

  private Material material(TeachingJob job) {
    return folder(job.id()).material();
  }

  private void train(TeachingJob job) {
    DataSetFolder files = folder(job.id());
    TeachingJob begun = job;
    if (job.state() == JobState.QUEUED) {
      if (!step(job, JobState.TRAINING, "")) {
        return;
      }
      begun = table.find(job.id()).orElseThrow();
    } else {
      table.tell(job.id(), "info", "Going on with the training.");
    }
    try (Trainer.Training open =
        trainer(job)
            .open(job.wish().model(), material(job), job.wish().settings(), files.training())) {
      if (!running(begun, open)) {
        return;
      }
      table.change(job.id(), now -> now.estimated(open.estimate()));
      table.tell(job.id(), "info", told(open.estimate()));
      Trainer.Outcome outcome = open.run(step -> table.stepped(job.id(), step));
      if (outcome.complete()) {
        files.adapter(outcome.adapter(), outcome.step());
        long tokens = open.estimate().tokens();
        table.change(job.id(), now -> now.trained(tokens));
        table.tell(
            job.id(), "info", "Trained; the adapter is that of step %d.".formatted(outcome.step()));
        step(begun, JobState.EXAMINING, "");
      }
    } finally {
      running(begun, null);
    }
  }

  // False where somebody stopped the job before the training could be told.
  private boolean running(TeachingJob job, Trainer.@Nullable Training value) {
    lock.lock();
    try {
      training = value;
      return table.find(job.id()).map(now -> now.state() == job.state()).orElse(false) && !closing;
    } finally {
      lock.unlock();
    }
  }

  private static String told(Estimate estimate) {
    return "%d lessons, %d tokens in %d steps; about %d min and %d MB%s."
        .formatted(
            estimate.lessons(),
            estimate.tokens(),
            estimate.steps(),
            Math.round(estimate.time().toSeconds() / 60.0),
            estimate.memory() >> 20,
            estimate.leftOut() == 0
                ? ""
                : "; %d lessons are too long and left out".formatted(estimate.leftOut()));
  }

  private void examine(TeachingJob job) {
    DataSetFolder files = folder(job.id());
    Principal owner = owner(job);
    Examined examined = files.examined().orElse(null);
    if (examined == null) {
      examined = sit(job, owner);
      files.examined(examined);
    }
    if (examined.held()) {
      publish(job, owner, examined, "");
    } else {
      String why = why(examined);
      table.change(
          job.id(),
          now ->
              now.state() == job.state()
                  ? now.in(JobState.HELD_BACK, "Not served, since " + why + ".")
                  : now,
          "warn",
          "Held back: " + why + ".");
    }
  }

  /// Served for its owner as long as the exam lasts: whoever sees how it ended no longer finds it
  /// there.
  private Examined sit(TeachingJob job, Principal owner) {
    Wish wish = job.wish();
    DataSetFolder files = folder(job.id());
    try {
      ports.shelf().offer(offer(job, owner, wish.candidate(), ""));
      table.tell(job.id(), "info", "The exam begins, asked as it is served.");
      int[] told = {-1};
      return new Examination(
              files.paper(),
              columns(wish, owner),
              ports.exam(),
              (done, total) -> {
                int tenth = done * 10 / Math.max(1, total);
                if (tenth > told[0]) {
                  told[0] = tenth;
                  table.tell(job.id(), "info", "Exam: %d of %d asked.".formatted(done, total));
                }
              })
          .sit(files.replies());
    } finally {
      // An interrupt ends the exam, and not what clears up behind it.
      boolean interrupted = Thread.interrupted();
      ports.shelf().withdraw(wish.candidate());
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String why(Examined examined) {
    String missed =
        examined.gates().stream()
            .filter(gate -> gate.outcome() == Gate.Outcome.MISSED)
            .map(gate -> "%s (%s; found %s)".formatted(gate.name(), gate.demand(), gate.found()))
            .collect(Collectors.joining("; "));
    return missed.isEmpty()
        ? "nothing shows that it learned what it was taught: there were no questions and too few"
            + " conversations to hold some out; bring an exam, or a file to validate on"
        : "it missed: " + missed;
  }

  private Map<Column, ChatModel> columns(Wish wish, Principal owner) {
    Set<String> collections =
        wish.sources().stream()
            .filter(Source.Collection.class::isInstance)
            .map(source -> ((Source.Collection) source).id())
            .collect(Collectors.toSet());
    ChatModel base = ports.models().model(wish.model(), Asking.of(owner));
    ChatModel adapted =
        ports.models().model(wish.model() + "+" + wish.candidate(), Asking.of(owner));
    Map<Column, ChatModel> columns = new EnumMap<>(Column.class);
    columns.put(Column.BASE, base);
    columns.put(Column.ADAPTER, adapted);
    if (!collections.isEmpty()) {
      columns.put(Column.BASE_DOCUMENTS, ports.grounder().ground(base, owner, collections));
      columns.put(Column.ADAPTER_DOCUMENTS, ports.grounder().ground(adapted, owner, collections));
    }
    return columns;
  }

  /// Serves the adapter; a reason is why that is done although a gate was missed.
  void publish(TeachingJob job, Principal owner, Examined examined, String reason) {
    ObjectNode gates = (ObjectNode) JsonMapper.shared().readTree(ExaminedJson.write(examined));
    gates.put("decision", reason.isEmpty() ? "the gates hold" : "ordered");
    gates.put("reason", reason).put("by", owner.name()).put("job", job.id());
    gates.put("dataSet", folder(job.id()).digest());
    ports.shelf().publish(offer(job, owner, job.wish().name(), gates.toString()));
    table.change(
        job.id(),
        now -> now.state() == job.state() ? now.because(reason).in(JobState.PUBLISHED, "") : now,
        "info",
        "Served as %s%s."
            .formatted(job.wish().served(), reason.isEmpty() ? "" : ", by order: " + reason));
  }

  private AdapterShelf.Offer offer(TeachingJob job, Principal owner, String name, String gates) {
    DataSetFolder files = folder(job.id());
    Path adapter =
        files
            .adapter()
            .filter(Files::exists)
            .orElseThrow(() -> new NotFound("The trained adapter is no longer there."));
    return new AdapterShelf.Offer(
        name,
        job.wish().model(),
        adapter,
        owner,
        job.wish().sources(),
        seen(job),
        "taught here by %s, job %s".formatted(job.ownerName(), job.id()),
        gates);
  }

  private Set<String> seen(TeachingJob job) {
    Set<String> seen = new LinkedHashSet<>();
    job.wish().sources().stream()
        .filter(Source.File.class::isInstance)
        .forEach(file -> seen.add("file:" + file));
    if (job.wish().method() == Wish.Method.SUPERVISED) {
      for (Lesson lesson : folder(job.id()).learned()) {
        for (Origin origin : lesson.origins()) {
          switch (origin) {
            case Origin.Document document -> seen.add(document.toString());
            case Origin.Exchange exchange -> seen.add(exchange.toString());
            case Origin.File file -> seen.add(file.toString());
            case Origin.Replayed _ -> {}
          }
        }
      }
    }
    return seen;
  }

  /// Stops what is under way; it goes on at the next start.
  @Override
  public void close() {
    closing = true;
    lock.lock();
    try {
      if (training != null) {
        training.cancel();
      }
      thread.interrupt();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(java.time.Duration.ofSeconds(60));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
