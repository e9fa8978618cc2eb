package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/// What the generations of Gemma have in common: GELU gates, norms after as well as before, and
/// layers that see a window between those that see everything.
abstract class Gemma extends Decoder {

  Gemma(Settings config, String architecture, Assumed assumed) {
    super(config, architecture, assumed);
  }

  @Override
  final void requireActivation() {
    config.require("hidden_activation", "gelu_pytorch_tanh");
  }

  @Override
  final boolean mixesLayers() {
    return true;
  }

  @Override
  Map<String, String> inside() {
    return Map.of("post_attention_layernorm", "post_attention_norm");
  }

  /// Which layers see a window only.
  ///
  /// @param fallback which of them do where `layer_types` says nothing
  final List<Boolean> windowed(IntPredicate fallback) {
    return layersOf("sliding_attention", fallback);
  }

  /// Writes which layers see a window only, where it is not as is assumed of a file that says
  /// nothing.
  final void windows(GgufHeader header, List<Boolean> windowed, IntPredicate assumed) {
    boolean usual = true;
    for (int layer = 0; layer < windowed.size(); layer++) {
      usual &= windowed.get(layer) == assumed.test(layer);
    }
    if (!usual) {
      header.flags(key("attention.sliding_window_pattern"), windowed);
    }
  }
}
