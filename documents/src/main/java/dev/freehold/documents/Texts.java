package dev.freehold.documents;

import dev.freehold.chat.Unavailable;
import dev.freehold.documents.parsing.Parsed;
import dev.freehold.documents.parsing.Wire;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// What was read of each document, one compressed file each, durable before it is visible.
final class Texts {

  private final Path folder;

  Texts(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
  }

  private Path path(String document) {
    return folder.resolve(document + ".blocks");
  }

  void write(String document, Parsed parsed) {
    Path part = folder.resolve(document + ".part");
    try {
      try (FileChannel channel =
              FileChannel.open(
                  part,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING);
          var zip = new GZIPOutputStream(Channels.newOutputStream(channel))) {
        var out = new DataOutputStream(new BufferedOutputStream(zip, 1 << 16));
        Wire.write(out, parsed);
        out.flush();
        zip.finish();
        channel.force(true);
      }
      Files.move(part, path(document), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Unavailable(
          "The text of a document could not be stored (%s). Free some space."
              .formatted(e.getMessage()),
          e);
    }
  }

  List<Block> blocks(String document) {
    Path file = path(document);
    if (!Files.exists(file)) {
      return List.of();
    }
    try (var in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)), 1 << 16))) {
      return Wire.read(in, _ -> {}).blocks();
    } catch (IOException e) {
      throw new Unavailable(
          "The text of the document cannot be read (%s). Add the document again."
              .formatted(e.getMessage()),
          e);
    }
  }

  void delete(String document) {
    try {
      Files.deleteIfExists(path(document));
    } catch (IOException e) {
      // Swept at the next start.
      System.getLogger(Texts.class.getName())
          .log(System.Logger.Level.WARNING, "A text that is no longer needed stays: " + document);
    }
  }

  /// Removes the texts of all documents but these.
  void sweep(Set<String> wanted) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".blocks") || !wanted.contains(name.substring(0, name.length() - 7))) {
          Files.delete(file);
        }
      }
    }
  }
}
