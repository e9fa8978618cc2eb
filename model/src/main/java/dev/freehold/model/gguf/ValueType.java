package dev.freehold.model.gguf;

import java.util.Optional;

/// The type of a metadata value; the order is GGUF's numbering.
enum ValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private static final ValueType[] BY_ID = values();
  private final int smallest;

  ValueType(int smallest) {
    this.smallest = smallest;
  }

  /// Bytes of a value, or of the shortest one where lengths differ.
  int smallest() {
    return smallest;
  }

  static Optional<ValueType> ofId(int id) {
    return id >= 0 && id < BY_ID.length ? Optional.of(BY_ID[id]) : Optional.empty();
  }
}
