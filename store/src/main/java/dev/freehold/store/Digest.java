package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/// The SHA-256 of a file: what a model is, whatever it is called.
///
/// @param hex 64 lower-case hexadecimal digits
public record Digest(String hex) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw new InvalidRequest(
          "A SHA-256 digest has 64 hexadecimal digits; this one is \"%s\"."
              .formatted(hex.length() > 80 ? hex.substring(0, 80) + "…" : hex),
          "digest");
    }
  }

  /// Reads `sha256:…`, or the digits alone.
  public static Digest of(String text) {
    String digits = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
    return new Digest(digits.toLowerCase(Locale.ROOT));
  }

  static Digest of(MessageDigest finished) {
    return new Digest(HexFormat.of().formatHex(finished.digest()));
  }

  /// What a text in UTF-8 hashes to.
  static Digest ofText(String text) {
    MessageDigest hash = sha256();
    hash.update(text.getBytes(StandardCharsets.UTF_8));
    return of(hash);
  }

  /// What the bytes of a file hash to.
  static Digest ofFile(Path file) throws IOException {
    MessageDigest hash = sha256();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
      }
    }
    return of(hash);
  }

  /// An algorithm every Java platform must have.
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256.", e);
    }
  }

  /// `sha256:…`.
  @Override
  public String toString() {
    return "sha256:" + hex;
  }
}
