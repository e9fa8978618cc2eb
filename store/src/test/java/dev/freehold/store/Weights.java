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

  private static final Duration LONG = Duration.ofMinutes(1);

  /// Waits for a slow machine, and hardly between two attempts.
  static final PullSettings PATIENT = patient(LONG, LONG);

  private Weights() {}

  /// Where a test waits for patience to end.
  static PullSettings patient(Duration firstByte, Duration stall) {
    return PullSettings.DEFAULT.withPatience(LONG, firstByte, stall, Duration.ofMillis(5));
  }

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

  /// Reads no more than the magic word; says `test` of every file that has it, and of every folder
  /// whose first file of weights has it.
  static ModelFacts magic(Path path) {
    Path file = path;
    if (Files.isDirectory(path)) {
      try (var files = Files.list(path)) {
        file =
            files
                .filter(one -> one.toString().matches(".*\\.(gguf|safetensors)"))
                .sorted()
                .findFirst()
                .orElseThrow(() -> new MalformedFile(path.toString(), -1, "no weights"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(4), "GGUF".getBytes(StandardCharsets.US_ASCII))) {
        throw new MalformedFile(file.toString(), 0, "no GGUF file");
      }
      return new ModelFacts("test", 7, 64, ModelFacts.UNKNOWN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a blob hashes to: a file's bytes, or the list that `sha256sum *` prints in a folder.
  static Digest digest(Path blob) throws IOException {
    if (!Files.isDirectory(blob)) {
      return digest(Files.readAllBytes(blob));
    }
    StringBuilder list = new StringBuilder();
    try (var files = Files.list(blob)) {
      for (Path file : files.sorted().toList()) {
        list.append(digest(Files.readAllBytes(file)).hex())
            .append("  ")
            .append(file.getFileName())
            .append('\n');
      }
    }
    return digest(list.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// What lies in the store must be whole: each listed model is there, each blob has its digest.
  static void requireWhole(Path home) throws IOException {
    for (StoredModel model : ModelStore.open(home).list()) {
      long bytes =
          Files.isDirectory(model.file()) ? Arrivals.size(model.file()) : Files.size(model.file());
      if (!digest(model.file()).equals(model.digest()) || bytes != model.bytes()) {
        throw new AssertionError(model + " is not whole");
      }
    }
    try (var blobs = Files.list(home.resolve("models/blobs"))) {
      for (Path blob : blobs.toList()) {
        if (!blob.getFileName().toString().equals("sha256-" + digest(blob).hex())) {
          throw new AssertionError(blob + " is not whole");
        }
      }
    }
  }
}
