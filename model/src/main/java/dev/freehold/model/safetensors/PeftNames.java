package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.safetensors.family.LinearNames;
import dev.freehold.model.safetensors.family.RowOrder;
import dev.freehold.model.safetensors.family.RowOrder.Cut;
import dev.freehold.model.safetensors.family.RowOrder.Pairs;
import dev.freehold.model.safetensors.family.RowOrder.Same;
import dev.freehold.model.safetensors.family.RowOrder.Slice;
import dev.freehold.model.safetensors.family.RowOrder.Turns;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Modules of transformers in GGUF's words and the other way round, for one model, and the order of
/// rows on either side.
///
/// GGUF files of `llama` and its like hold the rows of queries and keys of each head as pairs side
/// by side; delta nets of `qwen35` have heads that take turns. What an adapter adds to a matrix has
/// its rows in its second factor alone, its columns in the first.
final class PeftNames {

  private static final Pattern IN_LAYER =
      Pattern.compile(
          "(?:language_model\\.model|model\\.language_model|model)\\.layers\\.(\\d{1,6})\\.(.+)");
  private static final Pattern MATRIX = Pattern.compile("blk\\.(\\d{1,6})\\.(.+)\\.weight");
  private static final String DELTA_NET = "linear_attn.";
  private static final RowOrder SAME = new Same();

  /// A matrix of the file that a module stands for.
  ///
  /// @param matrix its name in the file
  /// @param rows where each of its rows lies in the module
  /// @param columns where each of its columns lies in the module
  record Part(String matrix, RowOrder rows, RowOrder columns) {}

  private final Metadata base;
  private final String architecture;
  private final Map<String, String> inLayers;
  private final Map<String, String> outside;
  private final Map<String, String> modules = new HashMap<>();
  private final int layers;

  /// @param base the metadata of the model that an adapter belongs to
  /// @throws Unsupported where the names of its family are not known
  PeftNames(Metadata base) {
    this.base = base;
    this.architecture = base.string("general.architecture");
    this.inLayers =
        LinearNames.inLayers(architecture)
            .orElseThrow(() ->
                new Unsupported(
                    "An adapter in PEFT's form for architecture " + architecture,
                    String.join(", ", LinearNames.architectures())));
    this.outside = LinearNames.outside(architecture);
    this.layers = base.integer(architecture + ".block_count");
    inLayers.forEach((module, tensor) -> modules.put(tensor, module));
  }

  String architecture() {
    return architecture;
  }

  /// The last words of all modules that adapters are exchanged for, in order.
  String known() {
    return Stream.concat(inLayers.keySet().stream(), outside.keySet().stream())
        .map(module -> module.substring(module.lastIndexOf('.') + 1))
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /// How many layers the model has.
  int layers() {
    return layers;
  }

  /// What a module stands for in the file; nothing if it is none that adapters are exchanged for.
  List<Part> parts(String module) {
    String alone = outside.get(module.replaceFirst("^language_model\\.", ""));
    if (alone != null) {
      return List.of(new Part(alone + ".weight", SAME, SAME));
    }
    Matcher inLayer = IN_LAYER.matcher(module);
    String name = inLayer.matches() ? inLayer.group(2) : "";
    String tensor = inLayers.get(name);
    if (tensor == null) {
      return List.of();
    }
    String at = "blk." + inLayer.group(1) + ".";
    if (name.equals("linear_attn.in_proj_qkvz")) {
      return cut(at);
    }
    RowOrder columns = turned(name) && name.endsWith(".out_proj") ? turns(0) : SAME;
    return List.of(new Part(at + tensor + ".weight", rows(name), columns));
  }

  private RowOrder rows(String name) {
    if (turned(name)) {
      return switch (name.substring(DELTA_NET.length())) {
        case "in_proj_qkv" ->
            turns(small(2L * number("ssm.group_count") * number("ssm.state_size")));
        case "out_proj" -> SAME;
        default -> turns(0);
      };
    }
    return switch (architecture) {
      case "llama", "mistral3", "smollm3", "granite", "granitemoe" ->
          switch (name) {
            case "self_attn.q_proj" -> new Pairs(heads());
            case "self_attn.k_proj" -> new Pairs(kvHeads());
            default -> SAME;
          };
      default -> SAME;
    };
  }

  private int heads() {
    return number("attention.head_count");
  }

  private int kvHeads() {
    String key = architecture + ".attention.head_count_kv";
    int heads = base.integer(key, heads());
    return positive(key, heads);
  }

  /// Whether the value heads of a delta net take turns in the file.
  private boolean turned(String name) {
    return architecture.startsWith("qwen35") && name.startsWith(DELTA_NET);
  }

  private RowOrder turns(int before) {
    int groups = number("ssm.group_count");
    return new Turns(before, groups, Math.max(1, number("ssm.time_step_rank") / groups));
  }

  /// Queries, keys, values and gates of one key head follow each other in the module.
  private List<Part> cut(String at) {
    int groups = number("ssm.group_count");
    int size = number("ssm.state_size");
    int each = Math.max(1, number("ssm.inner_size") / groups);
    int all = small(2L * size + 2L * each);
    List<Slice> qkv = List.of(new Slice(0, size), new Slice(size, size), new Slice(2 * size, each));
    List<Slice> gate = List.of(new Slice(2 * size + each, each));
    return List.of(
        new Part(at + "attn_qkv.weight", new Cut(groups, all, qkv), SAME),
        new Part(at + "attn_gate.weight", new Cut(groups, all, gate), SAME));
  }

  /// What no layer is as large as, if it would not fit.
  private static int small(long number) {
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  private int number(String key) {
    return positive(architecture + "." + key, base.integer(architecture + "." + key));
  }

  private static int positive(String key, int number) {
    if (number < 1) {
      throw new MalformedFile(key, -1, "it is %d".formatted(number));
    }
    return number;
  }

  /// The module a matrix belongs to, for instance `model.layers.0.self_attn.q_proj`.
  ///
  /// @throws Unsupported where it has none
  String module(String matrix) {
    for (Map.Entry<String, String> alone : outside.entrySet()) {
      if (matrix.equals(alone.getValue() + ".weight")) {
        return alone.getKey();
      }
    }
    Matcher inLayer = MATRIX.matcher(matrix);
    String tensor = inLayer.matches() ? inLayer.group(2) : "";
    boolean gate = tensor.equals("attn_gate") && architecture.equals("qwen3next");
    String module = gate ? "linear_attn.in_proj_qkvz" : modules.get(tensor);
    if (module == null) {
      throw new Unsupported(
          "%s in PEFT's form".formatted(matrix),
          "adapters of attention, of the networks all tokens pass, and of the head");
    }
    return "model.layers.%s.%s".formatted(inLayer.group(1), module);
  }

  /// How `target_modules` may name a module where every layer has it: by its last word, or by more
  /// where others end in the same.
  String shortName(String inLayer) {
    String last = inLayer.substring(inLayer.lastIndexOf('.') + 1);
    long alike =
        inLayers.keySet().stream().filter(other -> ("." + other).endsWith("." + last)).count();
    return alike == 1 ? last : inLayer;
  }

  /// The factors of one matrix out of those of its module.
  static LowRank taken(Part part, LowRank module) {
    int rank = module.rank();
    int[] rows = part.rows().places(module.out());
    int[] columns = part.columns().places(module.in());
    float[] b = new float[rows.length * rank];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(module.b(), rows[row] * rank, b, row * rank, rank);
    }
    float[] a = new float[rank * columns.length];
    for (int row = 0; row < rank; row++) {
      for (int column = 0; column < columns.length; column++) {
        a[row * columns.length + column] = module.a()[row * module.in() + columns[column]];
      }
    }
    return new LowRank(rank, columns.length, rows.length, a, b);
  }

  /// The factors of a module out of those of its matrices; rows of a matrix that is not adapted are
  /// zero.
  ///
  /// @param pairs the adapter's
  /// @throws Unsupported where it has several matrices, with first factors of their own
  LowRank together(String module, Map<String, LowRank> pairs) {
    Map<Part, LowRank> adapted = new LinkedHashMap<>();
    int rows = 0;
    for (Part part : parts(module)) {
      LowRank pair = pairs.get(part.matrix());
      if (pair != null) {
        adapted.put(part, pair);
      }
      rows += part.rows() instanceof Cut cut ? cut.rows() : pair == null ? 0 : pair.out();
    }
    LowRank first = adapted.values().iterator().next();
    float[] b = new float[rows * first.rank()];
    adapted.forEach((part, pair) -> {
      if (!Arrays.equals(pair.a(), first.a())) {
        throw new Unsupported(
            "An adapter of %s whose matrices here have first factors of their own, in PEFT's form,"
                .formatted(module),
            "the same first factor for all of them");
      }
      put(part.rows().places(b.length / pair.rank()), pair, b);
    });
    Part any = adapted.keySet().iterator().next();
    return new LowRank(first.rank(), first.in(), rows, columns(any, first), b);
  }

  private static void put(int[] rows, LowRank pair, float[] b) {
    int rank = pair.rank();
    if (rows.length != pair.out()) {
      throw new MalformedFile(
          "adapter", -1, "%d rows where the model has %d".formatted(pair.out(), rows.length));
    }
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(pair.b(), row * rank, b, rows[row] * rank, rank);
    }
  }

  private static float[] columns(Part part, LowRank pair) {
    int[] columns = part.columns().places(pair.in());
    float[] a = new float[pair.a().length];
    for (int row = 0; row < pair.rank(); row++) {
      for (int column = 0; column < columns.length; column++) {
        a[row * columns.length + columns[column]] = pair.a()[row * columns.length + column];
      }
    }
    return a;
  }
}
