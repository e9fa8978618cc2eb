package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.documents.Block;
import dev.freehold.documents.Document;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Library;
import dev.freehold.proving.Grounds;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Collections of a library, as far as a person may read them, as what contestants are given.
record LibraryGrounds(Library library, Principal person, Set<String> collections)
    implements Grounds {

  /// @throws dev.freehold.chat.NotFound where a collection is unknown or forbidden
  static LibraryGrounds of(Library library, Principal person, Set<String> collections) {
    collections.forEach(id -> library.collection(person, id));
    return new LibraryGrounds(library, person, collections);
  }

  @Override
  public ChatModel ground(ChatModel model) {
    return new GroundedModel(model, new Grounding(library), person, collections);
  }

  private List<Document> documents() {
    return collections.stream()
        .sorted()
        .flatMap(id -> library.documents(person, id).stream())
        .toList();
  }

  @Override
  public String digest() {
    return Digests.sha256(
        documents().stream()
            .map(document -> document.name() + " " + document.digest())
            .sorted()
            .collect(Collectors.joining("\n")));
  }

  @Override
  public void refuseSealed(SealedTexts sealed) {
    for (Document document : documents()) {
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
}
