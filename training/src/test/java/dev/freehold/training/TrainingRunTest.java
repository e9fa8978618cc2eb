package dev.freehold.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.training.TrainingResult.Ending;
import dev.freehold.training.TrainingSettings.Course;
import dev.freehold.training.TrainingSettings.Machine;
import dev.freehold.training.TrainingSettings.Optimisation;
import dev.freehold.training.TrainingSettings.Schedule;
import dev.freehold.training.TrainingSettings.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {

  @TempDir Path folder;

  private static final TrainingSettings SETTINGS =
      TrainingSettings.standard()
          .with(new Shape(4, 8, Target.all()))
          .with(new Optimisation(5e-3, Schedule.COSINE, 0.2, 0.01, 1))
          .with(new Course(3, 2, 64, 7, 2, 0, Duration.ofMinutes(1)))
          .with(new Machine(2, 40, 0, Precision.EXACT));

  private static List<Example> examples(int count, int vocabulary, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(Example.of(random.ints(8 + 3L * i, 3, vocabulary).toArray()));
    }
    return examples;
  }

  private static Lessons texts() {
    return new Lessons.Texts(examples(5, 53, 1), examples(2, 53, 2));
  }

  private static Lessons pairs() {
    List<Example> some = examples(10, 53, 3);
    List<PreferencePair> pairs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      pairs.add(new PreferencePair(some.get(i), some.get(9 - i)));
    }
    return new Lessons.Pairs(pairs.subList(0, 4), pairs.subList(4, 5), 0.1);
  }

  private static TrainingRun open(Lessons lessons, TrainingSettings settings, Path checkpoints) {
    return open("tiny-qwen2", lessons, settings, checkpoints);
  }

  private static TrainingRun open(
      String model, Lessons lessons, TrainingSettings settings, Path checkpoints) {
    try (GgufFile base = Golden.model(model)) {
      return TrainingRun.open(base, lessons, settings, checkpoints);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBatchIsLearntByHeart(Precision precision) {
    assumeTrue(precision.isAvailable());
    TrainingSettings settings =
        SETTINGS
            .with(new Shape(16, 32, Target.all()))
            .with(new Optimisation(1e-2, Schedule.COSINE, 0.05, 0, 1))
            .with(new Course(100, 4, 64, 7, 0, 0, Duration.ofMinutes(1)))
            .with(new Machine(2, 1024, 1 << 28, precision));
    Lessons lessons = new Lessons.Texts(examples(4, 53, 1), List.of());
    List<StepReport> reports = new ArrayList<>();
    try (TrainingRun run = open("tiny-f32", lessons, settings, folder)) {
      TrainingResult result = run.run(reports::add);
      assertThat(result.ending()).isEqualTo(Ending.DONE);
      assertThat(result.step()).isEqualTo(100);
    }
    assertThat(reports).hasSize(100);
    assertThat(reports.getFirst().loss()).isGreaterThan(3);
    assertThat(reports.getLast().loss()).isLessThan(0.01);
    assertThat(reports.getLast().checkpointed()).isTrue();
  }

  @Test
  void whatIsAllToStayWhatItIsChangesNothing() {
    Lessons lessons =
        new Lessons.Texts(
            examples(4, 53, 1).stream().map(Example::asKept).toList(), examples(2, 53, 2));
    try (TrainingRun run = open(lessons, SETTINGS, folder)) {
      Adapter adapter = run.run(_ -> {}).adapter();
      assertThat(adapter.pairs().values())
          .allSatisfy(pair -> assertThat(pair.b()).containsOnly(0f));
    }
  }

  @Test
  void whatIsToStayMovesLessThanWhatIsNotAskedTo() {
    List<Example> learned = examples(3, 53, 1);
    List<Example> others = examples(5, 53, 2).subList(3, 5);
    List<Example> both = new ArrayList<>(learned);
    others.forEach(other -> both.add(other.asKept()));
    double[] before = new double[1];
    double alone = lossOf(others, learned, folder.resolve("alone"), before);
    double held = lossOf(others, both, folder.resolve("held"), before);
    assertThat(Math.abs(held - before[0])).isLessThan(Math.abs(alone - before[0]) / 2);
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "1e-9, 4", "10, 8"})
  void soMuchOfTheAdapterIsTakenAsDriftsNoFurtherThanAllowed(double drift, double alpha) {
    List<Example> others = examples(5, 53, 2).subList(3, 5).stream().map(Example::asKept).toList();
    TrainingSettings settings =
        SETTINGS.with(new Course(6, 3, 64, 7, 100, 0, Duration.ofMinutes(1), drift));
    Lessons lessons = new Lessons.Texts(examples(3, 53, 1), others);
    try (TrainingRun run = open(lessons, settings, folder)) {
      assertThat(run.run(_ -> {}).adapter().alpha()).isEqualTo((float) alpha);
    }
  }

  // What `others` cost after twenty rounds of `train`; `before` at the beginning.
  private static double lossOf(
      List<Example> others, List<Example> train, Path checkpoints, double[] before) {
    TrainingSettings settings =
        SETTINGS
            .with(new Optimisation(5e-3, Schedule.CONSTANT, 0.05, 0, 1))
            .with(new Course(20, train.size(), 64, 7, 1, 0, Duration.ofMinutes(1)));
    List<StepReport> reports = new ArrayList<>();
    try (TrainingRun run = open(new Lessons.Texts(train, others), settings, checkpoints)) {
      run.run(reports::add);
    }
    before[0] = reports.getFirst().heldOutLoss().orElseThrow();
    return reports.getLast().heldOutLoss().orElseThrow();
  }

  @Test
  void pairsAreToldApart() {
    TrainingSettings settings =
        SETTINGS.with(new Course(20, 4, 64, 7, 0, 0, Duration.ofMinutes(1)));
    List<StepReport> reports = new ArrayList<>();
    try (TrainingRun run = open(pairs(), settings, folder)) {
      run.run(reports::add);
    }
    assertThat(reports.getFirst().loss()).isBetween(0.69, 0.70); // log 2: nothing is preferred yet
    assertThat(reports.getLast().loss()).isLessThan(0.1);
  }

  private Adapter uninterrupted(Lessons lessons, TrainingSettings settings) {
    try (TrainingRun run = open(lessons, settings, folder.resolve("uninterrupted"))) {
      return run.run(report -> {}).adapter();
    }
  }

  /// Cancels after every `passes` passes and opens again, until it is done.
  private Adapter interrupted(Lessons lessons, TrainingSettings settings, int passes) {
    Path checkpoints = folder.resolve("interrupted");
    TrainingResult result;
    int interruptions = 0;
    do {
      try (TrainingRun run = open(lessons, settings, checkpoints)) {
        result = run.run(cancelling(run, passes));
      }
      interruptions++;
    } while (result.ending() == Ending.CANCELLED);
    assertThat(interruptions).isGreaterThan(2);
    return result.adapter();
  }

  private static TrainingListener cancelling(TrainingRun run, int passes) {
    AtomicInteger left = new AtomicInteger(passes);
    return new TrainingListener() {
      @Override
      public void stepped(StepReport report) {}

      @Override
      public void passed(int step, int pass, int of) {
        if (left.decrementAndGet() == 0) {
          run.cancel();
        }
      }
    };
  }

  private static void assertSame(Adapter found, Adapter expected) {
    assertThat(found.pairs().keySet()).isEqualTo(expected.pairs().keySet());
    for (String name : expected.pairs().keySet()) {
      assertThat(found.pairs().get(name).a()).isEqualTo(expected.pairs().get(name).a());
      assertThat(found.pairs().get(name).b()).isEqualTo(expected.pairs().get(name).b());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aRunThatWasInterruptedEndsLikeOneThatWasNot(int passes) {
    assertSame(interrupted(texts(), SETTINGS, passes), uninterrupted(texts(), SETTINGS));
  }

  @ParameterizedTest
  @EnumSource
  void neitherDoesItMatterWhatIsLearntNorHowManyThreadsLearn(Precision precision) {
    assumeTrue(precision.isAvailable());
    TrainingSettings settings = SETTINGS.with(new Machine(1, 40, 1 << 28, precision));
    assertSame(interrupted(pairs(), SETTINGS.with(precision), 2), uninterrupted(pairs(), settings));
  }

  @Test
  void theOtherPrecisionIsAnotherTraining() {
    assumeTrue(Precision.BF16.isAvailable());
    uninterrupted(texts(), SETTINGS.with(Precision.BF16));
    Path there = folder.resolve("uninterrupted");
    assertThatThrownBy(() -> open(texts(), SETTINGS, there)).isInstanceOf(Conflict.class);
  }

  @Test
  void theBestOnWhatIsHeldOutIsKept() {
    TrainingSettings settings =
        SETTINGS
            .with(new Optimisation(2e-2, Schedule.CONSTANT, 0, 0, 0))
            .with(new Course(40, 5, 64, 7, 1, 3, Duration.ofMinutes(1)));
    List<StepReport> reports = new ArrayList<>();
    TrainingResult result;
    try (TrainingRun run = open(texts(), settings, folder)) {
      result = run.run(reports::add);
    }
    assertThat(result.ending()).isEqualTo(Ending.NO_LONGER_IMPROVED);
    double lowest =
        reports.stream()
            .mapToDouble(report -> report.heldOutLoss().orElseThrow())
            .min()
            .orElseThrow();
    assertThat(result.heldOutLoss()).hasValue(lowest);
    assertThat(reports.get(result.step() - 1).heldOutLoss()).hasValue(lowest);
    assertThat(result.steps()).isEqualTo(result.step() + 3);
  }

  @Test
  void aCheckpointOfAnotherTrainingIsAConflict() {
    uninterrupted(texts(), SETTINGS);
    TrainingSettings other = SETTINGS.with(new Shape(4, 9, Target.all()));
    Path there = folder.resolve("uninterrupted");
    assertThatThrownBy(() -> open(texts(), other, there)).isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> open(pairs(), SETTINGS, there)).isInstanceOf(Conflict.class);
  }

  @Test
  void aDamagedCheckpointIsNamed() throws IOException {
    uninterrupted(texts(), SETTINGS);
    Path file = folder.resolve("uninterrupted/training.checkpoint");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> open(texts(), SETTINGS, folder.resolve("uninterrupted")))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("digest");
  }

  @ParameterizedTest
  @CsvSource({
    "tiny-gemma2, gemma2",
    "tiny-phi3, phi3",
    "tiny-gpt-oss, gpt-oss",
    "tiny-deepseek-v3, deepseek2",
    "tiny-qwen3moe, qwen3moe",
    "encoder-bert, bert"
  })
  void whatHasNoWayBackIsRefusedByName(String model, String architecture) {
    try (GgufFile base = Golden.model(model)) {
      assertThatThrownBy(() -> TrainingRun.open(base, texts(), SETTINGS, folder))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("architecture " + architecture)
          .hasMessageContaining("llama");
    }
  }

  @Test
  void expertsStayFrozen() {
    try (GgufFile base = Golden.model("tiny-mixtral")) {
      assertThatThrownBy(() -> TrainingRun.open(base, texts(), SETTINGS, folder))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("GATE, UP, DOWN");
      TrainingSettings attention = SETTINGS.with(new Shape(4, 8, Target.attention()));
      try (TrainingRun run = TrainingRun.open(base, texts(), attention, folder)) {
        assertThat(run.run(report -> {}).adapter().pairs())
            .hasSize(8)
            .containsKey("blk.1.attn_output.weight");
      }
    }
  }

  @Test
  void whatIsTooLongOrUnknownIsRefused() {
    TrainingSettings shorter = SETTINGS.with(new Course(1, 1, 10, 0, 0, 0, Duration.ZERO));
    assertThatThrownBy(() -> open(texts(), shorter, folder))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("Example 2 has 11 tokens and at most 10");
    Lessons strange = new Lessons.Texts(List.of(Example.of(3, 53)), List.of());
    assertThatThrownBy(() -> open(strange, SETTINGS, folder))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("token 53 and the model has 53");
  }

  @Test
  void whatDoesNotFitIsRefusedWithWhatWould() {
    Lessons lessons = new Lessons.Texts(examples(200, 53, 1), List.of());
    TrainingSettings large =
        SETTINGS
            .with(new Course(1, 8, 2000, 0, 0, 0, Duration.ZERO))
            .with(new Machine(2, 60_000, 0, Precision.EXACT));
    Estimator.Speed speed = new Estimator.Speed(1e9, 1e9);
    try (GgufFile base = Golden.model("tiny-qwen2")) {
      Estimator estimator = new Estimator(base, large, new Curriculum(lessons, large, 53));
      long needed = estimator.estimate(Long.MAX_VALUE / 2, speed).bytes();
      Estimate refused = estimator.estimate(needed, speed);
      assertThat(refused.fits()).isFalse();
      assertThat(refused.remedy()).contains("-Xmx").contains("tokens_per_pass to");
      Estimate fits = estimator.estimate(needed + (100 << 20), speed);
      assertThat(fits.fits()).isTrue();
      Estimate slower = estimator.estimate(needed, new Estimator.Speed(1e9, 1e7));
      assertThat(slower.time()).isGreaterThan(refused.time());
    }
    Shape absurd = new Shape(512, 1, Target.all());
    TrainingSettings million =
        large.with(absurd).with(new Course(1, 1, 1 << 20, 0, 0, 0, Duration.ZERO));
    Lessons endless = new Lessons.Texts(List.of(Example.of(new int[1 << 20])), List.of());
    assertThatThrownBy(() -> open(endless, million, folder))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("does not fit in memory");
  }

  @Test
  void anEstimateKnowsWhatIsKnowable() {
    try (GgufFile base = Golden.model("tiny-qwen2")) {
      Estimate estimate = TrainingRun.estimate(base, texts(), SETTINGS);
      assertThat(estimate.steps()).isEqualTo(9);
      assertThat(estimate.tokens()).isEqualTo(3 * (8 + 11 + 14 + 17 + 20));
      assertThat(estimate.learnt()).isEqualTo(estimate.tokens() - 15);
      assertThat(estimate.layers()).isEqualTo(2);
      assertThat(estimate.keptLayers()).isZero();
      try (TrainingRun run = TrainingRun.open(base, texts(), SETTINGS, folder)) {
        Adapter adapter = run.run(report -> {}).adapter();
        long numbers =
            adapter.pairs().values().stream()
                .mapToLong(pair -> pair.a().length + pair.b().length)
                .sum();
        assertThat(estimate.trainable()).isEqualTo(numbers);
      }
    }
  }
}
