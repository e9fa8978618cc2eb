package dev.freehold.model.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts matrices of floats into the bytes of a safetensors file.
final class SafetensorsWriter {

  private static final int ALIGNMENT = 8;

  /// A matrix.
  ///
  /// @param rows how many rows
  /// @param columns numbers of a row
  /// @param numbers row by row
  record Floats(int rows, int columns, float[] numbers) {}

  private SafetensorsWriter() {}

  /// The whole file.
  ///
  /// @param remarks what goes under `__metadata__`
  static byte[] bytes(SortedMap<String, Floats> matrices, Map<String, String> remarks) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    ObjectNode texts = header.putObject("__metadata__");
    remarks.forEach(texts::put);
    int at = 0;
    for (Map.Entry<String, Floats> entry : matrices.entrySet()) {
      Floats matrix = entry.getValue();
      int end = Math.addExact(at, Math.multiplyExact(matrix.numbers.length, Float.BYTES));
      ObjectNode described = header.putObject(entry.getKey()).put("dtype", "F32");
      described.putArray("shape").add(matrix.rows).add(matrix.columns);
      ArrayNode offsets = described.putArray("data_offsets");
      offsets.add(at).add(end);
      at = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.addExact(8 + padded, at)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(padded).put(json);
    while (buffer.position() < 8 + padded) {
      buffer.put((byte) ' ');
    }
    for (Floats matrix : matrices.values()) {
      buffer.asFloatBuffer().put(matrix.numbers);
      buffer.position(buffer.position() + matrix.numbers.length * Float.BYTES);
    }
    return buffer.array();
  }
}
