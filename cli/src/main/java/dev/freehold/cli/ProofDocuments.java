package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.documents.Block;
import dev.freehold.documents.Collection;
import dev.freehold.documents.Document;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Library;
import dev.freehold.proving.Grounds;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

  @Override
  public ChatModel ground(ChatModel model) {
    return new GroundedModel(model, new Grounding(library), person, Set.of(collection.id()));
  }

  @Override
  public String digest() {
    return Digests.sha256(
        library.documents(person, collection.id()).stream()
            .map(document -> document.name() + " " + document.digest())
            .sorted()
            .collect(Collectors.joining("\n")));
  }

  @Override
  public void refuseSealed(SealedTexts sealed) {
    for (Document document : library.documents(person, collection.id())) {
      String text =
          library.blocks(person, document.id()).stream()
              .map(Block::text)
              .collect(Collectors.joining("\n"));
      Optional<String> found = sealed.caseIn(text);
      if (found.isPresent()) {
        throw new Conflict(
            "%s holds the sealed case %s: whoever is given it does not show what it can. Take it out of the documents or out of the benchmark."
                .formatted(document.name(), found.get()));
      }
    }
  }

  @Override
  public void close() {
    library.close();
    embedder.close();
    database.close();
  }
}
