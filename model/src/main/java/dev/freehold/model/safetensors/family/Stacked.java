package dev.freehold.model.safetensors.family;

import java.util.List;

/// Experts that a folder keeps stacked, `[experts, rows, columns]`, gates upon upward projections.
final class Stacked {

  private Stacked() {}

  /// What GGUF has instead of them, without the layer.
  ///
  /// @param role `gate_up_proj` or `down_proj`
  static List<FolderTensor> experts(String role, FolderTensor stored) {
    if (role.equals("down_proj")) {
      return List.of(stored.named("ffn_down_exps.weight"));
    }
    int half = stored.size(1) / 2;
    return List.of(
        stored.taken(1, 0, 1, half).named("ffn_gate_exps.weight"),
        stored.taken(1, half, 1, half).named("ffn_up_exps.weight"));
  }
}
