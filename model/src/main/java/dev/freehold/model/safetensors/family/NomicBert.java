package dev.freehold.model.safetensors.family;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `nomic_bert`, with and without experts. Tensors have the names of its makers; the configuration
/// is theirs, which counts as GPT-2's does, or transformers'.
final class NomicBert extends Family {

  private static final int TRAINED = 2048;
  private static final int TRAINED_WITH_EXPERTS = 512;

  private static final Map<String, String> OUTER =
      Map.of(
          "embeddings.word_embeddings", "token_embd",
          "embeddings.token_type_embeddings", "token_types",
          "emb_ln", "token_embd_norm");

  private static final Map<String, String> INNER =
      Map.of(
          "attn.Wqkv", "attn_qkv",
          "attn.out_proj", "attn_output",
          "norm1", "attn_output_norm",
          "norm2", "layer_output_norm",
          "mlp.fc1", "ffn_up",
          "mlp.fc11", "ffn_up",
          "mlp.fc12", "ffn_gate",
          "mlp.fc2", "ffn_down",
          "mlp.router.layer", "ffn_gate_inp");

  private static final LayerNames NAMES = new LayerNames("encoder.layers", OUTER, INNER);
  private static final Pattern EXPERTS =
      Pattern.compile("encoder\\.layers\\.(\\d{1,6})\\.mlp\\.experts\\.(mlp\\.w1|mlp\\.w2|bias)");
  private static final Pattern LEFT_OUT = Pattern.compile("(?:cls\\.|pooler\\.).+|.*inv_freq");

  private final boolean experts;

  NomicBert(Settings config) {
    super(config, mixes(config) ? "nomic-bert-moe" : "nomic-bert");
    experts = mixes(config);
  }

  private static boolean mixes(Settings config) {
    return config.path("moe_every_n_layers").asInt(0) > 0;
  }

  @Override
  public boolean tiesHead() {
    return true;
  }

  private int width() {
    return config.integer("n_embd", config.integer("hidden_size", 768));
  }

  private int inner() {
    return config.integer("n_inner", config.integer("intermediate_size", 3072));
  }

  /// As long as it was trained; its makers stretch the rotary base of longer texts.
  private int positions() {
    if (!config.has("n_positions")) {
      return config.integer("max_position_embeddings", TRAINED);
    }
    int trained = config.integer("max_trained_positions", experts ? TRAINED_WITH_EXPERTS : TRAINED);
    return Math.min(config.integer("n_positions", 0), trained);
  }

  @Override
  public void describe(GgufHeader header) {
    header.integer(key("vocab_size"), vocabularySize());
    header.integer(key("context_length"), positions());
    header.integer(key("embedding_length"), width());
    header.integer(
        key("block_count"), config.integer("n_layer", config.integer("num_hidden_layers", 12)));
    header.integer(key("feed_forward_length"), inner());
    header.integer(
        key("attention.head_count"),
        config.integer("n_head", config.integer("num_attention_heads", 12)));
    header.number(
        key("attention.layer_norm_epsilon"),
        config.number("layer_norm_epsilon", config.number("layer_norm_eps", 1e-12f)));
    header.flag(key("attention.causal"), false);
    Rotary rotary = new Rotary(config, "full_attention", 1000, positions());
    header.number(key("rope.freq_base"), config.number("rotary_emb_base", rotary.base()));
    if (!rotary.scaling().equals("default") || rotary.share() != 1) {
      throw rotary.unserved("default");
    }
    if (experts) {
      header.integer(key("moe_every_n_layers"), config.integer("moe_every_n_layers", 0));
      header.integer(key("expert_count"), config.integer("num_experts", 0));
      header.integer(key("expert_used_count"), config.integer("moe_top_k", 0));
    }
    requireServed();
  }

  private void requireServed() {
    String activation = experts ? "gelu" : "swiglu";
    config.require("activation_function", activation);
    config.require("hidden_act", config.path("hidden_act").asString("silu").equals("silu"), "silu");
    for (String key :
        List.of("prenorm", "rotary_emb_interleaved", "causal", "moe_normalize_expert_weights")) {
      config.require(key, !config.flag(key), "false");
    }
    config.require("rotary_emb_fraction", config.number("rotary_emb_fraction", 1) == 1, "1");
    config.require("rotary_emb_scale_base", !config.has("rotary_emb_scale_base"), "null");
    config.require("num_shared_experts", config.path("num_shared_experts").asInt(0) == 0, "0");
    config.require("expert_choice_router", !config.flag("expert_choice_router"), "false");
  }

  @Override
  public List<FolderTensor> read(FolderTensor stored, Map<String, FolderTensor> all) {
    if (LEFT_OUT.matcher(stored.name()).matches()) {
      return List.of();
    }
    Matcher mixture = EXPERTS.matcher(stored.name());
    if (!mixture.matches() || !experts) {
      return List.of(stored.named(NAMES.gguf(stored.name()).orElseThrow(() -> unknown(stored))));
    }
    String at = "blk." + mixture.group(1) + ".";
    if (mixture.group(2).equals("bias")) {
      requireZero(stored);
      return List.of();
    }
    FolderTensor each = stored.shaped(config.integer("num_experts", 0), inner(), width());
    return List.of(
        mixture.group(2).equals("mlp.w1")
            ? each.named(at + "ffn_up_exps.weight")
            : each.transposed().named(at + "ffn_down_exps.weight"));
  }

  /// Files have no place for what is added to what experts say together.
  private static void requireZero(FolderTensor bias) {
    bias.mapped(number -> {
      if (number != 0) {
        throw new Unsupported(bias.name() + " that is not zero", "experts without a bias");
      }
      return number;
    });
  }
}
