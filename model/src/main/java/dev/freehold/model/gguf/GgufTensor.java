package dev.freehold.model.gguf;

import dev.freehold.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A tensor of a GGUF file.
///
/// @param name its name in the file
/// @param type how its weights are stored
/// @param shape its dimensions, the one whose weights lie side by side first: a matrix that maps
///   576 inputs to 1536 outputs is `[576, 1536]`
/// @param segment its bytes, read-only, valid while the file is open
public record GgufTensor(String name, TensorType type, List<Long> shape, MemorySegment segment) {

  /// How many weights it has.
  public long weights() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
