package dev.freehold.store;

import dev.freehold.chat.MalformedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/// Files that look like models to the store, and how tests look at it.
final class Weights {

  static final PullSettings IMPATIENT =
      PullSettings.DEFAULT.withPatience(
          Duration.ofSeconds(2),
          Duration.ofMillis(700),
          Duration.ofMillis(700),
          Duration.ofMillis(5));

  private Weights() {}

  static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 4);
    return bytes;
  }

  static Digest digest(byte[] bytes) {
    MessageDigest hash = Digest.sha256();
    hash.update(bytes);
    return Digest.of(hash);
  }

  /// Reads no more than the magic word; says `test` of every file that has it.
  static ModelFacts magic(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(4), "GGUF".getBytes(StandardCharsets.US_ASCII))) {
        throw new MalformedFile(file.toString(), 0, "no GGUF file");
      }
      return new ModelFacts("test", 7, 64, ModelFacts.UNKNOWN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What lies in the store must be whole: each listed model has its bytes, each blob its digest.
  static void requireWhole(Path home) throws IOException {
    for (StoredModel model : ModelStore.open(home).list()) {
      byte[] bytes = Files.readAllBytes(model.file());
      if (!digest(bytes).equals(model.digest()) || bytes.length != model.bytes()) {
        throw new AssertionError(model + " is not whole");
      }
    }
    try (var blobs = Files.list(home.resolve("models/blobs"))) {
      for (Path blob : blobs.toList()) {
        String name = blob.getFileName().toString();
        if (!name.equals("sha256-" + digest(Files.readAllBytes(blob)).hex())) {
          throw new AssertionError(blob + " is not whole");
        }
      }
    }
  }
}
