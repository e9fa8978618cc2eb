package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architectures `granite` and `granitemoe`: a Llama, or a Mixtral, whose embeddings, scores, steps
/// and logits are each multiplied by a number of the file.
final class Granite {

  private Granite() {}

  static Stack read(Parts parts) {
    Hyperparameters keys = parts.keys();
    RotaryEmbedding turned = parts.rotary().read(RotaryStyle.INTERLEAVED);
    // The family's files say with this key whether there is a position embedding at all.
    RotaryEmbedding rotary = keys.flag("rope.scaling.finetuned", true) ? turned : null;
    float residual = keys.number("residual_scale", 1);
    return parts
        .stack(layer -> {
          String at = block(layer);
          return List.of(
              parts.step(at, "attn_norm", parts.attention(at, rotary)).scaled(residual),
              parts.step(at, "ffn_norm", Llama.feedForward(parts, at)).scaled(residual));
        })
        .withEmbeddingScale(keys.number("embedding_scale", 1))
        .withLogitScale(1 / keys.number("logit_scale"));
  }
}
