package dev.freehold.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// What a model is called here, beyond what its file says.
///
/// @param name the name clients send as `model`
/// @param licence SPDX expression; empty: what the file says
/// @param digest `sha256:…` of the file; empty where unknown
/// @param created when it came here
public record ModelIdentity(String name, String licence, String digest, Instant created) {

  /// A file under its own name.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  public static ModelIdentity of(Path file) {
    Instant created;
    try {
      created = Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new dev.freehold.chat.NotFound(
          "%s cannot be read as a model file: %s".formatted(file, e));
    }
    String name = String.valueOf(file.getFileName());
    return new ModelIdentity(
        name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name, "", "", created);
  }
}
