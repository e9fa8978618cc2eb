package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.Map;

/// `phi3`: Phi-3, Phi-3.5 and Phi-4. Long windows have divisors of the rotary frequencies of their
/// own (LongRoPE), which lie in the configuration here and are tensors in a file.
final class Phi3 extends Decoder {

  Phi3(Settings config) {
    super(config, "phi3", new Assumed(4096, 0, 0, 1e4f, false));
  }

  private boolean stretched() {
    String scaling = rotary().scaling();
    return scaling.equals("longrope") || scaling.equals("su");
  }

  private int original() {
    int fallback = Math.min(4096, positions());
    return config.integer("original_max_position_embeddings", rotary().original(fallback));
  }

  @Override
  int turned() {
    return (int) (headSize() * rotary().share());
  }

  @Override
  void positions(GgufHeader header) {
    Rotary rotary = rotary();
    header.integer(key("rope.scaling.original_context_length"), original());
    if (!stretched()) {
      rotary.describe(header, architecture());
      return;
    }
    header.number(key("rope.freq_base"), rotary.base());
    for (String odd : new String[] {"attention_factor", "short_mscale", "long_mscale", "factor"}) {
      config.require("rope " + odd, !rotary.has(odd), "absent");
    }
    double stretch = (double) positions() / original();
    double factor = stretch > 1 ? Math.sqrt(1 + Math.log(stretch) / Math.log(original())) : 1;
    header.number(key("rope.scaling.attn_factor"), (float) factor);
  }

  @Override
  void more(GgufHeader header) {
    int window = config.has("sliding_window") ? config.integer("sliding_window", 0) : 0;
    header.integer(key("attention.sliding_window"), window);
  }

  @Override
  public Map<String, float[]> computed() {
    return stretched()
        ? Map.of(
            "rope_factors_long.weight", rotary().divisors("long_factor", turned()),
            "rope_factors_short.weight", rotary().divisors("short_factor", turned()))
        : super.computed();
  }
}
