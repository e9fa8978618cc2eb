package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `tokenizer.json`, `tokenizer_config.json` and the chat template in GGUF's words: what a
/// converter writes and a GGUF file's reader understands. Byte-pair encoders of bytes become
/// `gpt2`, those that came out of SentencePiece become `llama`, whose scores are the order of the
/// merges.
final class TokenizerFile {

  private static final String PREFIX = "tokenizer.ggml.";
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
  private static final int MOST_TOKENS = 1 << 24;

  private final Path folder;
  private final Path path;
  private final int size;

  /// @param size rows of the embedding; ids that no token has become unused ones
  TokenizerFile(Path folder, int size) {
    this.folder = folder;
    this.path = folder.resolve("tokenizer.json");
    this.size = size;
  }

  /// Writes what is known of the tokenizer; nothing where the folder has none.
  void describe(GgufHeader header) {
    JsonNode settings = optional("tokenizer_config.json");
    template(header, settings);
    if (!Files.isRegularFile(path)) {
      return;
    }
    JsonNode root = Json.read(path);
    JsonNode model = root.path("model");
    if (!model.path("type").asString("").equals("BPE")) {
      throw new Unsupported(
          "A tokenizer of type %s (%s)".formatted(model.path("type"), path), "BPE");
    }
    boolean bytes = model.path("byte_fallback").asBoolean(false);
    List<String> merges = merges(model);
    String[] tokens = new String[size];
    int[] types = new int[size];
    Arrays.fill(types, 5);
    for (Map.Entry<String, JsonNode> entry : model.path("vocab").properties()) {
      place(tokens, entry.getKey(), entry.getValue());
      int id = entry.getValue().asInt();
      types[id] = bytes && BYTE.matcher(entry.getKey()).matches() ? 6 : 1;
    }
    Map<String, Integer> ids = added(root, tokens, types);
    if (bytes) {
      String unknown = model.path("unk_token").asString("");
      if (ids.containsKey(unknown)) {
        types[ids.get(unknown)] = 2;
        header.integer(PREFIX + "unknown_token_id", ids.get(unknown));
      }
    }
    for (int id = 0; id < size; id++) {
      if (tokens[id] == null) {
        tokens[id] = "[PAD%d]".formatted(id);
      }
    }
    header.text(PREFIX + "model", bytes ? "llama" : "gpt2");
    header.texts(PREFIX + "tokens", List.of(tokens));
    header.integers(PREFIX + "token_type", types);
    if (bytes) {
      header.text(PREFIX + "pre", "default");
      header.numbers(PREFIX + "scores", scores(tokens, merges));
      header.flag(PREFIX + "add_space_prefix", addsSpace(root));
    } else {
      header.text(PREFIX + "pre", pre(root));
      header.texts(PREFIX + "merges", merges);
    }
    purposes(header, settings, ids, root);
  }

  private void place(String[] tokens, String token, JsonNode id) {
    int at = id.asInt(-1);
    if (at < 0 || at >= tokens.length || at > MOST_TOKENS) {
      throw new MalformedFile(
          path.toString(),
          -1,
          "token %s has id %s and the model has %d".formatted(token, id, tokens.length));
    }
    if (tokens[at] != null && !tokens[at].equals(token)) {
      throw new MalformedFile(
          path.toString(), -1, "tokens %s and %s share id %d".formatted(tokens[at], token, at));
    }
    tokens[at] = token;
  }

  private Map<String, Integer> added(JsonNode root, String[] tokens, int[] types) {
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asString("");
      place(tokens, content, token.path("id"));
      types[token.path("id").asInt()] = token.path("special").asBoolean(false) ? 3 : 4;
    }
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] != null) {
        ids.put(tokens[id], id);
      }
    }
    return ids;
  }

  /// Merges as `left right`; newer files have pairs.
  private List<String> merges(JsonNode model) {
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      boolean pair = merge.isArray() && merge.size() == 2;
      if (!pair && !merge.isString()) {
        throw new MalformedFile(path.toString(), -1, "a merge is %s".formatted(merge));
      }
      merges.add(
          pair ? merge.get(0).asString("") + " " + merge.get(1).asString("") : merge.asString());
    }
    return merges;
  }

  /// What is merged first has the highest score.
  private static float[] scores(String[] tokens, List<String> merges) {
    Map<String, Integer> rank = new HashMap<>();
    for (int i = 0; i < merges.size(); i++) {
      rank.putIfAbsent(merges.get(i).replace(" ", ""), i);
    }
    float[] scores = new float[tokens.length];
    for (int id = 0; id < tokens.length; id++) {
      Integer first = rank.get(tokens[id]);
      scores[id] = first == null ? 0 : -first;
    }
    return scores;
  }

  private static boolean addsSpace(JsonNode root) {
    String normalizer = root.path("normalizer").toString();
    String cutting = root.path("pre_tokenizer").toString();
    return normalizer.contains("\"Prepend\"")
        || cutting.contains("\"prepend_scheme\":\"first\"")
        || cutting.contains("\"prepend_scheme\":\"always\"");
  }

  /// GGUF's name of how text is cut before merging, from the patterns that the file has.
  private String pre(JsonNode root) {
    String cutting = root.path("pre_tokenizer").toString();
    boolean digits = cutting.contains("\"Digits\"");
    if (cutting.contains("\\\\p{N}{1,3}|") && cutting.contains("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^")) {
      return "llama-bpe";
    }
    if (cutting.contains("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^") && cutting.contains("|\\\\p{N}|")) {
      return "qwen2";
    }
    boolean patterns = cutting.contains("\"Split\"");
    if (!patterns && cutting.contains("\"ByteLevel\"")) {
      return digits ? "smollm" : "gpt-2";
    }
    throw new Unsupported(
        "The pre-tokenizer of %s".formatted(path), "those of GPT-2, SmolLM, Llama 3 and Qwen 2");
  }

  private void purposes(
      GgufHeader header, JsonNode settings, Map<String, Integer> ids, JsonNode root) {
    Map.of(
            "bos_token",
            "bos_token_id",
            "eos_token",
            "eos_token_id",
            "pad_token",
            "padding_token_id")
        .forEach((key, purpose) -> {
          JsonNode token = settings.path(key);
          String content =
              token.isObject() ? token.path("content").asString("") : token.asString("");
          Integer id = ids.get(content);
          if (id != null) {
            header.integer(PREFIX + purpose, id);
          }
        });
    JsonNode adds = settings.path("add_bos_token");
    String begins =
        settings.path("bos_token").isObject()
            ? settings.path("bos_token").path("content").asString("")
            : settings.path("bos_token").asString("");
    boolean byTemplate =
        !begins.isEmpty() && root.path("post_processor").toString().contains(quoted(begins));
    header.flag(PREFIX + "add_bos_token", adds.isBoolean() ? adds.asBoolean() : byTemplate);
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.stringNode(text).toString();
  }

  private void template(GgufHeader header, JsonNode settings) {
    Path file = folder.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      try {
        header.text("tokenizer.chat_template", Files.readString(file));
      } catch (IOException e) {
        throw new Unavailable("%s could not be read: %s".formatted(file, e.getMessage()), e);
      }
    } else if (settings.path("chat_template").isString()) {
      header.text("tokenizer.chat_template", settings.path("chat_template").asString());
    }
  }

  private JsonNode optional(String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? Json.read(file) : JsonNodeFactory.instance.objectNode();
  }
}
