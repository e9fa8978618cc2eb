package dev.freehold.cli;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatModel;
import dev.freehold.engine.EngineConfiguration;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.engine.ModelIdentity;
import dev.freehold.engine.SavedPrompts;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.store.ModelFacts;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.util.List;
import java.util.Optional;

/// Loads models of the store, and adapters, into this process's engine.
///
/// @param threads threads for arithmetic; 0: one for each physical core
/// @param prompts where long prompts are kept on the disk, if anywhere
record EngineOpener(int threads, Optional<SavedPrompts> prompts) implements ModelOpener {

  /// Without prompts on the disk.
  EngineOpener(int threads) {
    this(threads, Optional.empty());
  }

  @Override
  public LocalChatModel open(StoredModel model) {
    String licence = model.facts().licence();
    return LocalChatModel.open(
        model.file(),
        prompts.map(configuration(threads)::withSavedPrompts).orElse(configuration(threads)),
        new ModelIdentity(
            model.name(),
            licence.equals(ModelFacts.UNKNOWN) ? "" : licence,
            model.digest().toString(),
            model.created()));
  }

  @Override
  public void put(ChatModel model, StoredAdapter adapter) {
    local(model).load(adapter.digest().toString(), GgufAdapter.read(adapter.file()).adapter());
  }

  @Override
  public void forget(ChatModel model, String principal) {
    local(model).forget(principal);
  }

  @Override
  public ChatModel adapted(ChatModel model, String name, List<AdapterUse> uses) {
    return local(model).adapted(name, uses);
  }

  @Override
  public void take(ChatModel model, StoredAdapter adapter) {
    local(model).unload(adapter.digest().toString());
  }

  private static LocalChatModel local(ChatModel model) {
    if (model instanceof LocalChatModel local) {
      return local;
    }
    throw new IllegalArgumentException("This model was opened by somebody else.");
  }

  static EngineConfiguration configuration(int threads) {
    EngineConfiguration standard = EngineConfiguration.standard();
    return threads == 0 ? standard : standard.withThreads(threads);
  }
}
