package dev.freehold.engine;

import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.adapter.Adapter;
import java.util.List;

/// An adapter that a model is measured with.
///
/// @param adapter the adapter
/// @param scale multiplies what it adds, usually 1
public record ScaledAdapter(Adapter adapter, float scale) {

  /// These adapters, ready on a model. Errors are those of [LanguageModel#fit].
  static List<FittedAdapter.Use> on(LanguageModel model, List<ScaledAdapter> adapters) {
    return adapters.stream()
        .map(one -> new FittedAdapter.Use(model.fit(one.adapter), one.scale))
        .toList();
  }
}
