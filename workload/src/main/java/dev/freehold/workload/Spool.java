package dev.freehold.workload;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private static final String ENDING = ".exchanges";

  private final Path folder;
  private long number;
  private @Nullable Path file;
  private @Nullable FileChannel channel;

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

  /// Writes one exchange.
  ///
  /// @throws Unavailable where it could not be written; it is then not kept
  int write(Exchange exchange) {
    byte[] line =
        (Json.MAPPER.writeValueAsString(exchange) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      FileChannel out = channel;
      if (out == null) {
        Path next = folder.resolve("%016x%s".formatted(++number, ENDING));
        out =
            FileChannel.open(
                next,
                java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                Private.attributes(folder));
        file = next;
        channel = out;
      }
      long before = out.position();
      ByteBuffer bytes = ByteBuffer.wrap(line);
      try {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      } catch (IOException e) {
        out.truncate(before); // A half line must not swallow the next one.
        throw e;
      }
      return line.length;
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /// Ends the current segment, so that it can be deleted once the database has it.
  @Nullable Path cut() {
    Path ended = file;
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw unavailable(e);
    } finally {
      channel = null;
      file = null;
    }
    return ended;
  }

  /// Deletes a segment.
  void done(@Nullable Path segment) {
    try {
      if (segment != null) {
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
        String text = Files.readString(segment);
        List<Exchange> exchanges = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
          int end = text.indexOf('\n', at);
          if (end < 0) {
            break;
          }
          exchanges.add(Json.MAPPER.readValue(text.substring(at, end), Exchange.class));
          at = end + 1;
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
