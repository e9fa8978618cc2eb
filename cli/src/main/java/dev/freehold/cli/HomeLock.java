package dev.freehold.cli;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.Unavailable;
import dev.freehold.store.DiskFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The right to serve a data folder, held by one process at a time and freed by the operating
/// system when that process ends, however it ends.
final class HomeLock implements AutoCloseable {

  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes it.
  ///
  /// @throws Conflict where another process holds it, naming that process
  static HomeLock take(Path home) {
    Path file = home.resolve("up.lock");
    Path owner = home.resolve("up.pid");
    FileChannel channel = null;
    boolean taken = false;
    try {
      Files.createDirectories(home);
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      taken = locked(channel);
      if (!taken) {
        throw new Conflict(
            "Another freehold%s serves the data folder %s already. Use that one, stop it, or set FREEHOLD_HOME to another folder."
                .formatted(process(owner), home));
      }
      Files.write(
          owner, Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII));
      return new HomeLock(channel);
    } catch (IOException e) {
      throw unusable(home, e);
    } finally {
      if (!taken && channel != null) {
        close(channel);
      }
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String process(Path owner) {
    try {
      String pid = Files.readString(owner, StandardCharsets.ISO_8859_1).strip();
      return pid.matches("\\d{1,10}") ? " (process " + pid + ")" : "";
    } catch (IOException e) {
      return ""; // It is about to write its number.
    }
  }

  private static Unavailable unusable(Path home, IOException e) {
    return DiskFault.full(home, e)
        ? new Unavailable(
            "The disk that holds %s is full. Free some space, or set FREEHOLD_HOME to a folder on another disk."
                .formatted(home),
            e)
        : new Unavailable(
            "The data folder %s cannot be used (%s). Set FREEHOLD_HOME to a folder of yours."
                .formatted(home, e.getMessage()),
            e);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable("The data folder's lock cannot be freed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    close(channel);
  }
}
