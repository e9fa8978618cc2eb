package dev.freehold.model.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The metadata of a GGUF file to be written, version 3. A key set twice has the later value. Not
/// thread-safe.
public final class GgufHeader {

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /// Nothing but the magic number yet.
  public GgufHeader() {}

  /// Copies every entry of `metadata`.
  public GgufHeader copy(Metadata metadata) {
    for (String key : metadata.names()) {
      Metadata.Raw raw = metadata.raw(key);
      Bytes bytes = new Bytes();
      if (raw.array()) {
        bytes.integer(ValueType.ARRAY.id());
      }
      bytes.integer(raw.type().id());
      if (raw.array()) {
        bytes.number(raw.count());
      }
      bytes.writeBytes(raw.bytes().toArray(ValueLayout.JAVA_BYTE));
      entries.put(key, bytes.toByteArray());
    }
    return this;
  }

  /// Takes `key` out.
  public GgufHeader without(String key) {
    entries.remove(key);
    return this;
  }

  /// Whether `key` is set.
  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /// Sets a text.
  public GgufHeader text(String key, String value) {
    return put(key, entry(ValueType.STRING).string(value));
  }

  /// Sets a whole number, unsigned where it is not negative.
  public GgufHeader integer(String key, int value) {
    return put(key, entry(value < 0 ? ValueType.INT32 : ValueType.UINT32).integer(value));
  }

  /// Sets a number.
  public GgufHeader number(String key, float value) {
    return put(key, entry(ValueType.FLOAT32).integer(Float.floatToRawIntBits(value)));
  }

  /// Sets a truth value.
  public GgufHeader flag(String key, boolean value) {
    Bytes bytes = entry(ValueType.BOOL);
    bytes.write(value ? 1 : 0);
    return put(key, bytes);
  }

  /// Sets a list of texts.
  public GgufHeader texts(String key, List<String> values) {
    Bytes bytes = array(ValueType.STRING, values.size());
    values.forEach(bytes::string);
    return put(key, bytes);
  }

  /// Sets a list of whole numbers.
  public GgufHeader integers(String key, int... values) {
    Bytes bytes = array(ValueType.INT32, values.length);
    for (int value : values) {
      bytes.integer(value);
    }
    return put(key, bytes);
  }

  /// Sets a list of bytes.
  public GgufHeader bytes(String key, byte[] values) {
    Bytes bytes = array(ValueType.UINT8, values.length);
    bytes.writeBytes(values);
    return put(key, bytes);
  }

  /// Sets a list of truth values.
  public GgufHeader flags(String key, List<Boolean> values) {
    Bytes bytes = array(ValueType.BOOL, values.size());
    values.forEach(value -> bytes.write(value ? 1 : 0));
    return put(key, bytes);
  }

  /// Sets a list of numbers.
  public GgufHeader numbers(String key, float... values) {
    Bytes bytes = array(ValueType.FLOAT32, values.length);
    for (float value : values) {
      bytes.integer(Float.floatToRawIntBits(value));
    }
    return put(key, bytes);
  }

  /// The same as metadata that can be read; `file` stands for their origin in messages.
  public Metadata metadata(String file) {
    return new HeaderReader(file, MemorySegment.ofArray(bytes(0).toByteArray())).read().metadata();
  }

  /// The header as far as the descriptions of its tensors.
  Bytes bytes(int tensors) {
    Bytes bytes = new Bytes();
    bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    bytes.integer(3).number(tensors).number(entries.size());
    entries.forEach((key, value) -> bytes.string(key).writeBytes(value));
    return bytes;
  }

  private GgufHeader put(String key, Bytes value) {
    entries.put(key, value.toByteArray());
    return this;
  }

  private static Bytes entry(ValueType type) {
    return new Bytes().integer(type.id());
  }

  private static Bytes array(ValueType element, int length) {
    return entry(ValueType.ARRAY).integer(element.id()).number(length);
  }

  /// Bytes in GGUF's order.
  static final class Bytes extends ByteArrayOutputStream {

    Bytes integer(int value) {
      writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    Bytes number(long value) {
      writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
      return this;
    }

    Bytes string(String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      number(utf8.length).writeBytes(utf8);
      return this;
    }
  }
}
