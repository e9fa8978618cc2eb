package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people said of answers: a JSON line each, `{"case", "contestant", "score"}` with a score of
/// 0 to 1. Where a judge grades, the same file calibrates it: of two answers people prefer the one
/// with the higher score.
///
/// @param scores by contestant, then by case
public record Labels(Map<String, Map<String, Double>> scores) {

  /// Nobody said anything.
  public static final Labels NONE = new Labels(Map.of());

  public Labels {
    scores = Map.copyOf(scores);
  }

  /// @throws MalformedFile naming each bad row by its line
  public static Labels read(Path file) {
    List<String> lines;
    try {
      if (!Files.isRegularFile(file)) {
        throw new NotFound("There is no file %s.".formatted(file));
      }
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new MalformedFile(file.toString(), -1, "cannot be read: " + e.getMessage(), e);
    }
    BenchmarkFiles.Faults faults = new BenchmarkFiles.Faults(file);
    Map<String, Map<String, Double>> scores = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        try {
          JsonNode row = JsonMapper.shared().readTree(lines.get(i));
          double score = row.path("score").asDouble(-1);
          if (!(score >= 0 && score <= 1)) {
            throw new InvalidRequest("score lies between 0 and 1", "score");
          }
          scores
              .computeIfAbsent(BenchmarkJson.text(row, "contestant"), _ -> new HashMap<>())
              .put(BenchmarkJson.text(row, "case"), score);
        } catch (InvalidRequest e) {
          faults.add(i + 1, e.getMessage());
        } catch (JacksonException e) {
          faults.add(i + 1, "is no JSON: " + e.getOriginalMessage());
        }
      }
    }
    faults.raise();
    return new Labels(scores);
  }

  /// What people said, if they did.
  public OptionalDouble of(String contestant, String caseId) {
    Double score = scores.getOrDefault(contestant, Map.of()).get(caseId);
    return score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
  }
}
