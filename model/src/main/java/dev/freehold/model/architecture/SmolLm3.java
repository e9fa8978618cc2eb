package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `smollm3`: a Llama in which every fourth layer has no position embedding (Yang et
/// al., arXiv 2501.18795).
final class SmolLm3 {

  private static final int PERIOD = 4;

  private SmolLm3() {}

  static Stack read(Parts parts) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.INTERLEAVED);
    return parts.stack(layer -> {
      String at = block(layer);
      boolean turned = layer % PERIOD != PERIOD - 1;
      return List.of(
          parts.step(at, "attn_norm", parts.attention(at, turned ? rotary : null)),
          parts.step(at, "ffn_norm", parts.feedForward(at, Activation.SILU)));
    });
  }
}
