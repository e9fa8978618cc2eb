package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import java.util.Arrays;

/// The letters by which GPT-2's vocabulary writes bytes: printable Latin-1 bytes as themselves, the
/// rest as U+0100 and on.
final class ByteLetters {

  private static final char[] LETTERS = new char[256];
  private static final int[] BYTES = new int[512];

  static {
    Arrays.fill(BYTES, -1);
    int others = 0;
    for (int b = 0; b < 256; b++) {
      boolean printable =
          (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
      LETTERS[b] = printable ? (char) b : (char) (0x100 + others++);
      BYTES[LETTERS[b]] = b;
    }
  }

  private ByteLetters() {}

  static char letter(int value) {
    return LETTERS[value];
  }

  static String letters(byte[] bytes) {
    char[] letters = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      letters[i] = LETTERS[bytes[i] & 0xFF];
    }
    return new String(letters);
  }

  static byte[] bytes(String letters) {
    byte[] bytes = new byte[letters.length()];
    for (int i = 0; i < bytes.length; i++) {
      char letter = letters.charAt(i);
      int value = letter < BYTES.length ? BYTES[letter] : -1;
      if (value < 0) {
        throw new MalformedFile(
            "the tokenizer", -1, "the token '%s' is not written in bytes".formatted(letters));
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }
}
