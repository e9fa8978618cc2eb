package dev.freehold.documents;

import dev.freehold.chat.Unavailable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// How documents are kept and read.
///
/// @param folder where originals, texts and indexes lie; belongs to one process at a time
/// @param parserClassPath the class path of the child process: jar files and folders
/// @param parsers how many documents are read at the same time, at least 1
/// @param parserHeapMegabytes most memory of a child's heap
/// @param parserPatience most time one document may take in the child
/// @param maxDocumentBytes largest document accepted
public record DocumentSettings(
    Path folder,
    List<Path> parserClassPath,
    int parsers,
    int parserHeapMegabytes,
    Duration parserPatience,
    long maxDocumentBytes) {

  public DocumentSettings {
    parserClassPath = List.copyOf(parserClassPath);
    if (parsers < 1 || parserHeapMegabytes < 64 || maxDocumentBytes < 1) {
      throw new IllegalArgumentException(
          "At least one parser of 64 MB and documents of one byte are needed.");
    }
  }

  /// Sensible limits: two children of 512 MB, two minutes a document, 200 MB a document.
  public static DocumentSettings of(Path folder, List<Path> parserClassPath) {
    return new DocumentSettings(folder, parserClassPath, 2, 512, Duration.ofMinutes(2), 200L << 20);
  }

  /// The paths of a class path as the `java` command takes it; `folder/*` stands for its jars.
  public static List<Path> classPath(String written) {
    List<Path> paths = new ArrayList<>();
    for (String part : written.split(File.pathSeparator, -1)) {
      if (part.endsWith("*")) {
        paths.addAll(jars(Path.of(part.substring(0, part.length() - 1))));
      } else if (!part.isEmpty()) {
        paths.add(Path.of(part));
      }
    }
    return paths;
  }

  private static List<Path> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new Unavailable(
          "The document reader is missing: %s cannot be listed. Build or install Freehold again."
              .formatted(folder),
          e);
    }
  }
}
