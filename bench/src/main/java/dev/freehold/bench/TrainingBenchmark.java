package dev.freehold.bench;

import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.training.Estimate;
import dev.freehold.training.Example;
import dev.freehold.training.Lessons;
import dev.freehold.training.Precision;
import dev.freehold.training.Target;
import dev.freehold.training.TrainingRun;
import dev.freehold.training.TrainingSettings;
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
import java.util.Random;

/// Trains pairs of rank 8 on all seven projections of a model file, four random sequences of 256
/// tokens a step, and prints what each step took and the most memory the process had. Arguments:
/// the file, steps (10), megabytes for layers' numbers (1024), threads (physical cores), `exact` or
/// `bf16` (the fastest).
public final class TrainingBenchmark {

  private TrainingBenchmark() {}

  /// Runs it.
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      System.err.println(
          "usage: TrainingBenchmark MODEL.gguf [STEPS [MEGABYTES [THREADS [PRECISION]]]]");
      System.exit(2);
    }
    int steps = number(arguments, 1, 10);
    long activations = (long) number(arguments, 2, 1024) << 20;
    int threads = number(arguments, 3, TrainingSettings.standard().machine().threads());
    Precision precision = arguments.length > 4 ? Precision.read(arguments[4]) : Precision.fastest();
    TrainingSettings settings =
        new TrainingSettings(
            new Shape(8, 16, Target.all()),
            new Optimisation(2e-4, Schedule.CONSTANT, 0, 0.01, 1),
            new Course(steps, 4, 256, 1, 0, 0, Duration.ofMinutes(1)),
            new Machine(threads, 1024, activations, precision));
    Path folder = Files.createTempDirectory("training");
    try (ModelFile base = Models.file(Path.of(arguments[0]));
        TrainingRun run = TrainingRun.open(base, lessons(base), settings, folder)) {
      Estimate estimate = run.estimate();
      System.out.printf(
          "%d of %d layers kept, %d MB, %.2f TFLOP a step, estimated %d ms a step%n",
          estimate.keptLayers(),
          estimate.layers(),
          estimate.bytes() >> 20,
          estimate.operations() / steps / 1e12,
          estimate.time().toMillis() / steps);
      long[] last = {System.nanoTime()};
      run.run(report -> {
        double seconds = (System.nanoTime() - last[0]) / 1e9;
        System.out.printf(
            "step %d loss %.4f %.2f s %.1f tokens/s %s%n",
            report.step(), report.loss(), seconds, 1024 / seconds, peak());
        last[0] = System.nanoTime();
      });
    }
    Files.deleteIfExists(folder.resolve("training.checkpoint"));
    Files.deleteIfExists(folder);
  }

  private static int number(String[] arguments, int index, int fallback) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : fallback;
  }

  private static Lessons lessons(ModelFile base) {
    int vocabulary = Math.toIntExact(base.tensor("token_embd.weight").orElseThrow().shape().get(1));
    Random random = new Random(1);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      examples.add(Example.of(random.ints(256, 0, vocabulary).toArray()));
    }
    return new Lessons.Texts(examples, List.of());
  }

  /// The most memory the process had, as Linux counts it.
  private static String peak() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM")) {
          return line.substring("VmHWM:".length()).strip();
        }
      }
    } catch (IOException e) {
      return "memory unknown";
    }
    return "memory unknown";
  }
}
