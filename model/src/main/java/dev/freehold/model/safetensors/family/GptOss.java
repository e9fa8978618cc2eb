package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.GgufHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/// `gpt_oss`, with experts in MXFP4 as it is published, or in floats. Rows of gates and of upward
/// projections take turns in the folder; in floats matrices lie the other way round.
final class GptOss extends Decoder {

  private static final int BLOCK = 32;
  private static final float LIMIT = 7;
  private static final float ALPHA = 1.702f;

  GptOss(Settings config) {
    super(config, "gpt-oss", new Assumed(131_072, 8, 64, 150_000, false));
  }

  @Override
  boolean mixesLayers() {
    return true;
  }

  @Override
  void positions(GgufHeader header) {
    Rotary rotary = rotary();
    rotary.describe(header, architecture(), "truncate");
    boolean truncates = rotary.parameters().path("truncate").asBoolean(true);
    config.require(
        "rope_parameters", !rotary.scaling().equals("yarn") || !truncates, "truncate false");
  }

  @Override
  void more(GgufHeader header) {
    int experts = config.integer("num_experts", 128);
    header.integer(key("expert_count"), config.integer("num_local_experts", experts));
    header.integer(
        key("expert_used_count"),
        config.integer("num_experts_per_tok", config.integer("experts_per_token", 4)));
    header.integer(key("expert_feed_forward_length"), inner());
    header.integer(key("attention.sliding_window"), config.integer("sliding_window", 128));
    config.require("swiglu_limit", config.number("swiglu_limit", LIMIT) == LIMIT, "7");
    config.require("swiglu_alpha", config.number("swiglu_alpha", ALPHA) == ALPHA, "1.702");
    List<Boolean> windowed = layersOf("sliding_attention", layer -> layer % 2 == 0);
    boolean alternate = true;
    for (int layer = 0; layer < windowed.size(); layer++) {
      alternate &= windowed.get(layer) == (layer % 2 == 0);
    }
    config.require("layer_types", alternate, "a window in every other layer, the first among them");
  }

  @Override
  Map<String, String> inside() {
    return Map.of("post_attention_layernorm", "post_attention_norm", "mlp.router", "ffn_gate_inp");
  }

  @Override
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    return switch (name) {
      case "self_attn.sinks" -> List.of(stored.named("attn_sinks.weight"));
      case "mlp.experts.gate_up_proj_bias" -> inTurns(stored, ".bias");
      case "mlp.experts.down_proj_bias" -> List.of(stored.named("ffn_down_exps.bias"));
      case "mlp.experts.gate_up_proj" -> inTurns(stored.transposed(), ".weight");
      case "mlp.experts.down_proj" -> List.of(stored.transposed().named("ffn_down_exps.weight"));
      case "mlp.experts.gate_up_proj_blocks" -> inTurns(blocks(stored, all), ".weight");
      case "mlp.experts.down_proj_blocks" ->
          List.of(blocks(stored, all).named("ffn_down_exps.weight"));
      // Read with the blocks they belong to.
      case "mlp.experts.gate_up_proj_scales", "mlp.experts.down_proj_scales" -> List.of();
      default -> super.inLayer(layer, name, stored, all);
    };
  }

  private static List<FolderTensor> inTurns(FolderTensor both, String ending) {
    int half = both.size(1) / 2;
    return List.of(
        both.taken(1, 0, 2, half).named("ffn_gate_exps" + ending),
        both.taken(1, 1, 2, half).named("ffn_up_exps" + ending));
  }

  /// Blocks as GGUF has them: the scale before its 32 numbers, of which the first half lies in the
  /// lower halves of the bytes. In the folder scales are apart and neighbours share a byte.
  private static FolderTensor blocks(FolderTensor stored, Map<String, FolderTensor> all) {
    FolderTensor scales = all.get(stored.name().replaceFirst("_blocks$", "_scales"));
    int half = BLOCK / 2;
    boolean fit =
        stored.kind().equals("U8")
            && stored.shape().size() == 4
            && stored.size(3) == half
            && scales != null
            && scales.kind().equals("U8")
            && scales.shape().equals(stored.shape().subList(0, 3));
    if (!fit || scales == null) {
      throw new MalformedFile(stored.name(), -1, "its blocks and scales do not fit together");
    }
    long blocks = scales.weights();
    MemorySegment packed = stored.arena().allocate(blocks * (half + 1), 64);
    byte[] from = new byte[half];
    byte[] to = new byte[half + 1];
    for (long block = 0; block < blocks; block++) {
      MemorySegment.copy(stored.bytes(), ValueLayout.JAVA_BYTE, block * half, from, 0, half);
      to[0] = scales.bytes().get(ValueLayout.JAVA_BYTE, block);
      for (int i = 0; i < half; i++) {
        to[1 + i] = (byte) (number(from, i) | (number(from, i + half) << 4));
      }
      MemorySegment.copy(to, 0, packed, ValueLayout.JAVA_BYTE, block * to.length, to.length);
    }
    List<Long> shape =
        List.of(stored.shape().get(0), stored.shape().get(1), stored.shape().get(2) * BLOCK);
    return new FolderTensor(stored.name(), "MXFP4", shape, packed, stored.arena());
  }

  private static int number(byte[] pairs, int index) {
    return (pairs[index / 2] >> (index % 2 * 4)) & 0xF;
  }
}
