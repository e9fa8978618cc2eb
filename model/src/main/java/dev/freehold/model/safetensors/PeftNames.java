package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.gguf.Metadata;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Modules of transformers in GGUF's words and the other way round, for the models whose adapters
/// are exchanged with PEFT, and the order of rows on either side.
///
/// GGUF files of architecture `llama` hold the rows of queries and keys of each head as pairs side
/// by side. What an adapter adds to them has its rows in its second factor alone.
final class PeftNames {

  private static final Map<String, String> MODULES =
      Map.of(
          "attn_q", "self_attn.q_proj",
          "attn_k", "self_attn.k_proj",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  private static final Pattern IN_LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.(\\w+)\\.weight");
  private static final String HEAD = "output.weight";

  private final String architecture;
  private final Family family;
  private final int heads;
  private final int kvHeads;
  private final int layers;

  /// @param base the metadata of the model that an adapter belongs to
  /// @throws Unsupported where the names of its family are not known
  PeftNames(Metadata base) {
    this.architecture = base.string("general.architecture");
    this.family =
        Arrays.stream(Family.values())
            .filter(one -> one.architecture.equals(architecture))
            .findFirst()
            .orElseThrow(() ->
                new Unsupported(
                    "An adapter in PEFT's form for architecture " + architecture,
                    Arrays.stream(Family.values())
                        .map(one -> one.architecture)
                        .distinct()
                        .collect(Collectors.joining(", "))));
    this.heads = base.integer(architecture + ".attention.head_count");
    this.kvHeads = base.integer(architecture + ".attention.head_count_kv", heads);
    this.layers = base.integer(architecture + ".block_count");
    if (heads < 1 || kvHeads < 1) {
      throw new MalformedFile(architecture, -1, "%d and %d heads".formatted(heads, kvHeads));
    }
  }

  String architecture() {
    return architecture;
  }

  /// How many layers the model has.
  int layers() {
    return layers;
  }

  /// GGUF's name of the matrix of a module, if it is one that adapters are exchanged for.
  Optional<String> matrix(String module) {
    return TensorNames.gguf(family, module + ".weight")
        .filter(name -> name.equals(HEAD) || module(name).isPresent());
  }

  /// The module of a matrix, for instance `model.layers.0.self_attn.q_proj`.
  Optional<String> module(String matrix) {
    if (matrix.equals(HEAD)) {
      return Optional.of("lm_head");
    }
    Matcher inLayer = IN_LAYER.matcher(matrix);
    return inLayer.matches()
        ? Optional.ofNullable(MODULES.get(inLayer.group(2)))
            .map(module -> "model.layers.%s.%s".formatted(inLayer.group(1), module))
        : Optional.empty();
  }

  /// The last word of each module, by the matrices it stands for: how `target_modules` names it
  /// where every layer has it.
  static Map<String, String> shortNames() {
    Map<String, String> names = new TreeMap<>();
    MODULES.forEach(
        (matrix, module) -> names.put(matrix, module.substring(module.indexOf('.') + 1)));
    return names;
  }

  /// Factors with rows in transformers' order, in that of the model's file.
  LowRank toFile(String matrix, LowRank pair) {
    return reordered(matrix, pair, false);
  }

  /// Factors with rows in the order of the model's file, in transformers'.
  LowRank toTransformers(String matrix, LowRank pair) {
    return reordered(matrix, pair, true);
  }

  private LowRank reordered(String matrix, LowRank pair, boolean halves) {
    int count =
        matrix.endsWith(".attn_q.weight") ? heads : matrix.endsWith(".attn_k.weight") ? kvHeads : 0;
    if (!family.pairsRows() || count == 0) {
      return pair;
    }
    if (pair.out() % (2 * count) != 0) {
      throw new MalformedFile(
          matrix, -1, "%d rows are not pairs for %d heads".formatted(pair.out(), count));
    }
    int half = pair.out() / count / 2;
    int rank = pair.rank();
    float[] b = new float[pair.b().length];
    for (int head = 0; head < count; head++) {
      for (int i = 0; i < half; i++) {
        for (int j = 0; j < 2; j++) {
          int apart = head * 2 * half + j * half + i;
          int beside = head * 2 * half + 2 * i + j;
          int from = halves ? beside : apart;
          int to = halves ? apart : beside;
          System.arraycopy(pair.b(), from * rank, b, to * rank, rank);
        }
      }
    }
    return new LowRank(rank, pair.in(), pair.out(), pair.a(), b);
  }
}
