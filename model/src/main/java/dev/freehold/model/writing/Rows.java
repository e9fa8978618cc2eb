package dev.freehold.model.writing;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.Quantizer;
import dev.freehold.tensor.TensorType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Some rows of a tensor on their way into another type.
///
/// @param tensor where they are
/// @param first number of the first
/// @param columns weights of a row
/// @param merged what is added to them, or null
record Rows(GgufTensor tensor, long first, int columns, @Nullable Merge merged) {

  /// Fills `target`, which is as long as the rows to be written take, with blocks of `type`.
  ///
  /// @param importance of each input, one after another for stacked experts; empty where unknown
  /// @param expert which expert all these rows belong to, where each has a tensor of its own
  void write(TensorType type, float[] importance, int expert, byte[] target) {
    int rowBytes = (int) type.bytes(columns);
    long stored = tensor.type().bytes(columns);
    long rowsOfExpert = tensor.shape().size() > 2 ? tensor.shape().get(1) : Long.MAX_VALUE;
    float[] row = new float[columns];
    for (int i = 0; i * rowBytes < target.length; i++) {
      long number = first + i;
      Dequantizer.dequantize(tensor.type(), tensor.segment(), number * stored, row, 0, columns);
      if (merged != null) {
        merged.add(tensor.name(), number, row);
      }
      for (float weight : row) {
        if (!Float.isFinite(weight)) {
          throw new MalformedFile(
              tensor.name(), -1, "a weight in row %d is %s".formatted(number, weight));
        }
      }
      float[] known = null;
      if (importance.length > 0) {
        int from = (int) (expert + number / rowsOfExpert) * columns % importance.length;
        known = Arrays.copyOfRange(importance, from, from + columns);
      }
      Quantizer.quantize(type, row, 0, columns, known, target, i * rowBytes);
    }
  }
}
