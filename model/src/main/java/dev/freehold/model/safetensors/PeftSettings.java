package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.safetensors.family.Settings;
import dev.freehold.model.text.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// An `adapter_config.json` of PEFT: what a matrix is scaled by. Everything else in it that changes
/// what is computed is refused by name, also what a later version adds.
///
/// Source: `peft/tuners/lora/config.py` and `layer.py` of PEFT 0.21.
final class PeftSettings {

  private static final int MOST_PATTERNS = 10_000;

  /// What says where an adapter was put and how it was trained: its tensors say the first, and the
  /// second is over.
  private static final Set<String> PAST =
      Set.of(
          "task_type",
          "auto_mapping",
          "peft_version",
          "base_model_name_or_path",
          "revision",
          "inference_mode",
          "target_modules",
          "exclude_modules",
          "lora_dropout",
          "layers_to_transform",
          "layers_pattern",
          "megatron_core",
          "runtime_config",
          "qalora_group_size",
          "ensure_weight_tying",
          "loftq_config",
          "eva_config",
          "corda_config",
          "lora_ga_config",
          "parent_library");

  private static final Set<String> HONOURED =
      Set.of(
          "peft_type",
          "r",
          "lora_alpha",
          "use_rslora",
          "rank_pattern",
          "alpha_pattern",
          "init_lora_weights");

  /// Beginnings of training that leave the base as it is.
  private static final Set<String> BEGINNINGS =
      Set.of("true", "false", "gaussian", "orthogonal", "eva");

  /// Names of modules as patterns have them; a point stands for any character.
  private static final Pattern PLAIN = Pattern.compile("\\^?(?:[\\w-]|\\\\?\\.){1,300}");

  private final String file;
  private final Settings settings;
  private final Map<Pattern, Integer> ranks = new LinkedHashMap<>();
  private final Map<Pattern, Double> alphas = new LinkedHashMap<>();

  private PeftSettings(String file, JsonNode root) {
    this.file = file;
    this.settings = new Settings(file, root);
    if (!root.path("peft_type").asString("").equals("LORA")) {
      throw new Unsupported(
          "An adapter of peft_type %s (%s)".formatted(root.path("peft_type"), file), "LORA");
    }
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String key = entry.getKey();
      if (!PAST.contains(key) && !HONOURED.contains(key) && !isEmpty(entry.getValue())) {
        throw new Unsupported(
            "An adapter with %s %s (%s)".formatted(key, shown(entry.getValue()), file),
            "LoRA adapters of matrices without it");
      }
    }
    JsonNode beginning = root.path("init_lora_weights");
    boolean known =
        beginning.isMissingNode()
            || beginning.isNull()
            || BEGINNINGS.contains(beginning.asString(""));
    if (!known) {
      throw new Unsupported(
          "An adapter with init_lora_weights %s (%s), which changes its base,"
              .formatted(shown(beginning), file),
          "true, false, gaussian, orthogonal, eva");
    }
    patterns("rank_pattern").forEach((pattern, node) -> ranks.put(pattern, rank(node)));
    patterns("alpha_pattern").forEach((pattern, node) -> alphas.put(pattern, alpha(node)));
  }

  static PeftSettings read(Path folder) {
    Path path = folder.resolve("adapter_config.json");
    return new PeftSettings(path.toString(), Json.read(path));
  }

  private static boolean isEmpty(JsonNode node) {
    return node.isNull()
        || (node.isBoolean() && !node.booleanValue())
        || (node.isString() && (node.stringValue().isEmpty() || node.stringValue().equals("none")))
        || (node.isContainer() && node.isEmpty());
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private Map<Pattern, JsonNode> patterns(String key) {
    JsonNode node = settings.path(key);
    Map<Pattern, JsonNode> patterns = new LinkedHashMap<>();
    if (node.isMissingNode() || node.isNull()) {
      return patterns;
    }
    if (!node.isObject() || node.size() > MOST_PATTERNS) {
      throw new MalformedFile(file, -1, key + " is no object of names");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!PLAIN.matcher(entry.getKey()).matches()) {
        // Any regular expression could be here, and some take for ever.
        throw new Unsupported(
            "The %s %s (%s)".formatted(key, entry.getKey(), file), "plain names of modules");
      }
      Pattern pattern = Pattern.compile("(.*\\.)?(" + entry.getKey() + ")");
      patterns.put(pattern, entry.getValue());
    }
    return patterns;
  }

  private int rank(JsonNode node) {
    if (!node.canConvertToInt() || node.asInt(0) < 1) {
      throw new MalformedFile(file, -1, "a rank is " + shown(node));
    }
    return node.asInt();
  }

  private double alpha(JsonNode node) {
    double alpha = node.isNumber() ? node.asDouble(Double.NaN) : Double.NaN;
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new MalformedFile(file, -1, "a lora_alpha is " + shown(node));
    }
    return alpha;
  }

  /// What the model is called that the adapter was made for; empty where nothing says so.
  String base() {
    JsonNode name = settings.path("base_model_name_or_path");
    return name.isString() ? name.stringValue() : "";
  }

  /// The one alpha that scales most matrices as they should be: that of the usual rank.
  float alpha() {
    double alpha = alpha(settings.path("lora_alpha"));
    return (float) (rankStabilised() ? alpha * Math.sqrt(settings.integer("r", 0)) : alpha);
  }

  /// The rank of module `name`, for instance `model.layers.0.self_attn.q_proj`.
  int rank(String name) {
    return ranks.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(name).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(() -> settings.integer("r", 0));
  }

  /// What the product of module `name` is multiplied by.
  double scale(String name) {
    double alpha =
        alphas.entrySet().stream()
            .filter(entry -> entry.getKey().matcher(name).matches())
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseGet(() -> alpha(settings.path("lora_alpha")));
    double rank = rank(name);
    return alpha / (rankStabilised() ? Math.sqrt(rank) : rank);
  }

  /// Whether products are divided by the root of the rank (arXiv 2312.03732).
  private boolean rankStabilised() {
    return settings.path("use_rslora").asBoolean(false);
  }
}
