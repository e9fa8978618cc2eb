package dev.freehold.parser;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mozilla.universalchardet.UniversalDetector;

/// Bytes of a text to characters: by byte order mark, as UTF-8 where they are, otherwise by what
/// their statistics say.
final class Charsets {

  private Charsets() {}

  static String decode(Path file, Output out) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Charset marked = marked(bytes);
    if (marked != null) {
      return new String(bytes, marked);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, guessed(bytes, out));
    }
  }

  private static @Nullable Charset marked(byte[] bytes) {
    int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    return switch (first) {
      case 0xFEFF -> StandardCharsets.UTF_16BE;
      case 0xFFFE -> StandardCharsets.UTF_16LE;
      default -> null;
    };
  }

  private static Charset guessed(byte[] bytes, Output out) {
    var detector = new UniversalDetector();
    detector.handleData(bytes, 0, Math.min(bytes.length, 1 << 20));
    detector.dataEnd();
    String name = detector.getDetectedCharset();
    if (name != null && Charset.isSupported(name) && !name.equals("UTF-8")) {
      return Charset.forName(name);
    }
    if (name != null) {
      out.problem("", "Some characters are broken: the text is not wholly UTF-8.");
      return StandardCharsets.UTF_8;
    }
    return Charset.forName("windows-1252");
  }
}
