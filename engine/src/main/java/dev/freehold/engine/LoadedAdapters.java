package dev.freehold.engine;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.FittedAdapter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The adapters that are ready for one model, by id. Safe for use by many threads.
final class LoadedAdapters {

  private final Map<String, FittedAdapter> byId = new HashMap<>();

  LoadedAdapters() {}

  synchronized void put(String id, FittedAdapter adapter) {
    byId.put(id, adapter);
  }

  synchronized boolean has(String id) {
    return byId.containsKey(id);
  }

  synchronized void remove(String id) {
    byId.remove(id);
  }

  /// What a request uses. Adapters at scale 0 add nothing and are left out, so that such a request
  /// is one to the model as it is.
  ///
  /// @throws InvalidRequest where one is not there
  synchronized List<FittedAdapter.Use> of(List<AdapterUse> wanted) {
    List<FittedAdapter.Use> uses = new ArrayList<>(wanted.size());
    for (AdapterUse use : wanted) {
      FittedAdapter adapter = byId.get(use.name());
      if (adapter == null) {
        throw new InvalidRequest(
            "No adapter %s is loaded here; there are: %s."
                .formatted(use.name(), String.join(", ", new TreeSet<>(byId.keySet()))),
            "lora");
      }
      if (use.scale() != 0) {
        uses.add(new FittedAdapter.Use(adapter, (float) use.scale()));
      }
    }
    return uses;
  }
}
