package dev.freehold.proving;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Shows other processes that a command works on a proof: from before it is recorded as running
/// until it is recorded as ended. The operating system ends it with the process.
final class Hold implements AutoCloseable {

  private final FileChannel channel;

  private Hold(FileChannel channel) {
    this.channel = channel;
  }

  /// Holds a folder, which is made where it is missing. Where it is held already, it stays so.
  static Hold of(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(file(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        boolean _ = locked(channel);
        return new Hold(channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new Unavailable("%s cannot be used: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  /// Whether a process holds a folder. Not for those that one's own holds: some systems then forget
  /// that they are held.
  static boolean on(Path folder) {
    if (!Files.exists(file(folder))) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file(folder), StandardOpenOption.WRITE)) {
      return !locked(channel);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be looked at: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static Path file(Path folder) {
    return folder.resolve("held");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable("A lock cannot be given back: %s.".formatted(e.getMessage()), e);
    }
  }
}
