package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.evaluation.grader.Grader;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Graders as people write them on a command line.
public final class GraderNames {

  private GraderNames() {}

  /// A type such as `contains`, or JSON such as `{"type": "number", "absolute": 0.01}`.
  ///
  /// @throws InvalidRequest where it is neither
  public static Grader parse(String text) {
    try {
      return GraderJson.read(
          text.strip().startsWith("{")
              ? JsonMapper.shared().readTree(text)
              : JsonMapper.shared().getNodeFactory().stringNode(text.strip()));
    } catch (JacksonException e) {
      throw new InvalidRequest("The grader is no JSON: " + e.getOriginalMessage(), "grader");
    }
  }

  /// All types.
  public static String all() {
    return GraderJson.TYPES;
  }
}
