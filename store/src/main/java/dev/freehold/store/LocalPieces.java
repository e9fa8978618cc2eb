package dev.freehold.store;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The files of a model that lies on this machine: one, the parts beside it, or those of a folder.
///
/// @param name what the model is called
/// @param files where they lie, and what the store calls them
record LocalPieces(String name, Map<String, Path> files) {

  /// Finds them.
  ///
  /// @throws NotFound where there is nothing, or a part is missing
  static LocalPieces of(Path path) {
    if (Files.isDirectory(path)) {
      return ofFolder(path);
    }
    if (!Files.isRegularFile(path)) {
      throw new NotFound("There is no file %s.".formatted(path));
    }
    String file = String.valueOf(path.getFileName());
    ModelFolder.Place place = ModelFolder.place(file);
    if (place.count() == 1) {
      return new LocalPieces(file, Map.of(file, path));
    }
    Path folder = path.toAbsolutePath().resolveSibling(".").normalize();
    return parts(
        place.whole(),
        folder,
        ModelFolder.requireWhole(place.parts(), names(folder), folder.toString()));
  }

  private static LocalPieces ofFolder(Path folder) {
    Set<String> names = names(folder);
    if (ModelFolder.isHuggingFace(names)) {
      Map<String, Path> files = new LinkedHashMap<>();
      ModelFolder.huggingFace(withInner(folder, names))
          .forEach(file -> files.put(ModelFolder.flat(file), folder.resolve(file)));
      return new LocalPieces(nameOf(folder), files);
    }
    Map.Entry<String, List<String>> model = ModelFolder.onlyModel(names, folder.toString());
    return parts(model.getKey(), folder, model.getValue());
  }

  private static LocalPieces parts(String name, Path folder, List<String> parts) {
    if (parts.size() == 1) {
      return new LocalPieces(name, Map.of(name, folder.resolve(parts.getFirst())));
    }
    Map<String, Path> files = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      files.put(ModelFolder.place(parts.get(i)).stored(i), folder.resolve(parts.get(i)));
    }
    return new LocalPieces(name, files);
  }

  /// Them and `config.json` of each folder within, as a repository lists them.
  private static Set<String> withInner(Path folder, Set<String> names) {
    Set<String> all = new TreeSet<>(names);
    try (Stream<Path> inner = Files.list(folder)) {
      inner
          .filter(Files::isDirectory)
          .map(path -> path.resolve("config.json"))
          .filter(Files::isRegularFile)
          .forEach(path -> all.add(folder.relativize(path).toString().replace('\\', '/')));
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(folder, e.getMessage()), e);
    }
    return all;
  }

  private static Set<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return new TreeSet<>(
          files
              .filter(Files::isRegularFile)
              .map(file -> String.valueOf(file.getFileName()))
              .toList());
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  /// A folder's name; of a snapshot in Hugging Face's cache, the repository's.
  private static String nameOf(Path folder) {
    Path parent = folder.getParent();
    Path repository = parent == null ? null : parent.getParent();
    if (parent != null
        && repository != null
        && parent.endsWith("snapshots")
        && String.valueOf(repository.getFileName()).startsWith("models--")) {
      String[] words = String.valueOf(repository.getFileName()).split("--", -1);
      return words[words.length - 1];
    }
    return String.valueOf(folder.getFileName());
  }

  /// Them as pieces. Nobody vouches for them, and one that came is not taken for another's.
  List<Piece> pieces(Source source) {
    List<Piece> pieces = new ArrayList<>();
    files.forEach((called, path) -> {
      long size;
      try {
        size = Files.size(path);
      } catch (IOException e) {
        throw new Unavailable("%s cannot be read: %s.".formatted(path, e.getMessage()), e);
      }
      pieces.add(
          new Piece(
              called,
              size,
              Optional.empty(),
              Optional.empty(),
              (partial, events) -> copy(path, source, partial, events)));
    });
    return pieces;
  }

  static void copy(Path path, Source source, Partial partial, Consumer<PullEvent> events) {
    try (InputStream in = Files.newInputStream(path)) {
      partial.restart(Optional.empty());
      long total = Files.size(path);
      partial.reserve(total);
      Download.Meter meter = new Download.Meter(source.title(), 0, total, events);
      byte[] buffer = new byte[1 << 20];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        partial.append(buffer, read);
        meter.at(partial.size());
      }
      meter.done();
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(path, e.getMessage()), e);
    }
  }
}
