package dev.freehold.evaluation.grader;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Graders of the user's own, in any language, each answer a process of its own.
///
/// Standard input: `{"messages": [{"role", "content"}…], "golds": […], "passages": […], "answer":
/// "…"}`. Standard output: a number from 0 to 1, or `{"score": 0…1, "why": "…"}`. Of the
/// environment the program sees nothing but `PATH`. A program that fails, says something else or
/// takes too long is a fault of the benchmark and ends the run: it is not a wrong answer.
///
/// What it has said when it ends counts, whatever it leaves running. What was seen to run below it
/// is ended with it.
final class Programs {

  private static final int MOST_OUTPUT = 1 << 20;
  private static final long LOOK_MILLIS = 100;

  private Programs() {}

  static Score score(Grader.Program program, Path folder, Question question, String answer) {
    // A file, since the end of a pipe comes only when everybody who has it is gone.
    Path output = null;
    try {
      output = Files.createTempFile("freehold-grader", ".out");
      return score(program, folder, question, answer, output);
    } catch (IOException e) {
      throw new Unavailable(
          "What the grader %s says cannot be read: %s.".formatted(program.command(), e), e);
    } finally {
      if (output != null) {
        output.toFile().delete();
      }
    }
  }

  private static Score score(
      Grader.Program program, Path folder, Question question, String answer, Path output)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.command()).directory(folder.toFile());
    builder.environment().keySet().retainAll(Set.of("PATH"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.redirectOutput(output.toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new Unavailable(
          "The grader %s cannot be started: %s.".formatted(program.command(), e.getMessage()), e);
    }
    Set<ProcessHandle> below = new HashSet<>();
    try {
      FutureTask<Boolean> input = new FutureTask<>(() -> write(process, question, answer));
      Thread.ofVirtual().name("grader-input").start(input);
      await(program, process, output, below);
      if (process.exitValue() != 0) {
        throw new Unavailable(
            "The grader %s ended with code %d.".formatted(program.command(), process.exitValue()));
      }
      return parse(program, read(output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Grading was interrupted.", e);
    } finally {
      // Only a program that still runs tells who is below it.
      if (process.isAlive()) {
        process.descendants().forEach(below::add);
      }
      process.destroyForcibly();
      below.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static void await(
      Grader.Program program, Process process, Path output, Set<ProcessHandle> below)
      throws InterruptedException, IOException {
    long end = System.nanoTime() + program.limit().toNanos();
    for (long left = program.limit().toNanos(); ; left = end - System.nanoTime()) {
      long wait = Math.clamp(left, 0, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
      if (process.waitFor(wait, TimeUnit.NANOSECONDS)) {
        return;
      }
      if (left <= 0) {
        throw new Unavailable(
            "The grader %s took longer than %s.".formatted(program.command(), program.limit()));
      }
      if (Files.size(output) > MOST_OUTPUT) {
        throw new Unavailable(
            "The grader %s says more than %d bytes.".formatted(program.command(), MOST_OUTPUT));
      }
      process.descendants().forEach(below::add);
    }
  }

  private static boolean write(Process process, Question question, String answer) {
    ObjectNode asked = JsonMapper.shared().createObjectNode();
    question
        .messages()
        .forEach(message ->
            asked
                .withArray("messages")
                .addObject()
                .put("role", message.role())
                .put("content", message.text()));
    asked.putArray("golds").addAll(strings(question.golds()));
    asked.putArray("passages").addAll(strings(question.passages()));
    asked.put("answer", answer);
    try (OutputStream out = process.getOutputStream()) {
      out.write(JsonMapper.shared().writeValueAsBytes(asked));
      return true;
    } catch (IOException e) {
      return false; // It need not read what it was given; what it says counts.
    }
  }

  private static java.util.List<JsonNode> strings(java.util.List<String> texts) {
    return texts.stream()
        .map(text -> (JsonNode) JsonMapper.shared().getNodeFactory().stringNode(text))
        .toList();
  }

  private static String read(Path output) throws IOException {
    try (InputStream in = Files.newInputStream(output)) {
      return new String(in.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
    }
  }

  private static Score parse(Grader.Program program, String output) {
    try {
      JsonNode said = JsonMapper.shared().readTree(output);
      JsonNode value = said.isObject() ? said.path("score") : said;
      if (value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= 1) {
        return new Score(value.doubleValue(), said.path("why").asString(""), Map.of());
      }
    } catch (JacksonException e) {
      throw new Unavailable(
          "The grader %s said no JSON: %s.".formatted(program.command(), e.getOriginalMessage()),
          e);
    }
    throw new Unavailable(
        "The grader %s said no score from 0 to 1: %s."
            .formatted(program.command(), output.strip()));
  }
}
