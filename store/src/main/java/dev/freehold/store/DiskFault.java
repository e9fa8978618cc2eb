package dev.freehold.store;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A fault of this machine's own disk: it ends a pull, where a fault of a source only ends the
/// source.
public final class DiskFault extends RuntimeException {

  private static final long serialVersionUID = 1;
  private static final long LITTLE = 64 * 1024;
  private static final List<String> ENGLISH =
      List.of("no space left", "quota exceeded", "file too large", "not enough space");
  private static final Set<String> FULL = wordsOfFull();

  private final Path where;
  private final IOException what;

  DiskFault(Path where, IOException what) {
    super(what);
    this.where = where;
    this.what = what;
  }

  /// The sentence for the person.
  Unavailable told() {
    return told(where, what);
  }

  static Unavailable told(Path where, IOException what) {
    if (full(where, what)) {
      return new Unavailable(
          ("The disk that holds %s is full. Free some space, or set FREEHOLD_HOME to a folder on"
                  + " another disk, and run the same again.")
              .formatted(where),
          what);
    }
    if (what instanceof AccessDeniedException) {
      return new Unavailable(
          "%s may not be written by this user. Change its owner, or set FREEHOLD_HOME to a folder of yours."
              .formatted(where),
          what);
    }
    return new Unavailable("%s cannot be used: %s.".formatted(where, reason(what)), what);
  }

  static Unavailable tooSmall(Path where, long needed, long free) {
    return new Unavailable(
        ("The disk that holds %s has %s free and %s more are needed. Free some space, or set"
                + " FREEHOLD_HOME to a folder on another disk, and run the same again.")
            .formatted(where, Amounts.bytes(free), Amounts.bytes(needed)));
  }

  /// Whether a write failed since the disk, or what this user may have of it, is full.
  ///
  /// The system says why in the words of the user's language; where they are not English ones, they
  /// are held against what this system says of a device that is always full, and the space that is
  /// left decides.
  public static boolean full(Path where, IOException what) {
    String reason = reason(what);
    if (FULL.contains(reason)
        || ENGLISH.stream().anyMatch(reason.toLowerCase(Locale.ROOT)::contains)) {
      return true;
    }
    boolean named =
        what instanceof FileSystemException && what.getClass() != FileSystemException.class;
    return !named && nothingLeft(where);
  }

  private static boolean nothingLeft(Path where) {
    Path there = where.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      if (there == null) {
        return false;
      }
      FileStore disk = Files.getFileStore(there);
      return !disk.isReadOnly() && disk.getUsableSpace() < LITTLE;
    } catch (IOException e) {
      return false; // What happened is told in the system's own words.
    }
  }

  /// What this system says where nothing is left, in the language it was started in; empty where it
  /// has no device to learn it from.
  private static Set<String> wordsOfFull() {
    try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
      full.write(ByteBuffer.allocate(1));
      return Set.of();
    } catch (FileSystemException | ClosedChannelException _) {
      return Set.of();
    } catch (IOException e) {
      return Set.of(reason(e));
    }
  }

  private static String reason(IOException what) {
    String reason =
        what instanceof FileSystemException system && system.getReason() != null
            ? system.getReason()
            : what.getMessage();
    return reason == null ? what.getClass().getSimpleName() : reason;
  }
}
