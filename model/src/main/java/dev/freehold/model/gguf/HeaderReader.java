package dev.freehold.model.gguf;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One pass over the header of a GGUF file. Every count is compared with the bytes that are left
/// before anything is allocated for it, so that a hostile file costs no more memory than its size.
final class HeaderReader {

  record Header(Metadata metadata, Map<String, GgufTensor> tensors) {}

  private record Description(
      String name, TensorType type, List<Long> shape, long offset, long describedAt) {}

  private static final int MAGIC = 0x46554747; // "GGUF", little-endian
  private static final int LONGEST_NAME = 65_535;
  private static final int MOST_DIMENSIONS = 4;
  private static final int LARGEST_METADATA = 1 << 30;
  private static final long LARGEST_ALIGNMENT = 1 << 20;
  // A key of one letter, its length and type and a value of one byte; a tensor's fixed fields.
  private static final int SHORTEST_ENTRY = 8 + 1 + 4 + 1;
  private static final int SHORTEST_TENSOR = 8 + 1 + 4 + 8 + 4 + 8;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final MemorySegment bytes;
  private long at;

  HeaderReader(String file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  Header read() {
    if (integer("the magic number") != MAGIC) {
      throw new MalformedFile(file, 0, "not a GGUF file: it does not begin with GGUF");
    }
    int version = integer("the version");
    if (version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3)) {
      throw new Unsupported("A big-endian GGUF file", "little-endian GGUF files");
    }
    if (version != 2 && version != 3) {
      throw new Unsupported(
          "GGUF version " + Integer.toUnsignedString(version), "versions 2 and 3");
    }
    long tensorCount = count("tensors", SHORTEST_TENSOR);
    long entryCount = count("metadata entries", SHORTEST_ENTRY);
    Map<String, Metadata.Value> entries = entries(entryCount);
    Metadata metadata = new Metadata(file, copy(), entries);
    long alignment = alignment(metadata);
    List<Description> descriptions = descriptions(tensorCount);
    long dataStart = Math.ceilDiv(at, alignment) * alignment;
    return new Header(metadata, tensors(descriptions, dataStart, alignment));
  }

  /// What was read so far, out of the mapping: it stays readable whatever happens to the file.
  private MemorySegment copy() {
    if (at > LARGEST_METADATA) {
      throw malformed(at, "metadata of more than %d bytes".formatted(LARGEST_METADATA));
    }
    byte[] copy = new byte[(int) at];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
    return MemorySegment.ofArray(copy).asReadOnly();
  }

  private Map<String, Metadata.Value> entries(long count) {
    Map<String, Metadata.Value> entries = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      long keyAt = at;
      String key = name("metadata key");
      if (entries.putIfAbsent(key, value(key)) != null) {
        throw malformed(keyAt, "metadata key %s occurs twice".formatted(key));
      }
    }
    return entries;
  }

  private Metadata.Value value(String key) {
    ValueType type = type(key);
    if (type != ValueType.ARRAY) {
      long start = at;
      skip(type, 1, key);
      return new Metadata.Value(type, 1, start, false);
    }
    ValueType element = type(key);
    if (element == ValueType.ARRAY) {
      throw new Unsupported(
          "The array of arrays under metadata key %s".formatted(key), "arrays of plain values");
    }
    long length = count("elements of " + key, element.smallest());
    long start = at;
    skip(element, length, key);
    return new Metadata.Value(element, length, start, true);
  }

  private ValueType type(String key) {
    long typeAt = at;
    int id = integer("the type of " + key);
    return ValueType.ofId(id)
        .orElseThrow(() ->
            malformed(
                typeAt,
                "metadata key %s has unknown type %s"
                    .formatted(key, Integer.toUnsignedString(id))));
  }

  private void skip(ValueType type, long count, String key) {
    if (type != ValueType.STRING) {
      // count() compared the number with the bytes left; a single value is compared here.
      need(count * type.smallest(), key);
      at += count * type.smallest();
      return;
    }
    for (long i = 0; i < count; i++) {
      need(8, key);
      long length = bytes.get(LONG, at);
      at += 8;
      if (length < 0 || length > bytes.byteSize() - at) {
        throw malformed(at - 8, "a string of %s reaches past the end".formatted(key));
      }
      at += length;
    }
  }

  private long alignment(Metadata metadata) {
    long alignment = metadata.integer("general.alignment", 32);
    if (alignment < 1 || alignment > LARGEST_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw malformed(
          -1,
          "general.alignment is %d, not a power of two up to %d"
              .formatted(alignment, LARGEST_ALIGNMENT));
    }
    return alignment;
  }

  private List<Description> descriptions(long count) {
    List<Description> descriptions = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      long start = at;
      String name = name("tensor name");
      long dimensionsAt = at;
      int dimensions = integer("the number of dimensions of " + name);
      if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
        throw malformed(
            dimensionsAt,
            "tensor %s has %s dimensions".formatted(name, Integer.toUnsignedString(dimensions)));
      }
      List<Long> shape = new ArrayList<>(dimensions);
      for (int d = 0; d < dimensions; d++) {
        shape.add(dimension(name));
      }
      int typeId = integer("the type of " + name);
      TensorType type =
          TensorType.ofId(typeId)
              .orElseThrow(() ->
                  new Unsupported(
                      "Tensor type %s of %s in %s"
                          .formatted(Integer.toUnsignedString(typeId), name, file),
                      TensorType.names()));
      need(8, name);
      long offset = bytes.get(LONG, at);
      at += 8;
      descriptions.add(new Description(name, type, List.copyOf(shape), offset, start));
    }
    return descriptions;
  }

  private long dimension(String name) {
    need(8, name);
    long dimension = bytes.get(LONG, at);
    if (dimension < 1) {
      throw malformed(
          at, "tensor %s has dimension %s".formatted(name, Long.toUnsignedString(dimension)));
    }
    at += 8;
    return dimension;
  }

  private Map<String, GgufTensor> tensors(
      List<Description> descriptions, long dataStart, long alignment) {
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (Description tensor : descriptions) {
      long size = size(tensor);
      long room = bytes.byteSize() - dataStart - tensor.offset;
      if (tensor.offset < 0 || tensor.offset % alignment != 0) {
        throw malformed(
            tensor.describedAt,
            "tensor %s begins at %s, which is not aligned to %d"
                .formatted(tensor.name, Long.toUnsignedString(tensor.offset), alignment));
      }
      if (tensor.offset > bytes.byteSize() - dataStart || size > room) {
        throw malformed(
            tensor.describedAt,
            "tensor %s needs %d bytes and the file ends before them: it was cut short"
                .formatted(tensor.name, size));
      }
      MemorySegment segment = bytes.asSlice(dataStart + tensor.offset, size);
      GgufTensor read = new GgufTensor(tensor.name, tensor.type, tensor.shape, segment);
      if (tensors.putIfAbsent(tensor.name, read) != null) {
        throw malformed(tensor.describedAt, "tensor %s occurs twice".formatted(tensor.name));
      }
    }
    return tensors;
  }

  private long size(Description tensor) {
    long weights = 1;
    for (long dimension : tensor.shape) {
      if (weights > Long.MAX_VALUE / dimension) {
        throw malformed(
            tensor.describedAt, "tensor %s is larger than any file".formatted(tensor.name));
      }
      weights *= dimension;
    }
    TensorType type = tensor.type;
    if (tensor.shape.getFirst() % type.blockSize() != 0) {
      throw malformed(
          tensor.describedAt,
          "tensor %s has rows of %d weights, which do not fill blocks of %d (%s)"
              .formatted(tensor.name, tensor.shape.getFirst(), type.blockSize(), type));
    }
    if (weights / type.blockSize() > Long.MAX_VALUE / type.blockBytes()) {
      throw malformed(
          tensor.describedAt, "tensor %s is larger than any file".formatted(tensor.name));
    }
    return type.bytes(weights);
  }

  private String name(String what) {
    long start = at;
    need(8, what);
    long length = bytes.get(LONG, at);
    at += 8;
    if (length < 1 || length > LONGEST_NAME || length > bytes.byteSize() - at) {
      throw malformed(start, "a %s of %s bytes".formatted(what, Long.toUnsignedString(length)));
    }
    String name = Metadata.decode(file, bytes, at, (int) length);
    at += length;
    return name;
  }

  private long count(String what, int smallest) {
    need(8, "the number of " + what);
    long count = bytes.get(LONG, at);
    long room = bytes.byteSize() - at - 8;
    if (count < 0 || count > room / smallest) {
      throw malformed(
          at,
          "%s %s do not fit in a file of %d bytes"
              .formatted(Long.toUnsignedString(count), what, bytes.byteSize()));
    }
    at += 8;
    return count;
  }

  private int integer(String what) {
    need(4, what);
    int value = bytes.get(INT, at);
    at += 4;
    return value;
  }

  private void need(long size, String what) {
    if (size > bytes.byteSize() - at) {
      throw malformed(at, "the file ends inside %s".formatted(what));
    }
  }

  private MalformedFile malformed(long offset, String reason) {
    return new MalformedFile(file, offset, reason);
  }
}
