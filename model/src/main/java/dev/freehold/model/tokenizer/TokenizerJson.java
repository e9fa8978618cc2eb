package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads Hugging Face's `tokenizer.json` and says it in GGUF's terms.
///
/// Each part that changes what a text becomes is honoured or refused by name.
final class TokenizerJson {

  private static final String SPACE = "\u2581";
  private static final int MOST_TOKENS = 1 << 21;

  private final String file;
  private final JsonNode root;
  private final JsonNode model;
  private final JsonNode config;
  private final Map<String, Boolean> flags = new HashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private String[] tokens = new String[0];
  private int[] types = new int[0];
  private float[] scores = new float[0];
  private String[] merges = new String[0];
  private byte[] charsmap = new byte[0];

  private TokenizerJson(String file, JsonNode root, JsonNode config) {
    this.file = file;
    this.root = root;
    this.model = root.path("model");
    this.config = config;
  }

  /// The tokenizer of a file, with what the files beside it say of its tokens and its template.
  static TokenizerDescription read(Path path) {
    JsonNode root =
        Json.read(
                text(path)
                    .orElseThrow(() ->
                        new NotFound(
                            "%s cannot be read as a tokenizer: there is no such file."
                                .formatted(path))))
            .filter(JsonNode::isObject)
            .orElseThrow(() -> new MalformedFile(path.toString(), -1, "it is no JSON object"));
    JsonNode config =
        text(path.resolveSibling("tokenizer_config.json"))
            .map(text ->
                Json.read(text)
                    .filter(JsonNode::isObject)
                    .orElseThrow(() ->
                        new MalformedFile(
                            path.resolveSibling("tokenizer_config.json").toString(),
                            -1,
                            "it is no JSON object")))
            .orElseGet(tools.jackson.databind.node.JsonNodeFactory.instance::objectNode);
    String template =
        text(path.resolveSibling("chat_template.jinja")).orElseGet(() -> template(config));
    return new TokenizerJson(path.toString(), root, config).describe(template);
  }

  private static Optional<String> text(Path path) {
    try {
      return Optional.of(Files.readString(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new MalformedFile(path.toString(), -1, "it cannot be read as text", e);
    }
  }

  private static String template(JsonNode config) {
    JsonNode template = config.path("chat_template");
    for (JsonNode named : template.isArray() ? template : List.<JsonNode>of()) {
      if (named.path("name").asString("").equals("default")) {
        return named.path("template").asString("");
      }
    }
    return template.isString() ? template.stringValue() : "";
  }

  private MalformedFile malformed(String reason) {
    return new MalformedFile(file, -1, reason);
  }

  private Unsupported unsupported(String what) {
    return new Unsupported(
        "%s in %s".formatted(what, file),
        "byte-level BPE of known families, BPE with byte fallback, Unigram and WordPiece");
  }

  private TokenizerDescription describe(String template) {
    String type = kind(model);
    if (type.isEmpty()) {
      // Early files leave it out.
      type = model.has("merges") ? "BPE" : model.path("vocab").isArray() ? "Unigram" : "WordPiece";
    }
    String pre = "";
    String name;
    switch (type) {
      case "BPE" -> {
        vocabulary(model.path("vocab"), "");
        merges();
        boolean characters = model.path("byte_fallback").asBoolean(false);
        name = characters ? "llama" : "gpt2";
        if (characters) {
          spaces();
        } else {
          pre = byteLevel();
        }
      }
      case "Unigram" -> {
        name = "t5";
        unigrams();
        spaces();
      }
      case "WordPiece" -> {
        name = "bert";
        vocabulary(model.path("vocab"), model.path("continuing_subword_prefix").asString("##"));
        bert();
      }
      default -> throw unsupported("The model '%s'".formatted(type));
    }
    added();
    purposes();
    return new TokenizerDescription(
        name, pre, tokens, types, scores, merges, ids, flags, charsmap, template);
  }

  private static String kind(JsonNode node) {
    return node.path("type").asString("");
  }

  private void size(long size) {
    if (size < 1 || size > MOST_TOKENS) {
      throw malformed("it has %d tokens".formatted(size));
    }
    int before = tokens.length;
    tokens = Arrays.copyOf(tokens, (int) size);
    types = Arrays.copyOf(types, (int) size);
    for (int id = before; id < size; id++) {
      tokens[id] = "[PAD%d]".formatted(id);
      types[id] = TokenizerDescription.UNUSED;
    }
  }

  private void vocabulary(JsonNode vocab, String continuing) {
    if (!vocab.isObject()) {
      throw malformed("model.vocab is no object");
    }
    long highest = -1;
    for (var entry : vocab.properties()) {
      if (!entry.getValue().isIntegralNumber() || !entry.getValue().canConvertToInt()) {
        throw malformed("a token's id is no whole number");
      }
      highest = Math.max(highest, entry.getValue().intValue());
    }
    size(highest + 1);
    String unknown = model.path("unk_token").asString("");
    for (var entry : vocab.properties()) {
      int id = entry.getValue().intValue();
      if (id < 0) {
        throw malformed("a token's id is negative");
      }
      String text = entry.getKey();
      types[id] = TokenizerDescription.NORMAL;
      if (text.equals(unknown)) {
        types[id] = TokenizerDescription.UNKNOWN;
        ids.put("unknown_token_id", id);
      } else if (model.path("byte_fallback").asBoolean(false) && text.matches("<0x[0-9A-F]{2}>")) {
        types[id] = TokenizerDescription.BYTE;
      } else if (!continuing.isEmpty()) {
        text = text.startsWith(continuing) ? text.substring(continuing.length()) : SPACE + text;
      }
      tokens[id] = text;
    }
  }

  private void merges() {
    JsonNode list = model.path("merges");
    if (!list.isArray()) {
      throw malformed("model.merges is no list");
    }
    for (String field : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(field).asString("").isEmpty()) {
        throw unsupported("model.%s".formatted(field));
      }
    }
    if (!model.path("dropout").isMissingNode() && !model.path("dropout").isNull()) {
      throw unsupported("model.dropout");
    }
    merges = new String[list.size()];
    for (int i = 0; i < merges.length; i++) {
      JsonNode merge = list.get(i);
      if (merge.isArray() && merge.size() == 2) {
        merges[i] = merge.get(0).asString("") + " " + merge.get(1).asString("");
      } else if (merge.isString()) {
        merges[i] = merge.stringValue();
      } else {
        throw malformed("merge %d is no pair".formatted(i));
      }
    }
  }

  private void unigrams() {
    JsonNode vocab = model.path("vocab");
    if (!vocab.isArray()) {
      throw malformed("model.vocab is no list");
    }
    size(vocab.size());
    scores = new float[vocab.size()];
    for (int id = 0; id < scores.length; id++) {
      JsonNode piece = vocab.get(id);
      if (!piece.isArray()
          || piece.size() != 2
          || !piece.get(0).isString()
          || !piece.get(1).isNumber()) {
        throw malformed("token %d is no piece with a score".formatted(id));
      }
      tokens[id] = piece.get(0).stringValue();
      scores[id] = piece.get(1).floatValue();
      boolean isByte =
          model.path("byte_fallback").asBoolean(false) && tokens[id].matches("<0x[0-9A-F]{2}>");
      types[id] = isByte ? TokenizerDescription.BYTE : TokenizerDescription.NORMAL;
    }
    int unknown = model.path("unk_id").asInt(-1);
    if (unknown >= 0 && unknown < types.length) {
      types[unknown] = TokenizerDescription.UNKNOWN;
      ids.put("unknown_token_id", unknown);
    }
    flags.put("remove_extra_whitespaces", false);
  }

  private List<JsonNode> parts(String field, String list) {
    JsonNode node = root.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isObject()) {
      throw malformed("%s is no object".formatted(field));
    }
    if (!kind(node).equals("Sequence")) {
      return List.of(node);
    }
    List<JsonNode> parts = new ArrayList<>();
    node.path(list).forEach(parts::add);
    return parts;
  }

  private String byteLevel() {
    boolean composes = false;
    for (JsonNode part : parts("normalizer", "normalizers")) {
      if (!kind(part).equals("NFC")) {
        throw unsupported("The normalizer '%s'".formatted(kind(part)));
      }
      composes = true;
    }
    List<String> patterns = new ArrayList<>();
    boolean bytes = false;
    for (JsonNode part : parts("pre_tokenizer", "pretokenizers")) {
      switch (kind(part)) {
        case "ByteLevel" -> {
          bytes = true;
          if (part.path("add_prefix_space").asBoolean(true)) {
            throw unsupported("A byte-level tokenizer with add_prefix_space");
          }
          if (part.path("use_regex").asBoolean(true)) {
            patterns.add(PreTokenizer.byteLevel());
          }
        }
        case "Digits" ->
            patterns.add(part.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+");
        case "Split" -> patterns.add(split(part));
        default -> throw unsupported("The pre-tokenizer '%s'".formatted(kind(part)));
      }
    }
    if (!bytes) {
      throw unsupported("BPE that is neither byte-level nor falls back to bytes");
    }
    return PreTokenizer.nameOf(patterns, model.path("ignore_merges").asBoolean(false), composes);
  }

  private String split(JsonNode part) {
    JsonNode regex = part.path("pattern").path("Regex");
    String behaviour = part.path("behavior").asString("");
    boolean invert = part.path("invert").asBoolean(false);
    boolean whole = behaviour.equals(invert ? "Removed" : "Isolated");
    if (!regex.isString() || !whole) {
      throw unsupported("A split by %s".formatted(part));
    }
    return regex.stringValue().replace("\r", "\\r").replace("\n", "\\n");
  }

  /// The forms in which SentencePiece's treatment of spaces is written.
  private void spaces() {
    boolean prefix = false;
    for (JsonNode part : parts("normalizer", "normalizers")) {
      switch (kind(part)) {
        case "Prepend" -> prefix = true;
        case "Replace" -> replaceSpaces(part);
        case "Precompiled" -> {
          try {
            charsmap = Base64.getDecoder().decode(part.path("precompiled_charsmap").asString(""));
          } catch (IllegalArgumentException e) {
            throw malformed("precompiled_charsmap is not Base64");
          }
        }
        case "Strip" -> flags.put("remove_extra_whitespaces", true);
        default -> throw unsupported("The normalizer '%s'".formatted(kind(part)));
      }
    }
    for (JsonNode part : parts("pre_tokenizer", "pretokenizers")) {
      switch (kind(part)) {
        case "Metaspace" -> {
          String scheme =
              part.path("prepend_scheme")
                  .asString(part.path("add_prefix_space").asBoolean(true) ? "always" : "never");
          prefix |= !scheme.equals("never");
        }
        // After spaces were replaced there is none left to cut at.
        case "Split" -> {
          if (!part.path("pattern").path("String").asString("").equals(" ")) {
            throw unsupported("A split by %s".formatted(part));
          }
        }
        case "WhitespaceSplit" -> flags.put("remove_extra_whitespaces", true);
        default -> throw unsupported("The pre-tokenizer '%s'".formatted(kind(part)));
      }
    }
    flags.put("add_space_prefix", prefix);
  }

  private void replaceSpaces(JsonNode part) {
    String regex = part.path("pattern").path("Regex").asString("");
    String text = part.path("pattern").path("String").asString("");
    String content = part.path("content").asString("");
    if (text.equals(" ") && content.equals(SPACE)) {
      return;
    }
    if (regex.equals(" {2,}") && (content.equals(" ") || content.equals(SPACE))) {
      flags.put("remove_extra_whitespaces", true);
      return;
    }
    throw unsupported("The normalizer %s".formatted(part));
  }

  private void bert() {
    for (JsonNode part : parts("normalizer", "normalizers")) {
      if (!kind(part).equals("BertNormalizer")
          || !part.path("clean_text").asBoolean(true)
          || !part.path("handle_chinese_chars").asBoolean(true)) {
        throw unsupported("The normalizer %s".formatted(part));
      }
      boolean lowercase = part.path("lowercase").asBoolean(true);
      flags.put("normalizer.lowercase", lowercase);
      flags.put("normalizer.strip_accents", part.path("strip_accents").asBoolean(lowercase));
    }
    for (JsonNode part : parts("pre_tokenizer", "pretokenizers")) {
      if (!kind(part).equals("BertPreTokenizer")) {
        throw unsupported("The pre-tokenizer '%s'".formatted(kind(part)));
      }
    }
    if (!flags.containsKey("normalizer.lowercase")) {
      throw unsupported("WordPiece without BertNormalizer");
    }
  }

  private void added() {
    for (JsonNode token : root.path("added_tokens")) {
      int id = token.path("id").asInt(-1);
      String content = token.path("content").asString("");
      if (id < 0 || id >= MOST_TOKENS) {
        throw malformed("an added token has the id %s".formatted(token.path("id")));
      }
      if (id >= tokens.length) {
        size(id + 1L);
        if (scores.length > 0) {
          scores = Arrays.copyOf(scores, tokens.length);
        }
      }
      tokens[id] = content;
      boolean special = token.path("special").asBoolean(false);
      if (types[id] != TokenizerDescription.UNKNOWN) {
        types[id] = special ? TokenizerDescription.CONTROL : TokenizerDescription.USER_DEFINED;
      }
    }
  }

  private void purposes() {
    Map<String, Integer> byText = new HashMap<>();
    for (int id = 0; id < tokens.length; id++) {
      byText.putIfAbsent(tokens[id], id);
    }
    Map<String, String> keys =
        Map.of(
            "bos_token", "bos_token_id",
            "eos_token", "eos_token_id",
            "pad_token", "padding_token_id",
            "cls_token", "cls_token_id",
            "sep_token", "seperator_token_id",
            "mask_token", "mask_token_id");
    keys.forEach((field, key) -> {
      JsonNode token = config.path(field);
      String text = token.isObject() ? token.path("content").asString("") : token.asString("");
      Integer id = byText.get(text);
      if (id != null) {
        ids.put(key, id);
      }
    });
    ends(byText);
    for (String flag : List.of("add_bos_token", "add_eos_token")) {
      if (config.path(flag).isBoolean()) {
        flags.put(flag, config.path(flag).booleanValue());
      }
    }
  }

  /// The tokens that the post-processor puts around a text.
  private void ends(Map<String, Integer> byText) {
    boolean begins = false;
    boolean ends = false;
    for (JsonNode part : parts("post_processor", "processors")) {
      switch (kind(part)) {
        case "TemplateProcessing" -> {
          JsonNode single = part.path("single");
          if (single.size() > 0) {
            begins |= end(single.get(0), "bos_token_id", byText);
            ends |= single.size() > 1 && end(single.get(single.size() - 1), endKey(), byText);
          }
        }
        case "BertProcessing", "RobertaProcessing" -> {
          begins = true;
          ends = true;
          put("bos_token_id", part.path("cls").path(0).asString(""), byText);
          put(endKey(), part.path("sep").path(0).asString(""), byText);
        }
        case "ByteLevel" -> {}
        default -> throw unsupported("The post-processor '%s'".formatted(kind(part)));
      }
    }
    flags.put("add_bos_token", begins);
    flags.put("add_eos_token", ends);
    if (kind(model).equals("WordPiece")) {
      flags.put("add_sep_token", ends);
    }
  }

  private String endKey() {
    return kind(model).equals("WordPiece") ? "seperator_token_id" : "eos_token_id";
  }

  private boolean end(JsonNode part, String key, Map<String, Integer> byText) {
    JsonNode special = part.path("SpecialToken");
    if (special.isMissingNode()) {
      return false;
    }
    put(key, special.path("id").asString(""), byText);
    return true;
  }

  private void put(String key, String text, Map<String, Integer> byText) {
    Integer id = byText.get(text);
    if (id != null) {
      ids.putIfAbsent(key, id);
    }
  }
}
