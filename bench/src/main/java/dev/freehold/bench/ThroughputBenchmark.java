package dev.freehold.bench;

import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.Throughput;
import dev.freehold.model.Throughput.Kind;
import dev.freehold.model.Throughput.Measurement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Prints prompt and generation speed of a model file at several thread counts, in the shape of
/// llama-bench. Arguments: the file, then thread counts (all physical cores by default).
public final class ThroughputBenchmark {

  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final int REPETITIONS = 5;

  private ThroughputBenchmark() {}

  /// Runs it.
  public static void main(String[] arguments) {
    if (arguments.length == 0) {
      System.err.println("usage: ThroughputBenchmark MODEL.gguf [THREADS…]");
      System.exit(2);
    }
    ModelConfiguration standard = ModelConfiguration.standard();
    List<Integer> threadCounts = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      threadCounts.add(Integer.valueOf(arguments[i]));
    }
    if (threadCounts.isEmpty()) {
      threadCounts.add(standard.threads());
    }
    for (int threads : threadCounts) {
      ModelConfiguration configuration = standard.withThreads(threads);
      try (LanguageModel model = Models.open(Path.of(arguments[0]), configuration)) {
        List<Measurement> results =
            List.of(
                Throughput.measure(model, threads, Kind.PROMPT, 512, REPETITIONS, WARM_UP),
                Throughput.measure(model, threads, Kind.GENERATION, 128, REPETITIONS, WARM_UP));
        System.out.print(Throughput.table(model.parameters(), results));
      }
    }
  }
}
