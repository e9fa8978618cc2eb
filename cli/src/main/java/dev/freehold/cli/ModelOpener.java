package dev.freehold.cli;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Unsupported;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.util.List;

/// Loads a model of the store, and adapters onto it.
@FunctionalInterface
interface ModelOpener {

  /// Reads its weights; may take seconds.
  ChatModel open(StoredModel model);

  /// Makes an adapter ready on a model that was opened; requests name it by its digest.
  ///
  /// @throws Unsupported where such models take none
  default void put(ChatModel model, StoredAdapter adapter) {
    throw new Unsupported(
        "An adapter on %s".formatted(model.card().name()), "models that run in this process");
  }

  /// A model that was opened, with adapters that were made ready on top of it.
  default ChatModel adapted(ChatModel model, String name, List<AdapterUse> uses) {
    throw new Unsupported(
        "An adapter on %s".formatted(model.card().name()), "models that run in this process");
  }

  /// Lets go of what a model that was opened remembers of a principal's prompts, if it does.
  default void forget(ChatModel model, String principal) {}

  /// Lets go of an adapter that was made ready.
  default void take(ChatModel model, StoredAdapter adapter) {
    throw new Unsupported(
        "An adapter on %s".formatted(model.card().name()), "models that run in this process");
  }
}
