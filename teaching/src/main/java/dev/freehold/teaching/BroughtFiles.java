package dev.freehold.teaching;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/// Files that people brought to be taught from, or to be measured by. Everybody sees their own.
///
/// Safe for use by many threads at once.
public final class BroughtFiles {

  private final JobTable table;
  private final Path folder;
  private final AdapterShelf shelf;

  /// @param folder where they lie, by their ids
  /// @param shelf whose adapters are marked when a file they saw is deleted
  BroughtFiles(JobTable table, Path folder, AdapterShelf shelf) {
    this.table = table;
    this.folder = folder;
    this.shelf = shelf;
  }

  /// Takes in a file; it is on the disk when this returns.
  ///
  /// @param purpose in OpenAI's words
  /// @param most bytes
  /// @throws InvalidRequest where it is empty, or longer than that
  public TaughtFile bring(
      Principal asker, String name, String purpose, InputStream body, long most) {
    String id = Teaching.newId("file-");
    Path beside = folder.resolve(id + ".new");
    try {
      long bytes = Files.copy(body, beside);
      if (bytes == 0 || bytes > most) {
        throw new InvalidRequest(
            bytes == 0
                ? "The file is empty."
                : "The file is longer than the %d bytes accepted here.".formatted(most),
            "file");
      }
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(beside, folder.resolve(id), StandardCopyOption.ATOMIC_MOVE);
      TaughtFile file =
          new TaughtFile(
              id,
              asker.id(),
              name,
              purpose,
              bytes,
              Instant.ofEpochSecond(Instant.now().getEpochSecond()));
      table.insert(file);
      return file;
    } catch (IOException e) {
      throw new Unavailable("The file cannot be kept: %s.".formatted(e.getMessage()), e);
    } finally {
      Disk.delete(beside);
    }
  }

  /// One's own files, the newest first.
  public List<TaughtFile> all(Principal asker) {
    return table.files(asker);
  }

  /// One file.
  ///
  /// @throws NotFound where it is unknown or another's
  public TaughtFile one(Principal asker, String id) {
    return table.file(asker, id);
  }

  /// Its bytes.
  ///
  /// @throws NotFound where it is unknown or another's
  public byte[] content(Principal asker, String id) {
    table.file(asker, id);
    return Disk.read(folder.resolve(id));
  }

  /// Deletes a file, and marks each adapter that saw it.
  ///
  /// @throws NotFound where it is unknown or another's
  public void delete(Principal asker, String id) {
    table.deleteFile(asker, id);
    Disk.delete(folder.resolve(id));
    shelf.mark("file:" + id, "A file that it was taught from was deleted.");
  }
}
