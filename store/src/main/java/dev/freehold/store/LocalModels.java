package dev.freehold.store;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Models that are used where they lie, without a store.
public final class LocalModels {

  private LocalModels() {}

  /// The model at `path`: a file, a part of several, or a folder. Its digest is the one it would
  /// have in a store, which takes reading it once.
  ///
  /// @throws NotFound where there is none
  /// @throws dev.freehold.chat.MalformedFile where it is no model
  public static StoredModel at(Path path, WeightsReader reader) {
    Path whole = path.toAbsolutePath().normalize();
    LocalPieces local = LocalPieces.of(whole);
    try {
      long bytes = 0;
      TreeMap<String, Digest> digests = new TreeMap<>();
      for (Map.Entry<String, Path> file : local.files().entrySet()) {
        bytes += Files.size(file.getValue());
        digests.put(file.getKey(), Digest.ofFile(file.getValue()));
      }
      return new StoredModel(
          Name.ofFile(local.name()).value(),
          reader.read(whole),
          "file " + path,
          bytes,
          digests.size() == 1 ? digests.firstEntry().getValue() : Arrivals.listed(digests),
          Files.getLastModifiedTime(whole).toInstant(),
          whole);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(path, e.getMessage()), e);
    }
  }
}
