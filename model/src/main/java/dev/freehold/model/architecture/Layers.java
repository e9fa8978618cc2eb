package dev.freehold.model.architecture;

import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The layers of a model, one after the other.
///
/// @param steps the steps of each layer
public record Layers(List<List<Residual>> steps) {

  /// An empty state for each layer.
  List<LayerState> newStates() {
    List<LayerState> states = new ArrayList<>();
    for (List<Residual> layer : steps) {
      layer.stream()
          .map(step -> step.mixer().newState())
          .filter(Objects::nonNull)
          .forEach(states::add);
    }
    return states;
  }

  /// Takes rows through all layers, in place.
  void apply(float[] hidden, Rows rows, Workspace workspace) {
    for (int layer = 0; layer < steps.size(); layer++) {
      for (Residual step : steps.get(layer)) {
        step.apply(hidden, rows, layer, workspace);
      }
    }
  }
}
