package dev.freehold.model.gguf;

import dev.freehold.chat.MalformedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The keys and values of a GGUF header.
///
/// Each getter comes twice: with the key alone the key is required, with a second argument that
/// value stands in where the key is absent. A value of another type than asked for is a
/// [MalformedFile]; whole numbers of any width are taken where they fit. Values are decoded when
/// asked for, so a vocabulary costs nothing until it is read. Immutable and thread-safe while the
/// file is open.
public final class Metadata {

  record Value(ValueType type, long count, long offset, boolean array) {}

  private static final int LARGEST_ARRAY = 1 << 26;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final MemorySegment bytes;
  private final Map<String, Value> values;

  Metadata(String file, MemorySegment bytes, Map<String, Value> values) {
    this.file = file;
    this.bytes = bytes;
    this.values = Collections.unmodifiableMap(values);
  }

  /// All keys, in file order.
  public Set<String> names() {
    return values.keySet();
  }

  /// Whether the key is there.
  public boolean contains(String key) {
    return values.containsKey(key);
  }

  /// Whether the key is there and holds an array.
  public boolean isArray(String key) {
    Value value = values.get(key);
    return value != null && value.array;
  }

  /// The text under a required key.
  public String string(String key) {
    return string(required(key), key);
  }

  /// The text under an optional key.
  public Optional<String> findString(String key) {
    return Optional.ofNullable(values.get(key)).map(value -> string(value, key));
  }

  /// The text under a key, or `fallback`.
  public String string(String key, String fallback) {
    return findString(key).orElse(fallback);
  }

  /// The whole number under a required key.
  public int integer(String key) {
    return integer(required(key), key);
  }

  /// The whole number under a key, or `fallback`.
  public int integer(String key, int fallback) {
    Value value = values.get(key);
    return value == null ? fallback : integer(value, key);
  }

  /// The number under a required key.
  public float number(String key) {
    return number(required(key), key);
  }

  /// The number under a key, or `fallback`.
  public float number(String key, float fallback) {
    Value value = values.get(key);
    return value == null ? fallback : number(value, key);
  }

  /// The truth value under a key, or `fallback`.
  public boolean flag(String key, boolean fallback) {
    Value value = values.get(key);
    if (value == null) {
      return fallback;
    }
    if (value.array || value.type != ValueType.BOOL) {
      throw wrong(value, key, "a truth value");
    }
    return bytes.get(ValueLayout.JAVA_BYTE, value.offset) != 0;
  }

  /// The array of texts under a required key.
  public String[] strings(String key) {
    Value value = array(key, "an array of strings");
    if (value.type != ValueType.STRING) {
      throw wrong(value, key, "an array of strings");
    }
    String[] strings = new String[(int) value.count];
    long at = value.offset;
    for (int i = 0; i < strings.length; i++) {
      long length = bytes.get(LONG, at);
      strings[i] = string(at, key);
      at += 8 + length;
    }
    return strings;
  }

  /// The array of truth values under a required key.
  public boolean[] flags(String key) {
    Value value = array(key, "an array of truth values");
    if (value.type != ValueType.BOOL) {
      throw wrong(value, key, "an array of truth values");
    }
    boolean[] flags = new boolean[(int) value.count];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = bytes.get(ValueLayout.JAVA_BYTE, value.offset + i) != 0;
    }
    return flags;
  }

  /// The array of whole numbers under a required key.
  public int[] integers(String key) {
    Value value = array(key, "an array of whole numbers");
    int[] integers = new int[(int) value.count];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = integer(element(value, i), key);
    }
    return integers;
  }

  /// The array of numbers under a required key.
  public float[] numbers(String key) {
    Value value = array(key, "an array of numbers");
    float[] numbers = new float[(int) value.count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(element(value, i), key);
    }
    return numbers;
  }

  /// How many elements the array under a required key has.
  public int length(String key) {
    return (int) array(key, "an array").count;
  }

  private static Value element(Value array, int i) {
    long offset = array.offset + (long) i * array.type.smallest();
    return new Value(array.type, 1, offset, false);
  }

  private Value array(String key, String what) {
    Value value = required(key);
    if (!value.array) {
      throw wrong(value, key, what);
    }
    if (value.count > LARGEST_ARRAY) {
      throw new MalformedFile(file, value.offset, "%s has %d elements".formatted(key, value.count));
    }
    return value;
  }

  private Value required(String key) {
    @Nullable Value value = values.get(key);
    if (value == null) {
      throw new MalformedFile(file, -1, "metadata key %s is missing".formatted(key));
    }
    return value;
  }

  private String string(Value value, String key) {
    if (value.array || value.type != ValueType.STRING) {
      throw wrong(value, key, "a string");
    }
    return string(value.offset, key);
  }

  private String string(long at, String key) {
    long length = bytes.get(LONG, at);
    if (length > Integer.MAX_VALUE - 16) {
      throw new MalformedFile(file, at, "%s is a string of %d bytes".formatted(key, length));
    }
    return decode(file, bytes, at + 8, (int) length);
  }

  private int integer(Value value, String key) {
    long at = value.offset;
    if (!value.array) {
      long number =
          switch (value.type) {
            case UINT8 -> Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at));
            case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
            case UINT16 -> Short.toUnsignedInt(bytes.get(SHORT, at));
            case INT16 -> bytes.get(SHORT, at);
            case UINT32 -> Integer.toUnsignedLong(bytes.get(INT, at));
            case INT32 -> bytes.get(INT, at);
            case UINT64, INT64 -> bytes.get(LONG, at);
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> throw wrong(value, key, "a whole number");
          };
      if (number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE) {
        return (int) number;
      }
    }
    throw wrong(value, key, "a whole number of at most 31 bits");
  }

  private float number(Value value, String key) {
    if (value.array) {
      throw wrong(value, key, "a number");
    }
    return switch (value.type) {
      case FLOAT32 -> Float.intBitsToFloat(bytes.get(INT, value.offset));
      case FLOAT64 -> (float) Double.longBitsToDouble(bytes.get(LONG, value.offset));
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> integer(value, key);
      case BOOL, STRING, ARRAY -> throw wrong(value, key, "a number");
    };
  }

  private MalformedFile wrong(Value value, String key, String wanted) {
    String found = value.array ? "an array of %s".formatted(value.type) : value.type.name();
    return new MalformedFile(
        file, value.offset, "metadata key %s should be %s and is %s".formatted(key, wanted, found));
  }

  static String decode(String file, MemorySegment bytes, long at, int length) {
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, length);
    String text = new String(copy, StandardCharsets.UTF_8);
    // Decoding replaces what is no UTF-8; only then do the two forms differ.
    if (text.indexOf('\uFFFD') >= 0
        && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), copy)) {
      throw new MalformedFile(file, at, "a string that is not UTF-8");
    }
    return text;
  }
}
