package dev.freehold.cli;

import dev.freehold.store.Catalogue;
import dev.freehold.store.ModelFacts;
import dev.freehold.store.ModelStore;
import dev.freehold.store.PullSettings;
import dev.freehold.store.Puller;

/// How the store and the engine are put together.
final class Models {

  private Models() {}

  static Puller puller(ModelStore store, Shell shell) {
    return new Puller(
        store,
        Catalogue.shipped(),
        PullSettings.of(shell.environment()),
        _ -> new ModelFacts(ModelFacts.UNKNOWN, 0, 0, ModelFacts.UNKNOWN));
  }
}
