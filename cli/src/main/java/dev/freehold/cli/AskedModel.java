package dev.freehold.cli;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Prompt;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A model that a command opens for itself, with adapters on top of it; closing it frees the
/// weights.
///
/// @param shown what is asked
/// @param weights what is closed
record AskedModel(ChatModel shown, LocalChatModel weights) implements ChatModel {

  /// What a name stands for; a model of the catalogue is fetched if it is not here.
  ///
  /// @throws NotFound where the model or an adapter of it is not here
  static AdaptedName named(ModelStore store, String name, Shell shell) {
    if (Files.exists(Path.of(name)) || !AdaptedName.is(name)) {
      return new AdaptedName(ModelFiles.present(store, name, shell), List.of());
    }
    return AdaptedName.on(
            name,
            ModelFiles.present(store, AdaptedName.base(name), shell),
            ReadableAdapters.onDisk(AdapterStore.in(store)),
            Administration.whoeverRunsThis())
        .orElseThrow(() ->
            new NotFound(
                "There is no adapter as %s names one for that model; `freehold adapter list` lists those that are here."
                    .formatted(name)));
  }

  /// Reads the weights and the adapters.
  static ChatModel open(AdaptedName name, EngineOpener opener) {
    LocalChatModel weights = opener.open(name.base());
    boolean opened = false;
    try {
      for (StoredAdapter adapter : name.adapters()) {
        opener.put(weights, adapter);
      }
      List<AdapterUse> uses =
          name.adapters().stream()
              .map(adapter -> new AdapterUse(adapter.digest().toString(), 1))
              .toList();
      opened = true;
      return uses.isEmpty() ? weights : new AskedModel(weights.adapted(name.name(), uses), weights);
    } finally {
      if (!opened) {
        weights.close();
      }
    }
  }

  @Override
  public ModelCard card() {
    return shown.card();
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    return shown.stream(request);
  }

  @Override
  public int countTokens(Prompt prompt) {
    return shown.countTokens(prompt);
  }

  @Override
  public List<Continuation> continuations(String context, List<String> texts) {
    return shown.continuations(context, texts);
  }

  @Override
  public void close() {
    weights.close();
  }
}
