package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.safetensors.family.RowOrder.Cut;
import dev.freehold.model.safetensors.family.RowOrder.Slice;
import dev.freehold.model.safetensors.family.RowOrder.Turns;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `qwen3_next`, and the text models of `qwen3_5` and `qwen3_5_moe`: gated delta nets, and every so
/// often a layer that attends. In files of the latter two value heads of one key head do not follow
/// each other but take turns with those of the others.
final class QwenNext extends Decoder {

  private static final String DELTA_NET = "linear_attn.";

  private final boolean experts;

  private QwenNext(Settings config, String architecture, boolean experts) {
    super(config, architecture, new Assumed(32_768, 2, 256, 1e4f, false));
    this.experts = experts;
  }

  static QwenNext next(Settings config) {
    return new QwenNext(config, "qwen3next", true);
  }

  static QwenNext qwen35(Settings config) {
    return new QwenNext(config, "qwen35", false);
  }

  static QwenNext qwen35Experts(Settings config) {
    return new QwenNext(config, "qwen35moe", true);
  }

  private int keyHeads() {
    return config.integer("linear_num_key_heads", 16);
  }

  private int valueHeads() {
    return config.integer("linear_num_value_heads", 32);
  }

  private int size() {
    return config.integer("linear_key_head_dim", 128);
  }

  private int each() {
    int keys = keyHeads();
    config.require("linear_num_value_heads", valueHeads() % keys == 0, "a multiple of " + keys);
    return valueHeads() / keys;
  }

  @Override
  int inner() {
    return config.integer("intermediate_size", experts ? 5632 : 0);
  }

  @Override
  int turned() {
    return (int) (headSize() * rotary().share(0.25f));
  }

  @Override
  boolean mixesLayers() {
    return true;
  }

  @Override
  void more(GgufHeader header) {
    int interval = config.integer("full_attention_interval", 4);
    header.integer(key("full_attention_interval"), interval);
    header.flags(
        key("attention.recurrent_layers"),
        layersOf("linear_attention", layer -> (layer + 1) % interval != 0));
    header.integer(key("ssm.conv_kernel"), config.integer("linear_conv_kernel_dim", 4));
    header.integer(key("ssm.state_size"), size());
    header.integer(key("ssm.group_count"), keyHeads());
    header.integer(key("ssm.time_step_rank"), valueHeads());
    int valueSize = config.integer("linear_value_head_dim", 128);
    config.require("linear_value_head_dim", valueSize == size(), "linear_key_head_dim");
    header.integer(key("ssm.inner_size"), Math.multiplyExact(valueSize, valueHeads()));
    if (!architecture().equals("qwen3next")) {
      header.integers(key("rope.dimension_sections"), sections());
    }
    if (experts) {
      header.integer(key("expert_count"), config.integer("num_experts", 0));
      header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", 0));
      int size = config.integer("moe_intermediate_size", 512);
      header.integer(key("expert_feed_forward_length"), size);
      header.integer(
          key("expert_shared_feed_forward_length"),
          config.integer("shared_expert_intermediate_size", 512));
      boolean normalised = config.path("norm_topk_prob").asBoolean(true);
      config.require("norm_topk_prob", normalised, "true");
      Qwen.requireExpertsEverywhere(config);
    }
  }

  /// How many pairs turn with each of the positions that images have; text has one position.
  private int[] sections() {
    JsonNode stated = rotary().parameters().path("mrope_section");
    int[] sections = {11, 11, 10, 0};
    for (int i = 0; i < Math.min(stated.size(), sections.length); i++) {
      sections[i] = stated.path(i).asInt(0);
    }
    return sections;
  }

  @Override
  Map<String, String> inside() {
    return Map.ofEntries(
        Map.entry("post_attention_layernorm", "post_attention_norm"),
        Map.entry("linear_attn.norm", "ssm_norm"),
        Map.entry("linear_attn.conv1d", "ssm_conv1d"),
        Map.entry("mlp.shared_expert_gate", "ffn_gate_inp_shexp"));
  }

  @Override
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    return switch (name) {
      case "linear_attn.A_log" ->
          List.of(turned(0, stored).mapped(number -> (float) -Math.exp(number)).named("ssm_a"));
      case "linear_attn.dt_bias" -> List.of(turned(0, stored).named("ssm_dt.bias"));
      case "linear_attn.conv1d.weight" ->
          List.of(turned(2 * keyHeads() * size(), stored.flat()).named("ssm_conv1d.weight"));
      case "linear_attn.in_proj_qkvz.weight" -> cut(stored);
      case "mlp.experts.gate_up_proj", "mlp.experts.down_proj" ->
          Stacked.experts(name.substring(name.lastIndexOf('.') + 1), stored);
      default ->
          super.inLayer(layer, name, stored, all).stream()
              .map(tensor -> name.startsWith(DELTA_NET) ? turned(name, tensor) : tensor)
              .toList();
    };
  }

  private FolderTensor turned(String name, FolderTensor tensor) {
    return switch (name.substring(DELTA_NET.length())) {
      case "in_proj_qkv.weight" -> turned(2 * keyHeads() * size(), tensor);
      case "in_proj_z.weight", "in_proj_a.weight", "in_proj_b.weight" -> turned(0, tensor);
      case "out_proj.weight" ->
          architecture().equals("qwen3next")
              ? tensor
              : tensor.taken(1, turns(0).places(tensor.size(1)));
      default -> tensor;
    };
  }

  /// @param before rows that stay where they are
  private FolderTensor turned(int before, FolderTensor tensor) {
    return architecture().equals("qwen3next")
        ? tensor
        : tensor.taken(0, turns(before).places(tensor.size(0)));
  }

  private Turns turns(int before) {
    return new Turns(before, keyHeads(), each());
  }

  /// Queries, keys, values and gates of one key head follow each other in the folder.
  private List<FolderTensor> cut(FolderTensor stored) {
    int size = size();
    int values = Math.multiplyExact(each(), size);
    int group = 2 * size + 2 * values;
    List<Slice> qkv =
        List.of(new Slice(0, size), new Slice(size, size), new Slice(2 * size, values));
    List<Slice> gate = List.of(new Slice(2 * size + values, values));
    int rows = stored.size(0);
    return List.of(
        stored.taken(0, new Cut(keyHeads(), group, qkv).places(rows)).named("attn_qkv.weight"),
        stored.taken(0, new Cut(keyHeads(), group, gate).places(rows)).named("attn_gate.weight"));
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    boolean shifted =
        tensor.name().endsWith("norm.weight") && !tensor.name().endsWith("ssm_norm.weight");
    return shifted ? fromOne(tensor) : tensor;
  }
}
