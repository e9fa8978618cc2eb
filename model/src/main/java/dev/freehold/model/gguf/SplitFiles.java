package dev.freehold.model.gguf;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The names of a model that was cut into several files, as llama.cpp's `gguf-split` writes them:
/// `NAME-00001-of-00003.gguf`. Each part says in `split.no` which it is, counted from 0, and in
/// `split.count` of how many.
final class SplitFiles {

  static final String NUMBER = "split.no";
  static final String COUNT = "split.count";
  static final String TENSORS = "split.tensors.count";

  private static final Pattern PART = Pattern.compile("(.*-)(\\d{5})-of-(\\d{5})(\\.gguf)");
  private static final int MOST_NAMED = 5;

  private SplitFiles() {}

  /// The files of all parts, in order; one of them is `path`, whose header holds `metadata`.
  ///
  /// @throws NotFound naming the parts that are missing
  static List<Path> parts(Path path, Metadata metadata) {
    int count = metadata.integer(COUNT, 1);
    if (count == 0 || count == 1) {
      return List.of(path);
    }
    Path file = path.toAbsolutePath();
    Matcher name = PART.matcher(file.getFileName().toString());
    if (!name.matches()) {
      throw new MalformedFile(
          path.toString(),
          -1,
          ("it is part %d of %d of a model, and parts are found by their names: call it"
                  + " NAME-%05d-of-%05d.gguf, beside the others")
              .formatted(metadata.integer(NUMBER) + 1, count, metadata.integer(NUMBER) + 1, count));
    }
    if (Integer.parseInt(name.group(3)) != count) {
      throw new MalformedFile(
          path.toString(), -1, "its header says it is one of %d parts".formatted(count));
    }
    List<Path> parts =
        IntStream.rangeClosed(1, count)
            .mapToObj(i ->
                file.resolveSibling(
                    "%s%05d-of-%05d%s".formatted(name.group(1), i, count, name.group(4))))
            .toList();
    List<Path> missing = parts.stream().filter(part -> !Files.isRegularFile(part)).toList();
    if (!missing.isEmpty()) {
      throw new NotFound(
          "%s is one of %d parts, and %d of them are not beside it: %s%s."
              .formatted(
                  path,
                  count,
                  missing.size(),
                  missing.stream()
                      .limit(MOST_NAMED)
                      .map(part -> part.getFileName().toString())
                      .collect(Collectors.joining(", ")),
                  missing.size() > MOST_NAMED ? ", …" : ""));
    }
    return parts;
  }

  /// Checks that the header of part `index` belongs there.
  static void require(Path part, Metadata metadata, int index, int count) {
    if (metadata.integer(NUMBER, -1) != index || metadata.integer(COUNT, -1) != count) {
      throw new MalformedFile(
          part.toString(),
          -1,
          "its header does not say that it is part %d of %d".formatted(index + 1, count));
    }
  }
}
