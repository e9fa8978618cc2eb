package dev.freehold.model.tokenizer;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a `tokenizer.json` does with a text before it is cut into tokens, in GGUF's terms: its
/// normalizer and its pre-tokenizer. Each step is honoured or refused by name.
final class TextSteps {

  private static final String SPACE = "\u2581";

  private final TokenizerTree tree;
  private final Map<String, Boolean> flags = new HashMap<>();
  private String pre = "";
  private byte[] charsmap = new byte[0];

  private TextSteps(TokenizerTree tree) {
    this.tree = tree;
  }

  /// Steps that end in bytes, which have a name.
  static TextSteps byteLevel(TokenizerTree tree) {
    TextSteps steps = new TextSteps(tree);
    steps.byteLevel();
    return steps;
  }

  /// The forms in which SentencePiece's treatment of spaces is written.
  static TextSteps sentencePiece(TokenizerTree tree) {
    TextSteps steps = new TextSteps(tree);
    if (tree.modelKind().equals("Unigram")) {
      steps.flags.put("remove_extra_whitespaces", false);
    }
    boolean normalised = steps.spacesNormalised();
    boolean cut = steps.spacesCut();
    steps.flags.put("add_space_prefix", normalised || cut);
    return steps;
  }

  /// BERT's.
  static TextSteps bert(TokenizerTree tree) {
    TextSteps steps = new TextSteps(tree);
    steps.bert();
    return steps;
  }

  /// The name of the pre-tokenizer; empty where it needs none.
  String pre() {
    return pre;
  }

  /// By GGUF's key without its prefix.
  Map<String, Boolean> flags() {
    return flags;
  }

  /// SentencePiece's precompiled normalisation; may be empty.
  byte[] charsmap() {
    return charsmap;
  }

  private void byteLevel() {
    boolean composes = false;
    for (JsonNode part : tree.normalizers()) {
      if (!TokenizerTree.kind(part).equals("NFC")) {
        throw tree.oddNormalizer(part);
      }
      composes = true;
    }
    List<String> patterns = new ArrayList<>();
    boolean bytes = false;
    for (JsonNode part : tree.preTokenizers()) {
      // What follows is applied to the letters that stand for bytes.
      String within = bytes ? PreTokenizers.BYTES : "";
      switch (TokenizerTree.kind(part)) {
        case "ByteLevel" -> {
          bytes = true;
          if (part.path("add_prefix_space").asBoolean(true)) {
            throw tree.unsupported("A byte-level tokenizer with add_prefix_space");
          }
          if (part.path("use_regex").asBoolean(true)) {
            patterns.add(PreTokenizers.byteLevel());
          }
        }
        case "Digits" ->
            patterns.add(
                within + (part.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+"));
        case "Punctuation" -> {
          if (!part.path("behavior").asString("").equals("Contiguous")) {
            throw tree.oddPreTokenizer(part);
          }
          patterns.add(within + PreTokenizers.greedy(PreTokenizers.PUNCTUATION));
        }
        case "Split" -> patterns.add(within + split(part));
        default -> throw tree.oddPreTokenizer(part);
      }
    }
    if (!bytes) {
      throw tree.unsupported("BPE that is neither byte-level nor falls back to bytes");
    }
    boolean wholeWords = tree.model().path("ignore_merges").asBoolean(false);
    pre = PreTokenizers.nameOf(patterns, wholeWords, composes);
  }

  private String split(JsonNode part) {
    JsonNode regex = part.path("pattern").path("Regex");
    String behaviour = part.path("behavior").asString("");
    boolean invert = part.path("invert").asBoolean(false);
    boolean whole = behaviour.equals(invert ? "Removed" : "Isolated");
    String pattern = regex.asString("").replace("\r", "\\r").replace("\n", "\\n");
    whole |= behaviour.equals("MergedWithNext") && pattern.equals(PreTokenizers.LINE_STARTS_STATED);
    if (!regex.isString() || !whole) {
      throw tree.unsupported("A split by %s".formatted(part));
    }
    return pattern;
  }

  /// Whether a space is put before the text.
  private boolean spacesNormalised() {
    boolean prefix = false;
    for (JsonNode part : tree.normalizers()) {
      switch (TokenizerTree.kind(part)) {
        case "Prepend" -> prefix = true;
        case "Replace" -> replaceSpaces(part);
        case "Precompiled" -> {
          try {
            charsmap = Base64.getDecoder().decode(part.path("precompiled_charsmap").asString(""));
          } catch (IllegalArgumentException e) {
            throw tree.malformed("precompiled_charsmap is not Base64");
          }
        }
        case "Strip" -> flags.put("remove_extra_whitespaces", true);
        default -> throw tree.oddNormalizer(part);
      }
    }
    return prefix;
  }

  /// Whether a space is put before the text.
  private boolean spacesCut() {
    boolean prefix = false;
    for (JsonNode part : tree.preTokenizers()) {
      switch (TokenizerTree.kind(part)) {
        case "Metaspace" -> {
          String scheme =
              part.path("prepend_scheme")
                  .asString(part.path("add_prefix_space").asBoolean(true) ? "always" : "never");
          prefix |= !scheme.equals("never");
        }
        // After spaces were replaced there is none left to cut at.
        case "Split" -> {
          if (!part.path("pattern").path("String").asString("").equals(" ")) {
            throw tree.unsupported("A split by %s".formatted(part));
          }
        }
        case "WhitespaceSplit" -> flags.put("remove_extra_whitespaces", true);
        default -> throw tree.oddPreTokenizer(part);
      }
    }
    return prefix;
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
    throw tree.oddNormalizer(part);
  }

  private void bert() {
    for (JsonNode part : tree.normalizers()) {
      if (!TokenizerTree.kind(part).equals("BertNormalizer")
          || !part.path("clean_text").asBoolean(true)
          || !part.path("handle_chinese_chars").asBoolean(true)) {
        throw tree.oddNormalizer(part);
      }
      boolean lowercase = part.path("lowercase").asBoolean(true);
      flags.put("normalizer.lowercase", lowercase);
      flags.put("normalizer.strip_accents", part.path("strip_accents").asBoolean(lowercase));
    }
    for (JsonNode part : tree.preTokenizers()) {
      if (!TokenizerTree.kind(part).equals("BertPreTokenizer")) {
        throw tree.oddPreTokenizer(part);
      }
    }
    if (!flags.containsKey("normalizer.lowercase")) {
      throw tree.unsupported("WordPiece without BertNormalizer");
    }
  }
}
