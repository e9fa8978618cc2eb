package dev.freehold.evaluation.grader;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
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
final class Programs {

  private static final int MOST_OUTPUT = 1 << 20;

  private Programs() {}

  static Score score(Grader.Program program, Path folder, Question question, String answer) {
    ProcessBuilder builder = new ProcessBuilder(program.command()).directory(folder.toFile());
    builder.environment().keySet().retainAll(java.util.Set.of("PATH"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new Unavailable(
          "The grader %s cannot be started: %s.".formatted(program.command(), e.getMessage()), e);
    }
    try {
      FutureTask<String> output = new FutureTask<>(() -> read(process.getInputStream()));
      Thread.ofVirtual().name("grader-output").start(output);
      FutureTask<Boolean> input = new FutureTask<>(() -> write(process, question, answer));
      Thread.ofVirtual().name("grader-input").start(input);
      if (!process.waitFor(program.limit().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Unavailable(
            "The grader %s took longer than %s.".formatted(program.command(), program.limit()));
      }
      if (process.exitValue() != 0) {
        throw new Unavailable(
            "The grader %s ended with code %d.".formatted(program.command(), process.exitValue()));
      }
      return parse(program, output.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Grading was interrupted.", e);
    } catch (ExecutionException e) {
      throw new Unavailable(
          "What the grader %s says cannot be read: %s.".formatted(program.command(), e.getCause()),
          e);
    } finally {
      process.destroyForcibly();
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

  private static String read(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_OUTPUT);
    return new String(bytes, StandardCharsets.UTF_8);
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
