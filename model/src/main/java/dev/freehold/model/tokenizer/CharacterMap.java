package dev.freehold.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// SentencePiece's precompiled normalisation: the longest sequence of bytes that the map knows is
/// replaced, all else stays. The map is a double array of 32-bit units (Darts) before the
/// replacements, each ended by a zero. Immutable.
final class CharacterMap {

  private final int[] units;
  private final byte[] replacements;

  /// @param blob the size of the array in bytes, the array, the replacements; or nothing
  CharacterMap(byte[] blob) {
    if (blob.length == 0) {
      units = new int[0];
      replacements = new byte[0];
      return;
    }
    if (blob.length < 8) {
      throw malformed();
    }
    ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    long size = Integer.toUnsignedLong(buffer.getInt());
    if (size % 4 != 0 || size == 0 || size + 4 > blob.length) {
      throw malformed();
    }
    units = new int[(int) (size / 4)];
    buffer.asIntBuffer().get(units);
    replacements = new byte[blob.length - 4 - (int) size];
    buffer.position(4 + (int) size);
    buffer.get(replacements);
  }

  private static RuntimeException malformed() {
    return TokenizerDescription.malformed("its map of characters is damaged");
  }

  String apply(String text) {
    if (units.length == 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(bytes.length + 16);
    for (int i = 0; i < bytes.length; ) {
      i = replaceAt(bytes, i, out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private int replaceAt(byte[] bytes, int at, ByteArrayOutputStream out) {
    int node = base(unit(0));
    int length = 0;
    int value = -1;
    for (int i = at; i < bytes.length && bytes[i] != 0; i++) {
      int c = bytes[i] & 0xFF;
      node ^= c;
      int unit = unit(node);
      if ((unit & 0x800000FF) != c) {
        break;
      }
      node ^= base(unit);
      if ((unit >>> 8 & 1) == 1) {
        length = i + 1 - at;
        value = unit(node) & 0x7FFFFFFF;
      }
    }
    if (length == 0) {
      int character = Math.min(characterLength(bytes[at]), bytes.length - at);
      out.write(bytes, at, character);
      return at + character;
    }
    int end = value;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    if (end >= replacements.length) {
      throw malformed();
    }
    out.write(replacements, value, end - value);
    return at + length;
  }

  private static int characterLength(byte first) {
    int ones = Integer.numberOfLeadingZeros(~(first << 24));
    return ones == 0 ? 1 : ones;
  }

  private int unit(int index) {
    if (index < 0 || index >= units.length) {
      throw malformed();
    }
    return units[index];
  }

  private static int base(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }
}
