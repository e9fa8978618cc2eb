package dev.freehold.model.safetensors.family;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names of weights and biases in GGUF's words, outside of layers and within them.
final class LayerNames {

  private final Map<String, String> outer;
  private final Map<String, String> inner;
  private final Pattern layer;

  /// @param layers what names of tensors of layers begin with, before the layer's number
  /// @param outer names outside of layers, without `.weight` and `.bias`
  /// @param inner names within layers, likewise
  LayerNames(String layers, Map<String, String> outer, Map<String, String> inner) {
    this.outer = outer;
    this.inner = inner;
    this.layer = Pattern.compile(Pattern.quote(layers) + "\\.(\\d{1,6})\\.(.+)");
  }

  /// GGUF's name of `name`, or empty where it is not known.
  Optional<String> gguf(String name) {
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    String ending = dot < 0 ? "" : name.substring(dot);
    if (!ending.equals(".weight") && !ending.equals(".bias")) {
      return Optional.empty();
    }
    Matcher within = layer.matcher(stem);
    return within.matches()
        ? Optional.ofNullable(inner.get(within.group(2)))
            .map(known -> "blk.%s.%s%s".formatted(within.group(1), known, ending))
        : Optional.ofNullable(outer.get(stem)).map(known -> known + ending);
  }
}
