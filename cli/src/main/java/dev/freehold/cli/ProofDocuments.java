package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.documents.Collection;
import dev.freehold.documents.Library;
import dev.freehold.proving.Grounds;
import java.nio.file.Path;
import java.util.Set;

/// The documents that contestants are given in a proof: a folder, read as `freehold ask` reads it.
record ProofDocuments(
    Database database,
    BgeSmallEmbedder embedder,
    Library library,
    Principal person,
    Collection collection)
    implements Grounds, AutoCloseable {

  static ProofDocuments open(Shell shell, Path home, Path folder) {
    Path place = home.resolve("ask");
    Database database = Database.open(place.resolve("ask.db"));
    BgeSmallEmbedder embedder = BgeSmallEmbedder.open();
    Library library = Library.open(Documents.settings(place), database, embedder);
    Principal person = new Principal("person:local", System.getProperty("user.name"), Set.of());
    Path whole = folder.toAbsolutePath().normalize();
    Collection collection = AskCommand.collection(library, person, whole);
    new AskCommand(shell).index(library, person, collection, whole);
    return new ProofDocuments(database, embedder, library, person, collection);
  }

  private LibraryGrounds grounds() {
    return new LibraryGrounds(library, person, Set.of(collection.id()));
  }

  @Override
  public ChatModel ground(ChatModel model) {
    return grounds().ground(model);
  }

  @Override
  public String digest() {
    return grounds().digest();
  }

  @Override
  public void refuseSealed(SealedTexts sealed) {
    grounds().refuseSealed(sealed);
  }

  @Override
  public void close() {
    library.close();
    embedder.close();
    database.close();
  }
}
