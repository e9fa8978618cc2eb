package dev.freehold.model;

import dev.freehold.tensor.Workers;

/// How a model is run.
///
/// @param threads threads that compute; at least 1
/// @param contextLength most tokens of a sequence; 0 takes what the model was trained for
/// @param rowsPerPass most tokens that go through the layers together; a longer batch is cut
public record ModelConfiguration(int threads, int contextLength, int rowsPerPass) {

  /// @param threads threads that compute; at least 1
  /// @param contextLength most tokens of a sequence; 0 takes what the model was trained for
  /// @param rowsPerPass most tokens that go through the layers together; a longer batch is cut
  public ModelConfiguration {
    if (threads < 1 || contextLength < 0 || rowsPerPass < 1) {
      throw new IllegalArgumentException(
          "threads %d, context length %d, rows per pass %d"
              .formatted(threads, contextLength, rowsPerPass));
    }
  }

  /// A thread for each physical core and the model's own context length.
  public static ModelConfiguration standard() {
    return new ModelConfiguration(Workers.physicalCores(), 0, 512);
  }

  /// The same with `threads` threads.
  public ModelConfiguration withThreads(int threads) {
    return new ModelConfiguration(threads, contextLength, rowsPerPass);
  }

  /// The same with sequences of at most `contextLength` tokens.
  public ModelConfiguration withContextLength(int contextLength) {
    return new ModelConfiguration(threads, contextLength, rowsPerPass);
  }
}
