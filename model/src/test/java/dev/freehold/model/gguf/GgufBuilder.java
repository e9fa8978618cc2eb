package dev.freehold.model.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes GGUF bytes field by field, right or wrong as a test wants them.
final class GgufBuilder {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  static GgufBuilder header(int version, long tensors, long entries) {
    return new GgufBuilder().raw("GGUF").integer(version).number(tensors).number(entries);
  }

  GgufBuilder raw(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  GgufBuilder raw(byte[] some) {
    bytes.writeBytes(some);
    return this;
  }

  GgufBuilder integer(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  GgufBuilder number(long value) {
    return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  GgufBuilder string(String text) {
    return number(text.getBytes(StandardCharsets.UTF_8).length).raw(text);
  }

  GgufBuilder entry(String key, ValueType type) {
    return string(key).integer(type.ordinal());
  }

  GgufBuilder text(String key, String value) {
    return entry(key, ValueType.STRING).string(value);
  }

  GgufBuilder tensor(String name, int type, long offset, long... shape) {
    string(name).integer(shape.length);
    for (long dimension : shape) {
      number(dimension);
    }
    return integer(type).number(offset);
  }

  GgufBuilder padTo(int alignment) {
    while (bytes.size() % alignment != 0) {
      bytes.write(0);
    }
    return this;
  }

  byte[] build() {
    return bytes.toByteArray();
  }

  /// A small sound file with a value of every kind, arrays and two tensors.
  static byte[] sound() {
    return header(3, 2, 9)
        .text("general.architecture", "llama")
        .entry("a.byte", ValueType.UINT8)
        .raw(new byte[] {(byte) 200})
        .entry("a.short", ValueType.INT16)
        .raw(new byte[] {(byte) 0xfe, (byte) 0xff})
        .entry("a.long", ValueType.UINT64)
        .number(7)
        .entry("a.float", ValueType.FLOAT32)
        .integer(Float.floatToIntBits(1.5f))
        .entry("a.flag", ValueType.BOOL)
        .raw(new byte[] {1})
        .entry("general.alignment", ValueType.UINT32)
        .integer(64)
        .entry("tokens", ValueType.ARRAY)
        .integer(ValueType.STRING.ordinal())
        .number(3)
        .string("a")
        .string("")
        .string("é")
        .entry("scores", ValueType.ARRAY)
        .integer(ValueType.FLOAT32.ordinal())
        .number(2)
        .integer(Float.floatToIntBits(-1f))
        .integer(Float.floatToIntBits(2f))
        .tensor("w", 8, 0, 64, 2)
        .tensor("norm", 0, 192, 3)
        .padTo(64)
        .raw(new byte[192 + 12])
        .build();
  }
}
