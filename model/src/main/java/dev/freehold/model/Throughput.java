package dev.freehold.model;

import dev.freehold.model.Batch.Outputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Measures how many tokens a second a model processes, as llama-bench does: a prompt of random
/// tokens in one step (`pp`), or one token a step from an empty sequence (`tg`).
///
/// A JVM compiles while it runs, so tests are repeated for a while before they count. Call it with
/// nothing else stepping the model.
public final class Throughput {

  /// What is measured.
  public enum Kind {
    /// Prompt processing.
    PROMPT("pp"),
    /// Generation.
    GENERATION("tg");

    private final String abbreviation;

    Kind(String abbreviation) {
      this.abbreviation = abbreviation;
    }
  }

  /// A result.
  ///
  /// @param kind what was measured
  /// @param tokens tokens of a repetition
  /// @param threads threads that computed
  /// @param samples tokens a second of each repetition, in order
  public record Measurement(Kind kind, int tokens, int threads, List<Double> samples) {

    /// @param kind what was measured
    /// @param tokens tokens of a repetition
    /// @param threads threads that computed
    /// @param samples tokens a second of each repetition, in order
    public Measurement {
      samples = List.copyOf(samples);
    }

    /// The test's name as llama-bench writes it, for instance `pp512`.
    public String test() {
      return kind.abbreviation + tokens;
    }

    /// Mean tokens a second.
    public double mean() {
      return samples.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /// Standard deviation of the samples, 0 for a single one.
    public double deviation() {
      double mean = mean();
      double squares = samples.stream().mapToDouble(s -> (s - mean) * (s - mean)).sum();
      return samples.size() < 2 ? 0 : Math.sqrt(squares / (samples.size() - 1));
    }
  }

  private Throughput() {}

  /// Repeats a test: first until `warmUp` has passed and at least once, then `repetitions` times
  /// that count.
  ///
  /// @param threads how many threads the model was opened with, for the record
  public static Measurement measure(
      LanguageModel model, int threads, Kind kind, int tokens, int repetitions, Duration warmUp) {
    long end = System.nanoTime() + warmUp.toNanos();
    do {
      seconds(model, kind, tokens);
    } while (System.nanoTime() < end);
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      samples.add(tokens / seconds(model, kind, tokens));
    }
    return new Measurement(kind, tokens, threads, samples);
  }

  private static double seconds(LanguageModel model, Kind kind, int tokens) {
    int vocabulary = model.parameters().vocabularySize();
    int[] random = new SplittableRandom(1).ints(tokens, 0, vocabulary).toArray();
    try (SequenceState sequence = model.newSequence()) {
      long start = System.nanoTime();
      switch (kind) {
        case PROMPT -> model.step(Batch.of(sequence, random, Outputs.LAST));
        case GENERATION -> {
          for (int token : random) {
            model.step(Batch.of(sequence, new int[] {token}, Outputs.LAST));
          }
        }
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }

  /// A table of results in the shape of llama-bench's.
  public static String table(ModelParameters parameters, List<Measurement> measurements) {
    StringBuilder table = new StringBuilder();
    String line = "| %-30s | %10s | %10s | %7s | %12s | %18s |%n";
    table.append(line.formatted("model", "size", "params", "threads", "test", "t/s"));
    table.append(
        "|%s|%s:|%s:|%s:|%s:|%s:|%n"
            .formatted(
                "-".repeat(32),
                "-".repeat(11),
                "-".repeat(11),
                "-".repeat(8),
                "-".repeat(13),
                "-".repeat(19)));
    String name =
        "%s %s %s".formatted(parameters.architecture(), parameters.name(), parameters.storage());
    for (Measurement measurement : measurements) {
      table.append(
          line.formatted(
              name.length() > 30 ? name.substring(0, 29) + "…" : name,
              number("%.2f MiB", parameters.bytes() / 1048576.0),
              number("%.2f M", parameters.weights() / 1e6),
              measurement.threads(),
              measurement.test(),
              number("%.2f", measurement.mean()) + number(" ± %.2f", measurement.deviation())));
    }
    return table.toString();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
