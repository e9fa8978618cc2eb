package dev.freehold.teaching;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.teaching.lesson.LessonFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// A program that trains in this one's place, for instance on a GPU with TRL, PEFT or Unsloth. One
/// contract for all of them (docs/teaching.md):
///
/// - It is started with one argument, a folder. In it lie `request.json` (base, method, settings),
///   `lessons.jsonl` and `heldout.jsonl`.
/// - It writes a line of JSON for each step on its standard output: `step`, `of`, `loss`, and where
///   it knows them `heldOutLoss`, `learningRate`, `tokensPerSecond`, `secondsLeft`, `memory`,
///   `checkpointed`. Other lines are its log.
/// - It leaves `adapter/` in PEFT's form, `evaluation.json` if it measured something, and ends with
///   0. What it needs to go on after a kill it keeps in the folder.
///
/// What it measured itself opens no gate: its adapter is examined here as any other. It sees no
/// environment but what it needs to find its programs and processors.
public final class ExternalTrainer implements Trainer {

  private static final List<String> ENVIRONMENT =
      List.of("PATH", "HOME", "LANG", "TMPDIR", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS");
  private static final int LONGEST_LINE = 100_000;
  private static final int LOG_LINES = 20;
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final List<String> command;
  private final UnaryOperator<String> base;

  /// @param command the program and its first arguments; the folder is added
  /// @param base where the weights of a base lie, by its name
  public ExternalTrainer(List<String> command, UnaryOperator<String> base) {
    if (command.isEmpty()) {
      throw new InvalidRequest("A trainer is a program.", "trainer");
    }
    this.command = List.copyOf(command);
    this.base = base;
  }

  @Override
  public Estimate estimate(String model, Material material, TrainerSettings settings) {
    if (!(material instanceof Material.Lessons lessons)) {
      throw new InvalidRequest(
          "The external trainer learns from lessons; preferences are taught here.", "method");
    }
    int count = lessons.learned().size();
    int steps =
        (count + settings.examplesPerStep() - 1) / settings.examplesPerStep() * settings.epochs();
    // A token is some four characters; the trainer itself knows better and says so while it runs.
    long characters = lessons.learned().stream().mapToLong(lesson -> lesson.text().length()).sum();
    return new Estimate(count, 0, characters / 4 * settings.epochs(), steps, 0, Duration.ZERO);
  }

  @Override
  public Training open(String model, Material material, TrainerSettings settings, Path folder) {
    Estimate estimate = estimate(model, material, settings);
    Material.Lessons lessons = (Material.Lessons) material;
    Disk.write(folder.resolve("lessons.jsonl"), LessonFile.write(lessons.learned()));
    Disk.write(folder.resolve("heldout.jsonl"), LessonFile.write(lessons.heldOut()));
    Disk.write(
        folder.resolve("request.json"),
        request(base.apply(model), settings).toString().getBytes(StandardCharsets.UTF_8));
    return new Run(folder, estimate);
  }

  private static ObjectNode request(String weights, TrainerSettings settings) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("contract", 1)
            .put("base", weights)
            .put("method", "supervised")
            .put("lessons", "lessons.jsonl")
            .put("heldOut", "heldout.jsonl")
            .put("adapter", "adapter")
            .put("rank", settings.rank())
            .put("alpha", settings.alpha())
            .put("learningRate", settings.learningRate())
            .put("epochs", settings.epochs())
            .put("examplesPerStep", settings.examplesPerStep())
            .put("sequenceLength", settings.sequenceLength())
            .put("seed", settings.seed());
    settings.targets().forEach(json.putArray("targets")::add);
    return json;
  }

  private final class Run implements Training {
    private final Path folder;
    private final Estimate estimate;
    private volatile boolean cancelled;
    private volatile @Nullable Process process;

    Run(Path folder, Estimate estimate) {
      this.folder = folder;
      this.estimate = estimate;
    }

    @Override
    public Estimate estimate() {
      return estimate;
    }

    @Override
    public Outcome run(Consumer<StepReport> listener) {
      Path adapter = folder.resolve("adapter");
      Log log = new Log(listener);
      try {
        endWhoeverIsLeft();
        Process started = start();
        process = started;
        if (cancelled) {
          cancel();
        }
        try (BufferedReader out = started.inputReader(StandardCharsets.UTF_8)) {
          String line = out.readLine();
          while (line != null) {
            log.take(line);
            line = out.readLine();
          }
        }
        int code = started.waitFor();
        if (cancelled) {
          return new Outcome(false, adapter, log.step, log.heldOut);
        }
        if (code != 0 || !Files.exists(adapter.resolve("adapter_config.json"))) {
          throw new Unavailable(
              "The trainer %s ended with %d%s. It said last:\n%s"
                  .formatted(
                      command.getFirst(),
                      code,
                      code == 0 ? " and left no adapter" : "",
                      log.last()));
        }
        return new Outcome(true, adapter, log.step, log.heldOut);
      } catch (IOException e) {
        throw new Unavailable(
            "The trainer %s cannot be run: %s.".formatted(command.getFirst(), e.getMessage()), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        cancel();
        return new Outcome(false, adapter, log.step, log.heldOut);
      }
    }

    private Process start() throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(Stream.concat(command.stream(), Stream.of(folder.toString())).toList())
              .directory(folder.toFile())
              .redirectErrorStream(true);
      Map<String, String> environment = builder.environment();
      environment.keySet().retainAll(ENVIRONMENT);
      Process started = builder.start();
      Disk.write(note(), identity(started.toHandle()).getBytes(StandardCharsets.UTF_8));
      return started;
    }

    private Path note() {
      return folder.resolve("process.txt");
    }

    // Numbers of processes come again; with the time of its start it is the one that is meant.
    private static String identity(ProcessHandle process) {
      return "%d %s"
          .formatted(
              process.pid(), process.info().startInstant().map(Instant::toString).orElse(""));
    }

    /// Where this process was killed, its trainer may still be at work in the folder: two at once
    /// would spoil each other's checkpoints.
    private void endWhoeverIsLeft() throws IOException, InterruptedException {
      if (!Files.exists(note())) {
        return;
      }
      String noted = Files.readString(note());
      long pid = Long.parseLong(noted.substring(0, noted.indexOf(' ')));
      ProcessHandle left =
          ProcessHandle.of(pid).filter(one -> identity(one).equals(noted)).orElse(null);
      if (left != null) {
        left.descendants().forEach(ProcessHandle::destroyForcibly);
        left.destroyForcibly();
        try {
          left.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
          throw new Unavailable(
              "The trainer of the last start, process %d, does not end.".formatted(pid), e);
        }
      }
      Files.delete(note());
    }

    @Override
    public void cancel() {
      cancelled = true;
      Process running = process;
      if (running != null) {
        running.destroy();
        Thread.ofVirtual()
            .name("trainer-end")
            .start(() -> {
              try {
                if (!running.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                  running.descendants().forEach(ProcessHandle::destroyForcibly);
                  running.destroyForcibly();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
    }

    @Override
    public void close() {
      Process running = process;
      if (running != null && running.isAlive()) {
        cancel();
      }
    }
  }

  /// What the program says: steps, and a log of which the last lines are kept.
  private static final class Log {
    private final Consumer<StepReport> listener;
    private final java.util.ArrayDeque<String> lines = new java.util.ArrayDeque<>();
    private int step;
    private OptionalDouble heldOut = OptionalDouble.empty();

    Log(Consumer<StepReport> listener) {
      this.listener = listener;
    }

    void take(String line) {
      if (line.startsWith("{") && line.length() < LONGEST_LINE) {
        JsonNode json = read(line);
        if (json.path("step").canConvertToInt() && json.path("loss").isNumber()) {
          stepped(json);
          return;
        }
      }
      keep(line);
    }

    private static JsonNode read(String line) {
      try {
        return JsonMapper.shared().readTree(line);
      } catch (JacksonException e) {
        return MissingNode.getInstance();
      }
    }

    private void keep(String line) {
      lines.add(line.length() > 500 ? line.substring(0, 500) + "…" : line);
      if (lines.size() > LOG_LINES) {
        lines.removeFirst();
      }
    }

    String last() {
      return String.join("\n", lines);
    }

    private void stepped(JsonNode json) {
      step = json.path("step").intValue();
      if (json.path("heldOutLoss").isNumber()) {
        heldOut = OptionalDouble.of(json.path("heldOutLoss").doubleValue());
      }
      listener.accept(
          new StepReport(
              step,
              (int) number(json, "of"),
              json.path("loss").doubleValue(),
              json.path("heldOutLoss").isNumber() ? heldOut : OptionalDouble.empty(),
              number(json, "learningRate"),
              number(json, "tokensPerSecond"),
              Duration.ofSeconds((long) number(json, "secondsLeft")),
              (long) number(json, "memory"),
              json.path("checkpointed").isBoolean() && json.path("checkpointed").booleanValue()));
    }

    // What a trainer does not know it leaves out.
    private static double number(JsonNode json, String field) {
      return json.path(field).isNumber() ? json.path(field).doubleValue() : 0;
    }
  }
}
