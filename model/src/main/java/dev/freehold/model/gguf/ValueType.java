package dev.freehold.model.gguf;

import java.util.Optional;

/// The type of a metadata value; the order is GGUF's numbering.
enum ValueType {
  UINT8(0, 1),
  INT8(1, 1),
  UINT16(2, 2),
  INT16(3, 2),
  UINT32(4, 4),
  INT32(5, 4),
  FLOAT32(6, 4),
  BOOL(7, 1),
  STRING(8, 8),
  ARRAY(9, 12),
  UINT64(10, 8),
  INT64(11, 8),
  FLOAT64(12, 8);

  private static final ValueType[] BY_ID = values();
  private final int id;
  private final int smallest;

  ValueType(int id, int smallest) {
    this.id = id;
    this.smallest = smallest;
  }

  /// Bytes of a value, or of the shortest one where lengths differ.
  int smallest() {
    return smallest;
  }

  /// GGUF's number.
  int id() {
    return id;
  }

  static Optional<ValueType> ofId(int id) {
    return id >= 0 && id < BY_ID.length ? Optional.of(BY_ID[id]) : Optional.empty();
  }
}
