package dev.freehold.cli;

import dev.freehold.chat.Unavailable;
import dev.freehold.documents.DocumentSettings;
import java.nio.file.Path;

/// Where the library of documents and the process that reads for it are.
final class Documents {

  private Documents() {}

  /// The settings of the library in one folder.
  ///
  /// @throws Unavailable where the child process was not installed beside the program
  static DocumentSettings settings(Path folder) {
    String child = System.getProperty("freehold.parser.classpath", "");
    if (child.isEmpty()) {
      throw new Unavailable(
          "The document reader is not named (system property freehold.parser.classpath). Start Freehold with the script ./freehold, which does.");
    }
    return DocumentSettings.of(folder, DocumentSettings.classPath(child));
  }
}
