package dev.freehold.evaluation.grader;

import dev.freehold.chat.Embedder;
import java.nio.file.Path;
import java.util.Optional;

/// What some graders need beside the answer.
///
/// @param embedder for similarity of meaning
/// @param folder where programs of the user's own run
public record Instruments(Optional<Embedder> embedder, Path folder) {

  /// Neither embedder nor a folder of its own.
  public static Instruments none() {
    return new Instruments(Optional.empty(), Path.of("."));
  }
}
