package dev.freehold.documents;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;

/// The bytes of documents on disk, each file named by the SHA-256 of what it holds.
///
/// A file gets its name only when all of it is on the disk, so that whatever can be opened by its
/// digest is whole. Who adds or removes files holds [#lock], since two documents may share one.
final class Originals {

  private final Path folder;
  private final Path incoming;
  private final Object lock = new Object();

  Originals(Path folder) throws IOException {
    this.folder = folder;
    this.incoming = folder.resolve("incoming");
    Files.createDirectories(incoming);
    // What lies here was never acknowledged.
    try (Stream<Path> rest = Files.list(incoming)) {
      for (Path file : rest.toList()) {
        Files.delete(file);
      }
    }
  }

  /// Bytes that are on the disk but belong to no document yet.
  record Received(Path file, String digest, long bytes) {}

  /// Held while a file is put under its digest and its row is written, or both are removed.
  Object lock() {
    return lock;
  }

  /// Writes a stream to disk and makes it durable.
  Received receive(InputStream body, long most) {
    Path file = null;
    try {
      file = Files.createTempFile(incoming, "upload", "");
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      long bytes = 0;
      try (var out =
              FileChannel.open(
                  file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
          var stream = java.nio.channels.Channels.newOutputStream(out)) {
        var in = new DigestInputStream(body, sha256);
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          bytes += n;
          if (bytes > most) {
            throw new InvalidRequest(
                "The document is larger than the %d MB accepted. Split it, or raise the limit."
                    .formatted(most >> 20),
                "body");
          }
          stream.write(buffer, 0, n);
        }
        out.force(true);
      }
      if (bytes == 0) {
        throw new InvalidRequest("The document is empty (0 bytes).", "body");
      }
      var received = new Received(file, HexFormat.of().formatHex(sha256.digest()), bytes);
      file = null;
      return received;
    } catch (IOException e) {
      throw new Unavailable(
          "The document could not be stored (%s). Free some space, or try again."
              .formatted(e.getMessage()),
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    } finally {
      if (file != null) {
        discard(file);
      }
    }
  }

  /// Puts received bytes under their digest, durably.
  void keep(Received received) {
    Path target = path(received.digest());
    try {
      Path parent = target.resolveSibling(".");
      Files.createDirectories(parent);
      if (Files.exists(target)) {
        Files.delete(received.file());
      } else {
        Files.move(received.file(), target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(parent);
        syncFolder(folder);
      }
    } catch (IOException e) {
      throw new Unavailable("The document could not be stored: %s.".formatted(e.getMessage()), e);
    }
  }

  /// Where the bytes of this digest lie.
  Path path(String digest) {
    return folder.resolve(digest.substring(0, 2)).resolve(digest);
  }

  void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It is swept at the next start.
      System.getLogger(Originals.class.getName())
          .log(System.Logger.Level.WARNING, "A file that is no longer needed stays: " + file);
    }
  }

  /// Removes every file whose digest is not among these.
  void sweep(Set<String> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(incoming) && !wanted.contains(file.getFileName().toString())) {
          discard(file);
        }
      }
    }
  }

  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
