package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.Json;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the header of one safetensors file. As the format demands, tensors fill the file without
/// gaps, overlaps or bytes after the last, so that nothing can hide in it. The header takes memory
/// in proportion to its size, which is at most 100 MB.
///
/// Source: the format's description in the safetensors repository.
final class Safetensors {

  private static final long LONGEST_HEADER = 100_000_000;
  private static final int MOST_DIMENSIONS = 8;
  private static final Map<String, Integer> WIDTHS =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F32", 4),
          Map.entry("I64", 8),
          Map.entry("U64", 8),
          Map.entry("F64", 8));

  /// A tensor of the file.
  ///
  /// @param kind the format's name of its numbers, for instance `BF16`
  /// @param shape its dimensions, the one whose numbers lie side by side last
  /// @param segment its bytes
  record Tensor(String kind, List<Long> shape, MemorySegment segment) {}

  private record Described(String name, String kind, List<Long> shape, long begin, long end) {}

  private final String file;
  private final MemorySegment bytes;
  private final Map<String, String> remarks = new LinkedHashMap<>();

  private Safetensors(String file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /// The tensors of a file, in the order of their bytes.
  ///
  /// @throws MalformedFile where the file breaks the format
  /// @throws Unsupported where its numbers are of a kind that is not known
  static Map<String, Tensor> read(String file, MemorySegment bytes) {
    return new Safetensors(file, bytes).read();
  }

  /// A file's tensors and the free text that it carries.
  ///
  /// @param tensors in the order of their bytes
  /// @param remarks what stands under `__metadata__`
  record Content(Map<String, Tensor> tensors, Map<String, String> remarks) {}

  /// The tensors of a file with its remarks. Errors are those of [#read(String, MemorySegment)].
  static Content content(String file, MemorySegment bytes) {
    Safetensors reading = new Safetensors(file, bytes);
    return new Content(reading.read(), reading.remarks);
  }

  private Map<String, Tensor> read() {
    if (bytes.byteSize() < 10) {
      throw malformed(0, "it ends inside the length of its header");
    }
    long length = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length < 2 || length > LONGEST_HEADER || length > bytes.byteSize() - 8) {
      throw malformed(0, "a header of %s bytes".formatted(Long.toUnsignedString(length)));
    }
    byte[] header = bytes.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
    if (header[0] != '{') {
      throw malformed(8, "its header does not begin with {");
    }
    long start = 8 + length;
    List<Described> described = describe(header);
    described.sort(Comparator.comparingLong(Described::begin).thenComparingLong(Described::end));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    long at = 0;
    for (Described tensor : described) {
      if (tensor.begin != at) {
        throw malformed(
            start + at,
            "tensor %s begins at %d and the one before it ends at %d"
                .formatted(tensor.name, tensor.begin, at));
      }
      if (tensor.end > bytes.byteSize() - start) {
        throw malformed(
            start + at, "the file ends inside tensor %s: it was cut short".formatted(tensor.name));
      }
      MemorySegment segment = bytes.asSlice(start + at, tensor.end - at);
      tensors.put(tensor.name, new Tensor(tensor.kind, tensor.shape, segment));
      at = tensor.end;
    }
    if (at != bytes.byteSize() - start) {
      throw malformed(start + at, "bytes follow the last tensor");
    }
    return tensors;
  }

  private List<Described> describe(byte[] header) {
    Map<String, Described> described = new LinkedHashMap<>();
    try (JsonParser parser = Json.parser(header)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, parser, "its header is no object");
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("__metadata__")) {
          remarks(parser);
        } else {
          described.put(name, tensor(name, parser));
        }
      }
      require(parser.nextToken() == null, parser, "something follows its header");
    } catch (JacksonException e) {
      throw malformed(8, "its header is no sound JSON: " + e.getOriginalMessage());
    }
    return new ArrayList<>(described.values());
  }

  /// The free text that a file may carry.
  private void remarks(JsonParser parser) {
    require(parser.currentToken() == JsonToken.START_OBJECT, parser, "__metadata__ is no object");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
      require(text, parser, "__metadata__ holds something other than texts");
      remarks.put(name, parser.getString());
    }
  }

  private Described tensor(String name, JsonParser parser) {
    String kind = "";
    List<Long> shape = null;
    List<Long> offsets = null;
    require(parser.currentToken() == JsonToken.START_OBJECT, parser, name + " is described oddly");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> {
          require(parser.currentToken() == JsonToken.VALUE_STRING, parser, name + "'s dtype");
          kind = parser.getString();
        }
        case "shape" -> shape = numbers(name, parser);
        case "data_offsets" -> offsets = numbers(name, parser);
        default -> throw malformed(8, "%s is described by %s".formatted(name, key));
      }
    }
    if (shape == null || offsets == null || offsets.size() != 2 || kind.isEmpty()) {
      throw malformed(8, "%s lacks dtype, shape or data_offsets".formatted(name));
    }
    Integer width = WIDTHS.get(kind);
    if (width == null) {
      throw new Unsupported(
          "Numbers of kind %s (%s in %s)".formatted(kind, name, file), "F32, F16, BF16");
    }
    long size = size(name, shape, width);
    if (offsets.get(1) - offsets.get(0) != size) {
      throw malformed(8, "%s needs %d bytes and has %s".formatted(name, size, offsets));
    }
    return new Described(name, kind, List.copyOf(shape), offsets.get(0), offsets.get(1));
  }

  private long size(String name, List<Long> shape, int width) {
    long size = width;
    for (long dimension : shape) {
      if (dimension != 0 && size > Long.MAX_VALUE / dimension) {
        throw malformed(8, "%s is larger than any file".formatted(name));
      }
      size *= dimension;
    }
    return size;
  }

  /// Whole numbers that are not negative.
  private List<Long> numbers(String name, JsonParser parser) {
    List<Long> numbers = new ArrayList<>();
    require(parser.currentToken() == JsonToken.START_ARRAY, parser, name + " is described oddly");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT && numbers.size() < MOST_DIMENSIONS,
          parser,
          name + " is described oddly");
      long number = parser.getLongValue();
      require(number >= 0, parser, name + " has a negative number");
      numbers.add(number);
    }
    return numbers;
  }

  private void require(boolean condition, JsonParser parser, String otherwise) {
    if (!condition) {
      throw malformed(8 + Math.max(0, parser.currentLocation().getByteOffset()), otherwise);
    }
  }

  private MalformedFile malformed(long offset, String reason) {
    return new MalformedFile(file, offset, reason);
  }
}
