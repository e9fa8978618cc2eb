package dev.freehold.documents;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Reranker;
import dev.freehold.database.Database;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// A library in a folder with the real child process, for tests.
final class Shelf implements AutoCloseable {

  static final Principal ANNA = new Principal("anna", "Anna", Set.of("staff"));
  static final Principal BORIS = new Principal("boris", "Boris", Set.of("staff", "hr"));
  static final Path SAMPLES = Path.of("..", "samples", "company").toAbsolutePath().normalize();

  final Library library;
  final Database database;

  private Shelf(DocumentSettings settings, Embedder embedder, Optional<Reranker> reranker) {
    this.database = Database.open(settings.folder().resolve("test.sqlite"));
    this.library = Library.open(settings, database, embedder, reranker);
  }

  static Shelf open(Path folder, Embedder embedder) {
    return open(folder, embedder, Duration.ofSeconds(60));
  }

  static Shelf open(Path folder, Optional<Reranker> reranker) {
    return new Shelf(settings(folder, Duration.ofSeconds(60)), new HashedWords(), reranker);
  }

  static Shelf open(Path folder, Embedder embedder, Duration patience) {
    return new Shelf(settings(folder, patience), embedder, Optional.empty());
  }

  static DocumentSettings settings(Path folder, Duration patience) {
    return new DocumentSettings(
        folder,
        DocumentSettings.classPath(System.getProperty("freehold.parser.classpath")),
        2,
        256,
        patience,
        200L << 20);
  }

  Document add(Principal principal, Collection collection, String name, String text) {
    return add(principal, collection, name, text.getBytes(StandardCharsets.UTF_8));
  }

  Document add(Principal principal, Collection collection, String name, byte[] bytes) {
    return library.add(principal, collection.id(), name, new ByteArrayInputStream(bytes));
  }

  /// Adds and waits until it is settled.
  Document read(Principal principal, Collection collection, String name, byte[] bytes)
      throws InterruptedException {
    Document document = add(principal, collection, name, bytes);
    settle(principal, collection);
    return library.document(principal, document.id());
  }

  Document read(Principal principal, Collection collection, String name, String text)
      throws InterruptedException {
    return read(principal, collection, name, text.getBytes(StandardCharsets.UTF_8));
  }

  void settle(Principal principal, Collection collection) throws InterruptedException {
    if (!library.await(principal, collection.id(), Duration.ofMinutes(5))) {
      throw new AssertionError("The documents were not settled within five minutes.");
    }
  }

  @Override
  public void close() {
    library.close();
    database.close();
  }
}
