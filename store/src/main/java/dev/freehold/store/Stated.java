package dev.freehold.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// What a source says the bytes of a file hash to.
sealed interface Stated {

  /// The SHA-256 of the bytes: what hubs state of large files.
  record Sha256(Digest digest) implements Stated {
    @Override
    public boolean holds(Path file, Digest found) {
      return found.equals(digest);
    }

    @Override
    public Optional<Digest> sha256() {
      return Optional.of(digest);
    }

    @Override
    public String toString() {
      return digest.toString();
    }
  }

  /// Git's name of the bytes, the SHA-1 over `blob SIZE`, a zero byte and them: what hubs state of
  /// small files.
  ///
  /// @param hex 40 hexadecimal digits
  record GitBlob(String hex) implements Stated {
    @Override
    public boolean holds(Path file, Digest found) throws IOException {
      MessageDigest hash = sha1();
      hash.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = Files.newInputStream(file)) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          hash.update(buffer, 0, read);
        }
      }
      return HexFormat.of().formatHex(hash.digest()).equals(hex);
    }

    @Override
    public Optional<Digest> sha256() {
      return Optional.empty();
    }

    @Override
    public String toString() {
      return "git:" + hex;
    }

    private static MessageDigest sha1() {
      try {
        return MessageDigest.getInstance("SHA-1");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("This Java has no SHA-1.", e);
      }
    }
  }

  /// Whether it is true of `file`, whose SHA-256 is `found`.
  boolean holds(Path file, Digest found) throws IOException;

  /// The SHA-256, where that is what is stated.
  Optional<Digest> sha256();
}
