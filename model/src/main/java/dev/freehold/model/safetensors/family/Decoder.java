package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// What families of models that answer have in common: keys that all of them have, and names that
/// most of them use. A family says where it differs.
abstract class Decoder extends Family {

  private static final int LARGEST_HEAD = 1 << 16;
  private static final int MOST_LAYERS = 10_000;

  // The text of a model that sees has its tensors one floor deeper, one without a head one higher.
  private static final Pattern TEXT =
      Pattern.compile("(?:(?:language_model\\.model|model\\.language_model|model)\\.)?(.+)");
  private static final Pattern HEAD =
      Pattern.compile("(?:(?:model\\.)?language_model\\.)?lm_head\\.(weight|bias)");
  private static final Pattern LAYER = Pattern.compile("layers\\.(\\d{1,6})\\.(.+)");
  private static final Pattern EXPERT =
      Pattern.compile(
          "(?:mlp|block_sparse_moe|feed_forward)\\.experts\\.(\\d{1,6})"
              + "\\.(gate_proj|up_proj|down_proj|w1|w2|w3)\\.weight");

  // What sees and hears, what predicts further tokens ahead, and what can be computed.
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(?:model\\.)?(?:vision_tower|visual|audio_tower|multi_modal_projector|embed_vision"
              + "|embed_audio)\\..+|mtp\\..+|.*rotary_emb\\.inv_freq");

  private static final Map<String, String> OUTER =
      Map.of("embed_tokens.weight", "token_embd.weight", "norm.weight", "output_norm.weight");

  private static final Map<String, String> INNER =
      Map.ofEntries(
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("self_attn.q_norm", "attn_q_norm"),
          Map.entry("self_attn.k_norm", "attn_k_norm"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("pre_feedforward_layernorm", "ffn_norm"),
          Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
          Map.entry("mlp.gate", "ffn_gate_inp"),
          Map.entry("block_sparse_moe.gate", "ffn_gate_inp"));

  private static final Map<String, String> EXPERTS =
      Map.of(
          "gate_proj", "ffn_gate",
          "up_proj", "ffn_up",
          "down_proj", "ffn_down",
          "w1", "ffn_gate",
          "w3", "ffn_up",
          "w2", "ffn_down");

  /// What transformers assumes where `config.json` is silent.
  ///
  /// @param positions longest text
  /// @param kvHeads key/value heads, or 0 for as many as query heads
  /// @param headSize numbers in a head, or 0 for the embedding's share
  /// @param base rotary base
  /// @param tied whether the head is the embedding
  record Assumed(int positions, int kvHeads, int headSize, float base, boolean tied) {}

  final Assumed assumed;

  Decoder(Settings config, String architecture, Assumed assumed) {
    super(config, architecture);
    this.assumed = assumed;
  }

  int width() {
    return config.integer("hidden_size", 0);
  }

  int inner() {
    return config.integer("intermediate_size", 0);
  }

  int heads() {
    return config.integer("num_attention_heads", 0);
  }

  int kvHeads() {
    return config.integer("num_key_value_heads", assumed.kvHeads == 0 ? heads() : assumed.kvHeads);
  }

  int headSize() {
    int fallback = assumed.headSize == 0 ? width() / heads() : assumed.headSize;
    int size = config.integer("head_dim", fallback);
    if (size > LARGEST_HEAD) {
      throw new MalformedFile(config.file(), -1, "a head of %d numbers".formatted(size));
    }
    return size;
  }

  final int layers() {
    int layers = statedLayers();
    if (layers > MOST_LAYERS) {
      throw new MalformedFile(config.file(), -1, "num_hidden_layers is %d".formatted(layers));
    }
    return layers;
  }

  int statedLayers() {
    return config.integer("num_hidden_layers", 0);
  }

  final int positions() {
    return config.integer("max_position_embeddings", assumed.positions);
  }

  @Override
  public boolean tiesHead() {
    return config.path("tie_word_embeddings").asBoolean(assumed.tied);
  }

  /// How positions are embedded, in layers that see everything if layers differ.
  final Rotary rotary() {
    return new Rotary(config, "full_attention", assumed.base, positions());
  }

  /// How many numbers of a head are turned; families that turn a part of it say so.
  int turned() {
    config.require("partial_rotary_factor", rotary().share() == 1, "1");
    return headSize();
  }

  @Override
  public final void describe(GgufHeader header) {
    header.integer(key("vocab_size"), vocabularySize());
    header.integer(key("context_length"), positions());
    header.integer(key("embedding_length"), width());
    header.integer(key("block_count"), layers());
    header.integer(key("feed_forward_length"), inner());
    header.integer(key("attention.head_count"), heads());
    header.integer(key("attention.head_count_kv"), kvHeads());
    header.integer(key("attention.key_length"), headSize());
    header.integer(key("attention.value_length"), headSize());
    header.integer(key("rope.dimension_count"), turned());
    header.number(key("attention.layer_norm_rms_epsilon"), epsilon());
    requireActivation();
    positions(header);
    boolean causal = !config.path("use_bidirectional_attention").asBoolean(false) || encodes();
    config.require("use_bidirectional_attention", causal, "false");
    config.require("layer_types", mixesLayers() || layersOfOneKind(), "layers of one kind");
    more(header);
  }

  float epsilon() {
    return config.number("rms_norm_eps", 1e-6f);
  }

  /// Refuses another activation than the family is served with.
  void requireActivation() {
    config.require("hidden_act", "silu");
  }

  /// Writes how positions are embedded.
  void positions(GgufHeader header) {
    rotary().describe(header, architecture());
  }

  /// Whether every token sees those after it too.
  boolean encodes() {
    return false;
  }

  /// Whether layers may be of several kinds, which the family then writes down.
  boolean mixesLayers() {
    return false;
  }

  private boolean layersOfOneKind() {
    return config
            .path("layer_types")
            .valueStream()
            .map(type -> type.asString(""))
            .distinct()
            .count()
        <= 1;
  }

  /// What `layer_types` says of each layer: whether it is of `kind`.
  ///
  /// @param usual what is so where it says nothing
  final List<Boolean> layersOf(String kind, IntPredicate usual) {
    return IntStream.range(0, layers())
        .mapToObj(layer -> {
          String type = config.path("layer_types").path(layer).asString("");
          return type.isEmpty() ? usual.test(layer) : type.equals(kind);
        })
        .toList();
  }

  /// Writes the keys that other families do not have, and refuses what is not served.
  abstract void more(GgufHeader header);

  @Override
  public Map<String, float[]> computed() {
    return rotary()
        .llama3(turned())
        .map(factors -> Map.of("rope_freqs.weight", factors))
        .orElse(Map.of());
  }

  @Override
  public final List<FolderTensor> read(FolderTensor stored, Map<String, FolderTensor> all) {
    if (LEFT_OUT.matcher(stored.name()).matches()) {
      return List.of();
    }
    Matcher head = HEAD.matcher(stored.name());
    if (head.matches()) {
      return List.of(stored.named("output." + head.group(1)));
    }
    Matcher text = TEXT.matcher(stored.name());
    String rest = text.matches() ? text.group(1) : stored.name();
    Matcher layer = LAYER.matcher(rest);
    if (!layer.matches()) {
      String outer = outside().getOrDefault(rest, OUTER.get(rest));
      if (outer == null) {
        throw unknown(stored);
      }
      return List.of(changed(stored.named(outer)));
    }
    int number = Integer.parseInt(layer.group(1));
    return inLayer(number, layer.group(2), stored, all).stream()
        .map(tensor -> changed(tensor.named("blk.%d.%s".formatted(number, tensor.name()))))
        .toList();
  }

  /// Names outside of layers that other families do not have, with their endings.
  Map<String, String> outside() {
    return Map.of();
  }

  /// Names within layers that other families do not have, or have for something else, without
  /// `.weight` and `.bias`.
  Map<String, String> inside() {
    return Map.of();
  }

  /// The architecture whose linear layers have the names of this family's.
  String linearNames() {
    return architecture();
  }

  /// What GGUF has instead of tensor `name` of a layer, without the layer in its names. Families
  /// with tensors of another form than GGUF's look for these first.
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    Matcher expert = EXPERT.matcher(name);
    if (expert.matches()) {
      return List.of(
          stored.named("%s.%s.weight".formatted(EXPERTS.get(expert.group(2)), expert.group(1))));
    }
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    String ending = dot < 0 ? "" : name.substring(dot);
    Optional<String> known = known(stem);
    if (known.isEmpty() || !(ending.equals(".weight") || ending.equals(".bias"))) {
      throw unknown(stored);
    }
    return List.of(stored.named(known.get() + ending));
  }

  private Optional<String> known(String stem) {
    String own = inside().get(stem);
    if (own != null) {
      return Optional.of(own);
    }
    String linear = LinearNames.inLayers(linearNames()).orElseThrow().get(stem);
    return Optional.ofNullable(linear != null ? linear : INNER.get(stem));
  }

  /// A tensor in the order in which GGUF holds its numbers.
  FolderTensor changed(FolderTensor tensor) {
    return tensor;
  }

  /// Rows of queries and keys as pairs side by side: row 0 turns with row 1, not with row n/2.
  final FolderTensor paired(FolderTensor tensor) {
    int heads =
        switch (tensor.name().replaceFirst("^blk\\.\\d+\\.", "")) {
          case "attn_q.weight", "attn_q.bias" -> heads();
          case "attn_k.weight", "attn_k.bias" -> kvHeads();
          default -> 0;
        };
    return heads == 0 ? tensor : tensor.taken(0, new RowOrder.Pairs(heads).places(tensor.size(0)));
  }

  /// Norms that are stored as their distance from 1.
  static FolderTensor fromOne(FolderTensor tensor) {
    return tensor.mapped(number -> number + 1);
  }
}
