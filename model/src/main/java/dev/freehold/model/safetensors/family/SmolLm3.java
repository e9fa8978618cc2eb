package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.stream.IntStream;

/// `smollm3`: every fourth layer has no position embedding. Files do not say which.
final class SmolLm3 extends Decoder {

  private static final int PERIOD = 4;

  SmolLm3(Settings config) {
    super(config, "smollm3", new Assumed(32_768, 4, 0, 2e6f, true));
  }

  @Override
  void more(GgufHeader header) {
    config.require("use_sliding_window", !config.flag("use_sliding_window"), "false");
    int interval = config.integer("no_rope_layer_interval", PERIOD);
    boolean listed = config.path("no_rope_layers").isArray();
    config.require("no_rope_layer_interval", listed || interval == PERIOD, "4");
    boolean usual =
        IntStream.range(0, layers())
            .allMatch(layer ->
                config.path("no_rope_layers").path(layer).asInt(-1)
                    == (layer % PERIOD == PERIOD - 1 ? 0 : 1));
    config.require("no_rope_layers", !listed || usual, "every fourth layer");
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    return paired(tensor);
  }
}
