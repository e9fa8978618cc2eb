package dev.freehold.cli;

import dev.freehold.server.ModelShelf;
import dev.freehold.store.Amounts;
import dev.freehold.store.Catalogue;
import dev.freehold.store.CatalogueEntry;
import dev.freehold.store.Digest;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredModel;
import java.util.Optional;

/// What the catalogue and the store know of models, for the page.
///
/// @param store what is here
/// @param models what is in memory
record Shelf(ModelStore store, StoreModels models) implements ModelShelf {

  @Override
  public boolean loaded(String name) {
    return models.isLoaded(name);
  }

  @Override
  public String note(String name) {
    Optional<Digest> digest = store.find(AdaptedName.base(name)).map(StoredModel::digest);
    return Catalogue.shipped().entries().stream()
        .filter(entry ->
            entry.name().value().equals(name)
                || (digest.isPresent() && entry.digest().equals(digest)))
        .findFirst()
        .map(CatalogueEntry::note)
        .orElse("");
  }

  @Override
  public Optional<Suggestion> suggestion() {
    return Machine.suggestion()
        .filter(entry -> !entry.name().value().equals(Catalogue.DEFAULT))
        .filter(entry -> store.find(entry.name().value()).isEmpty())
        .map(entry ->
            new Suggestion(
                entry.name().value(),
                "This machine has %s of memory and can run %s (%s, licence %s)."
                    .formatted(
                        Amounts.bytes(Machine.memory()),
                        entry.title(),
                        Amounts.bytes(entry.bytes()),
                        entry.facts().licence()),
                "freehold pull " + entry.name()));
  }
}
