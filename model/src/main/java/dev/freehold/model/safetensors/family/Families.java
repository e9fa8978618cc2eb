package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The families of models whose folders are read, by what `config.json` calls `model_type`.
public final class Families {

  private static final Map<String, Function<Settings, Family>> FAMILIES = new LinkedHashMap<>();

  /// Models that see, whose text model is described one floor deeper.
  private static final List<String> SEEING =
      List.of("gemma3", "gemma4", "mistral3", "qwen3_5", "qwen3_5_moe");

  static {
    FAMILIES.put("llama", Llama::llama);
    FAMILIES.put("mistral", Llama::mistral);
    FAMILIES.put("mixtral", Llama::mixtral);
    FAMILIES.put("ministral3", Ministral::new);
    FAMILIES.put("qwen2", Qwen::qwen2);
    FAMILIES.put("qwen2_moe", Qwen::qwen2Experts);
    FAMILIES.put("qwen3", Qwen::qwen3);
    FAMILIES.put("qwen3_moe", Qwen::qwen3Experts);
    FAMILIES.put("qwen3_next", QwenNext::next);
    FAMILIES.put("qwen3_5_text", QwenNext::qwen35);
    FAMILIES.put("qwen3_5_moe_text", QwenNext::qwen35Experts);
    FAMILIES.put("gemma2", Gemma2::new);
    FAMILIES.put("gemma3_text", Gemma3::of);
    FAMILIES.put("gemma4_text", Gemma4::new);
    FAMILIES.put("phi3", Phi3::new);
    FAMILIES.put("granite", Granite::granite);
    FAMILIES.put("granitemoe", Granite::experts);
    FAMILIES.put("smollm3", SmolLm3::new);
    FAMILIES.put("gpt_oss", GptOss::new);
    FAMILIES.put("deepseek_v2", DeepSeek::v2);
    FAMILIES.put("deepseek_v3", DeepSeek::v3);
    FAMILIES.put("lfm2", Lfm2::lfm2);
    FAMILIES.put("lfm2_moe", Lfm2::experts);
    FAMILIES.put("bert", Bert::bert);
    FAMILIES.put("roberta", Bert::roberta);
    FAMILIES.put("xlm-roberta", Bert::roberta);
    FAMILIES.put("modernbert", ModernBert::new);
    FAMILIES.put("nomic_bert", NomicBert::new);
  }

  private Families() {}

  /// The family of the folder's `config.json`, with its settings.
  ///
  /// @throws MalformedFile where it says nothing sensible
  /// @throws Unsupported where it is of no family that is read, or was quantised in a way that is
  ///   not
  public static Family read(Path folder) {
    Path file = folder.resolve("config.json");
    JsonNode root = Json.read(file);
    String type = root.path("model_type").asString("");
    JsonNode described = SEEING.contains(type) ? text(root) : root;
    Settings settings = new Settings(file.toString(), described);
    String name = described.path("model_type").asString(type);
    Function<Settings, Family> family = FAMILIES.get(name.equals("gemma3") ? "gemma3_text" : name);
    if (family == null) {
      throw new Unsupported(
          "A folder of model_type %s".formatted(name.isEmpty() ? "unknown" : name),
          String.join(", ", types()));
    }
    requireFloats(file, root, name);
    // The text model of Mistral Small 3 is a Mistral, and its files say which it belongs to.
    return type.equals("mistral3") ? new Ministral(settings) : family.apply(settings);
  }

  /// The model types that are read, in the order in which they are told.
  public static List<String> types() {
    return Stream.concat(FAMILIES.keySet().stream(), SEEING.stream()).toList();
  }

  private static JsonNode text(JsonNode root) {
    if (!(root.path("text_config") instanceof ObjectNode text)) {
      return root;
    }
    ObjectNode copy = text.deepCopy();
    JsonNode tied = root.path("tie_word_embeddings");
    if (tied.isBoolean()) {
      copy.set("tie_word_embeddings", tied); // the whole model's decides
    }
    return copy;
  }

  private static void requireFloats(Path file, JsonNode root, String name) {
    JsonNode quantised = root.path("quantization_config");
    boolean published =
        name.equals("gpt_oss") && quantised.path("quant_method").asString("").equals("mxfp4");
    if (root.has("quantization_config") && !published) {
      throw new Unsupported(
          "A folder with a quantization_config (%s)".formatted(file),
          "folders in F32, F16 or BF16, gpt_oss with experts in MXFP4, and quantised models in GGUF");
    }
  }
}
