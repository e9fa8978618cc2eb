package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Attention.Temperature;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `mistral3`: the text model of Mistral Small 3 and Ministral 3, a Llama whose
/// queries grow sharper beyond the positions it was first trained on.
final class Mistral3 {

  private Mistral3() {}

  static Stack read(Parts parts) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.INTERLEAVED);
    float beta = parts.keys().number("attention.temperature_scale", 0);
    int floor = beta == 0 ? 1 : parts.keys().positive("rope.scaling.original_context_length");
    return parts.stack(layer -> {
      String at = block(layer);
      Attention attention = parts.attention(at, rotary);
      return List.of(
          parts.step(
              at,
              "attn_norm",
              beta == 0 ? attention : attention.withTemperature(new Temperature(beta, floor))),
          parts.step(at, "ffn_norm", Llama.feedForward(parts, at)));
    });
  }
}
