package dev.freehold.teaching;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// A trainer whose training is counting to a number; what it counted to is kept every few steps.
record CountingTrainer(int steps, int keepEvery, IntConsumer each) implements Trainer {

  @Override
  public Estimate estimate(String model, Material material, TrainerSettings settings) {
    int lessons =
        switch (material) {
          case Material.Lessons texts -> texts.learned().size();
          case Material.Pairs pairs -> pairs.learned().size();
        };
    return new Estimate(lessons, 0, 10L * lessons, steps, 1 << 20, Duration.ofSeconds(steps));
  }

  @Override
  public Training open(String model, Material material, TrainerSettings settings, Path folder) {
    Estimate estimate = estimate(model, material, settings);
    AtomicBoolean cancelled = new AtomicBoolean();
    return new Training() {
      @Override
      public Estimate estimate() {
        return estimate;
      }

      @Override
      public Outcome run(Consumer<StepReport> listener) {
        try {
          return count(folder, cancelled, listener);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void cancel() {
        cancelled.set(true);
      }

      @Override
      public void close() {}
    };
  }

  private Outcome count(Path folder, AtomicBoolean cancelled, Consumer<StepReport> listener)
      throws IOException {
    Path kept = folder.resolve("kept");
    Path adapter = folder.resolve("adapter.gguf");
    int done = Files.exists(kept) ? Integer.parseInt(Files.readString(kept).strip()) : 0;
    for (int step = done + 1; step <= steps; step++) {
      each.accept(step);
      boolean safe = step % keepEvery == 0 || cancelled.get();
      listener.accept(
          new StepReport(
              step, steps, 1.0 / step, OptionalDouble.empty(), 1e-4, 100, Duration.ZERO, 1, safe));
      if (safe) {
        Disk.write(kept, Integer.toString(step).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      if (cancelled.get()) {
        return new Outcome(false, adapter, step, OptionalDouble.empty());
      }
    }
    Disk.write(adapter, "trained".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new Outcome(true, adapter, steps, OptionalDouble.of(0.5));
  }
}
