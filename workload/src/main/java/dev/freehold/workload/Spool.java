package dev.freehold.workload;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Where an exchange lies between the end of its answer and the database: lines of JSON, each
/// written with one call, so that the end of the process loses none that was written. A power cut
/// may lose those of the last moment.
///
/// A segment is deleted once the database has what is in it; what is left over from a process that
/// was killed is read at the next start. Used under the lock of [Capture].
final class Spool {

  private static final System.Logger LOG = System.getLogger("dev.freehold.workload");
  private static final String ENDING = ".exchanges";

  private final Path folder;
  private long number;
  private @Nullable Path file;
  private @Nullable RandomAccessFile current;
  private final List<Path> ended = new ArrayList<>();

  Spool(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      for (Path left : segments()) {
        number = Math.max(number, number(left));
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private Unavailable unavailable(IOException e) {
    return new Unavailable(
        "%s cannot be used (%s); what is captured has no place to go."
            .formatted(folder, e.getMessage()),
        e);
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(one -> one.toString().endsWith(ENDING)).sorted().toList();
    }
  }

  private static long number(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - ENDING.length()), 16);
  }

  /// Writes one exchange. Threads that are interrupted write too: the file is one that an interrupt
  /// does not close.
  ///
  /// @throws Unavailable where it could not be written; it is then not kept, and the next one goes
  ///   to a segment of its own
  int write(Exchange exchange) {
    byte[] line =
        (Json.MAPPER.writeValueAsString(exchange) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      RandomAccessFile out = current == null ? begin() : current;
      long before = out.getFilePointer();
      try {
        out.write(line);
      } catch (IOException e) {
        giveUp(out, before, e);
        throw e;
      }
      return line.length;
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private RandomAccessFile begin() throws IOException {
    Path next = folder.resolve("%016x%s".formatted(++number, ENDING));
    Files.createFile(next, Private.attributes(folder));
    var out = new RandomAccessFile(next.toFile(), "rw");
    file = next;
    current = out;
    return out;
  }

  /// Ends a segment that could not be written to: what lies in it is kept, and a half line must not
  /// swallow the next one.
  private void giveUp(RandomAccessFile out, long before, IOException why) {
    try (out) {
      out.setLength(before);
    } catch (IOException e) {
      why.addSuppressed(e); // A last line without an end is passed over anyway.
    }
    Path given = file;
    file = null;
    current = null;
    if (given == null) {
      return;
    }
    if (before > 0) {
      ended.add(given);
      return;
    }
    try {
      Files.deleteIfExists(given);
    } catch (IOException e) {
      why.addSuppressed(e);
      ended.add(given);
    }
  }

  /// Ends the current segment; returns all that were ended, so that they can be deleted once the
  /// database has what is in them.
  List<Path> cut() {
    if (current != null) {
      try {
        current.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, () -> file + " does not close: " + e.getMessage());
      }
    }
    if (file != null) {
      ended.add(file);
    }
    current = null;
    file = null;
    List<Path> all = List.copyOf(ended);
    ended.clear();
    return all;
  }

  /// Deletes segments.
  void done(List<Path> segments) {
    try {
      for (Path segment : segments) {
        Files.deleteIfExists(segment);
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /// What a killed process left, by segment.
  record Left(Path segment, List<Exchange> exchanges) {}

  /// Reads what was left. A last line without an end was never acknowledged and is passed over.
  List<Left> left() {
    List<Left> all = new ArrayList<>();
    try {
      for (Path segment : segments()) {
        byte[] bytes = Files.readAllBytes(segment);
        List<Exchange> exchanges = new ArrayList<>();
        int at = 0;
        for (int end = 0; end < bytes.length; end++) {
          if (bytes[end] == '\n') {
            exchanges.add(Json.MAPPER.readValue(bytes, at, end - at, Exchange.class));
            at = end + 1;
          }
        }
        all.add(new Left(segment, exchanges));
      }
      return all;
    } catch (IOException e) {
      throw unavailable(e);
    } catch (JacksonException e) {
      throw new dev.freehold.chat.MalformedFile(
          folder.toString(), -1, "what was captured before the last stop cannot be read", e);
    }
  }
}
