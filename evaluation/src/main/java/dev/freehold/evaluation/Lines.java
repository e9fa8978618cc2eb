package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.evaluation.grader.Grader;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Cases, graders and settings as lines of JSON, for whoever keeps them: the same form as in a
/// benchmark's file and in an evidence pack.
public final class Lines {

  private Lines() {}

  /// A case as a line.
  public static String of(Case one) {
    return BenchmarkJson.write(one).toString();
  }

  /// A grader as a line.
  public static String of(Grader grader) {
    return GraderJson.write(grader).toString();
  }

  /// Settings as a line.
  public static String of(ProofSettings settings) {
    return ProofJson.write(settings).toString();
  }

  /// A whole benchmark: a head, then a case a line.
  public static String of(Benchmark benchmark) {
    return BenchmarkJson.lines(benchmark);
  }

  /// The case of a line.
  ///
  /// @throws InvalidRequest where it is none, naming the field
  public static Case readCase(String line) {
    return BenchmarkJson.read(json(line));
  }

  /// The settings of a line.
  public static ProofSettings readSettings(String line) {
    return ProofJson.settings(json(line));
  }

  /// Messages from an array of `role` and `content`.
  ///
  /// @throws InvalidRequest where a message is none that can be asked again
  public static List<Message> readMessages(String line) {
    return BenchmarkJson.messages(json(line));
  }

  /// The form of an answer from OpenAI's `response_format`, or from nothing.
  ///
  /// @throws InvalidRequest where it is none
  public static ResponseFormat readFormat(String line) {
    return line.isEmpty() ? ResponseFormat.FREE : FormatJson.read(json(line));
  }

  private static JsonNode json(String line) {
    try {
      return JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw new InvalidRequest("This is no JSON: " + e.getOriginalMessage(), "line");
    }
  }
}
