package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.store.StoredModel;

/// Loads a model of the store.
@FunctionalInterface
interface ModelOpener {

  /// Reads its weights; may take seconds.
  ChatModel open(StoredModel model);
}
