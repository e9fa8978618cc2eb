package dev.freehold.training;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.tensor.FloatRows;
import dev.freehold.training.Curriculum.Seat;
import dev.freehold.training.TrainingResult.Ending;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One training of one adapter: opened, estimated, run to its end or cancelled, and opened again
/// where it was left.
///
/// Every result is the same bit for bit whether the run was interrupted or not, and whatever the
/// number of threads: no sum depends on who was faster. One thread runs it; [#cancel()] and
/// [#step()] may be called by any.
public final class TrainingRun implements AutoCloseable {

  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final TrainingSettings settings;
  private final Path folder;
  private final byte[] fingerprint;
  private final Estimate estimate;
  private final Curriculum curriculum;
  private final Lessons lessons;
  private final Machinery machinery;
  private final String architecture;
  private final Parameters parameters;
  private final Passes passes;
  private final AdamW optimiser;
  private final Pace pace = new Pace();
  private @Nullable Objective objective;

  private volatile int step;
  private int passesDone;
  private int measured;
  private long tokens;
  private double loss;
  private double gradientNorm;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private int bestStep;
  private int worse;
  private float[] best = {};

  private TrainingRun(
      ModelFile base,
      Lessons lessons,
      TrainingSettings settings,
      Path folder,
      Curriculum curriculum,
      Estimate estimate,
      Machinery machinery) {
    this.settings = settings;
    this.folder = folder;
    this.lessons = lessons;
    this.curriculum = curriculum;
    this.estimate = estimate;
    this.machinery = machinery;
    fingerprint = Fingerprint.of(base, lessons, settings);
    FrozenModel model =
        FrozenModel.read(base, settings.course().sequenceLength(), machinery.workers);
    architecture = model.shape().architecture();
    requireTargets(model, settings.shape().targets());
    parameters = Parameters.of(model, settings.shape());
    optimiser = new AdamW(machinery, parameters, settings.optimisation());
    Optional<Checkpoint> checkpoint = Checkpoint.read(folder);
    if (checkpoint.isPresent()) {
      goOn(checkpoint.get());
    } else {
      parameters.initialize(settings.course().seed());
    }
    passes =
        new Passes(machinery, model, parameters, curriculum.largestPass(), estimate.keptLayers());
  }

  private static void requireTargets(FrozenModel model, Set<Target> targets) {
    Set<Target> missing = Parameters.missing(model, targets);
    if (!missing.isEmpty()) {
      throw new Unsupported(
          "Adapting %s of this model, whose networks are experts,".formatted(missing),
          "the projections of attention: " + Target.attention());
    }
  }

  /// Refuses a base that cannot be trained, by its header alone.
  ///
  /// @throws Unsupported naming its architecture
  public static void requireTrainable(ModelFile base) {
    FrozenModel.requireTrainable(base);
  }

  /// What a training would take, with this machine's speed measured for most of a second. Nothing
  /// is loaded.
  ///
  /// @throws Unsupported where the architecture cannot be trained, or not in that precision here
  /// @throws InvalidRequest where examples and settings do not fit together
  public static Estimate estimate(ModelFile base, Lessons lessons, TrainingSettings settings) {
    FrozenModel.requireTrainable(base);
    if (!settings.machine().precision().isAvailable()) {
      throw new Unsupported(
          "Training in %s on this processor".formatted(settings.machine().precision()),
          "precision exact");
    }
    Curriculum curriculum = new Curriculum(lessons, settings, vocabulary(base));
    Estimator estimator = new Estimator(base, settings, curriculum);
    Estimator.Speed speed = Estimator.measureSpeed(settings.machine());
    Estimate first = estimator.estimate(Long.MAX_VALUE / 2, speed);
    return estimator.estimate(Estimator.available(2 * first.bytes()), speed);
  }

  private static int vocabulary(ModelFile base) {
    return base.tensor("token_embd.weight")
        .filter(tensor -> tensor.shape().size() == 2)
        .map(tensor -> Math.toIntExact(tensor.shape().get(1)))
        .orElseThrow(() -> new Unsupported("A model without embeddings", "decoders"));
  }

  /// Loads the base and prepares a training, from its beginning or from the checkpoint that lies in
  /// `folder`.
  ///
  /// @param base may be closed afterwards
  /// @param folder where checkpoints are kept, of this training alone; made if need be
  /// @throws Unsupported where the architecture, or a target in it, cannot be trained
  /// @throws InvalidRequest where examples and settings do not fit together
  /// @throws Unavailable where it does not fit in memory, saying what would
  /// @throws Conflict where the checkpoint is of another base, other lessons or other settings
  /// @throws dev.freehold.chat.MalformedFile where the checkpoint is broken
  public static TrainingRun open(
      ModelFile base, Lessons lessons, TrainingSettings settings, Path folder) {
    Estimate estimate = estimate(base, lessons, settings);
    if (!estimate.fits()) {
      throw new Unavailable("This training does not fit in memory. " + estimate.remedy());
    }
    Curriculum curriculum = new Curriculum(lessons, settings, vocabulary(base));
    Machinery machinery =
        new Machinery(settings.machine().threads(), settings.machine().precision());
    boolean opened = false;
    try {
      TrainingRun run =
          new TrainingRun(base, lessons, settings, folder, curriculum, estimate, machinery);
      opened = true;
      return run;
    } finally {
      if (!opened) {
        machinery.close();
      }
    }
  }

  private void goOn(Checkpoint checkpoint) {
    if (!Arrays.equals(checkpoint.fingerprint(), fingerprint)
        || checkpoint.values().length != parameters.values.length) {
      throw new Conflict(
          "%s holds a checkpoint of another training: of another base, other examples or other settings. Give those, or another folder."
              .formatted(folder));
    }
    copy(checkpoint.values(), parameters.values);
    copy(checkpoint.means(), optimiser.means);
    copy(checkpoint.squares(), optimiser.squares);
    copy(checkpoint.gradient(), parameters.gradient);
    step = checkpoint.step();
    passesDone = checkpoint.passes();
    measured = checkpoint.measured();
    tokens = checkpoint.tokens();
    loss = checkpoint.loss();
    gradientNorm = checkpoint.gradientNorm();
    bestLoss = checkpoint.bestLoss();
    bestStep = checkpoint.bestStep();
    worse = checkpoint.worse();
    best = checkpoint.best();
  }

  private static void copy(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, from.length);
  }

  private void checkpoint() {
    new Checkpoint(
            fingerprint,
            step,
            passesDone,
            measured,
            tokens,
            loss,
            gradientNorm,
            parameters.values,
            optimiser.means,
            optimiser.squares,
            bestLoss,
            bestStep,
            worse,
            best,
            passesDone == 0 ? new float[0] : parameters.gradient)
        .write(folder);
    pace.saved();
  }

  private boolean isDue() {
    return pace.sinceSaved().compareTo(settings.course().checkpointEvery()) >= 0;
  }

  /// What it takes, as it was known when it was opened.
  public Estimate estimate() {
    return estimate;
  }

  /// Steps done.
  public int step() {
    return step;
  }

  /// Trains to the end, or until cancelled; a checkpoint is written then as well.
  ///
  /// @throws Unavailable where a checkpoint could not be written
  public TrainingResult run(TrainingListener listener) {
    Objective current = objective();
    pace.begin();
    if (step > 0 && passesDone == 0 && measurementIsDue()) {
      conclude(current, listener); // it was interrupted before this step was measured
    }
    while (step < curriculum.steps() && !cancelled.get() && !improvesNoMore()) {
      if (makeStep(current, listener)) {
        conclude(current, listener);
      }
    }
    checkpoint();
    return result();
  }

  private Objective objective() {
    Objective made =
        switch (lessons) {
          case Lessons.Texts _ -> new Objective.Likelihood();
          case Lessons.Pairs pairs ->
              objective != null
                  ? objective
                  : new Objective.Preference(
                      pairs.beta(),
                      Objective.Preference.references(passes, curriculum.all()),
                      Objective.Preference.references(passes, curriculum.heldOut()));
        };
    objective = made;
    return made;
  }

  /// Makes the next step, pass by pass; returns whether it was finished, which it is not where the
  /// run was cancelled.
  private boolean makeStep(Objective current, TrainingListener listener) {
    int next = step + 1;
    List<Seat> seats = curriculum.step(next);
    int count = current.count(seats);
    if (passesDone == 0) {
      machinery.clear(FloatRows.of(parameters.gradient, parameters.gradient.length), 1);
      loss = 0;
    }
    while (passesDone < seats.size()) {
      Seat seat = seats.get(passesDone);
      loss += current.learn(passes, seat, count);
      tokens += seat.pass().rows();
      pace.count(seat.pass().rows());
      passesDone++;
      listener.passed(next, passesDone, seats.size());
      if (passesDone < seats.size()) {
        if (cancelled.get()) {
          return false;
        }
        if (isDue()) {
          checkpoint();
        }
      }
    }
    gradientNorm = optimiser.step(next, learningRate(next));
    passes.refresh();
    passesDone = 0;
    step = next;
    return true;
  }

  private double learningRate(int of) {
    return AdamW.learningRate(settings.optimisation(), of, curriculum.steps());
  }

  /// Whether what is held out is to be measured now.
  private boolean measurementIsDue() {
    return curriculum.hasHeldOut()
        && measured < step
        && (step % curriculum.heldOutEvery() == 0 || step == curriculum.steps());
  }

  private boolean improvesNoMore() {
    return settings.course().patience() > 0 && worse >= settings.course().patience();
  }

  private void conclude(Objective current, TrainingListener listener) {
    OptionalDouble heldOutLoss = OptionalDouble.empty();
    if (measurementIsDue()) {
      if (isDue()) {
        checkpoint();
      }
      heldOutLoss = OptionalDouble.of(measure(current));
    }
    boolean due = isDue() || step == curriculum.steps();
    Runtime runtime = Runtime.getRuntime();
    long rest = curriculum.tokens() * settings.course().epochs() - tokens;
    listener.stepped(
        new StepReport(
            step,
            curriculum.steps(),
            curriculum.epoch(step),
            loss,
            heldOutLoss,
            learningRate(step),
            gradientNorm,
            tokens,
            pace.tokensPerSecond(),
            pace.timeFor(rest),
            runtime.totalMemory() - runtime.freeMemory(),
            due));
    // Told first: a step that is kept is never gone from what was told, one that is not comes
    // again.
    if (due) {
      checkpoint();
    }
  }

  private double measure(Objective current) {
    List<Seat> seats = curriculum.heldOut();
    int count = current.count(seats);
    double sum = 0;
    for (Seat seat : seats) {
      sum += current.measure(passes, seat, count);
    }
    measured = step;
    if (sum < bestLoss) {
      bestLoss = sum;
      bestStep = step;
      worse = 0;
      best = parameters.values.clone();
    } else {
      worse++;
    }
    return sum;
  }

  /// The largest part of the adapter, by twentieths down to a half, with which what is held out and
  /// is to stay what it is to the base surprises it by at most `drift` nats a token more than
  /// before. What was learnt outlives that better than what was forgotten: the one moves choices,
  /// the other every token.
  private double part() {
    List<Seat> kept = curriculum.heldOutKept();
    if (kept.isEmpty() || settings.course().drift() <= 0) {
      return 1;
    }
    parameters.part(0);
    passes.refresh();
    double before = new Objective.Likelihood().mean(passes, kept);
    for (int twentieths = 20; twentieths > 10; twentieths--) {
      parameters.part(twentieths / 20.0);
      passes.refresh();
      if (new Objective.Likelihood().mean(passes, kept) - before <= settings.course().drift()) {
        return twentieths / 20.0;
      }
    }
    return 0.5;
  }

  private TrainingResult result() {
    boolean chosen = bestStep > 0;
    boolean ended = step == curriculum.steps() || improvesNoMore();
    float[] last = parameters.values.clone();
    if (ended) {
      copy(chosen ? best : last, parameters.values);
      parameters.part(part());
    }
    Ending ending =
        step == curriculum.steps()
            ? Ending.DONE
            : improvesNoMore() ? Ending.NO_LONGER_IMPROVED : Ending.CANCELLED;
    Adapter adapter = parameters.adapter(architecture, chosen ? best : last);
    parameters.part(1);
    copy(last, parameters.values);
    passes.refresh();
    return new TrainingResult(
        adapter,
        chosen ? bestStep : step,
        step,
        ending,
        loss,
        chosen ? OptionalDouble.of(bestLoss) : OptionalDouble.empty());
  }

  /// Makes [#run] return after the pass in hand.
  public void cancel() {
    cancelled.set(true);
  }

  /// Ends the threads. Not while [#run] runs.
  @Override
  public void close() {
    machinery.close();
  }
}
