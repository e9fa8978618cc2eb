package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A `tokenizer.json` as the readers of its parts see it.
///
/// @param file where it is, for messages
/// @param root its object
record TokenizerTree(String file, JsonNode root) {

  JsonNode model() {
    return root.path("model");
  }

  /// The kind of model, which early files leave out.
  String modelKind() {
    String kind = kind(model());
    if (!kind.isEmpty()) {
      return kind;
    }
    return model().has("merges")
        ? "BPE"
        : model().path("vocab").isArray() ? "Unigram" : "WordPiece";
  }

  boolean fallsBackToBytes() {
    return model().path("byte_fallback").asBoolean(false);
  }

  static String kind(JsonNode part) {
    return part.path("type").asString("");
  }

  /// The parts of a step: none, one, or those of a `Sequence`, which stand under `list`.
  List<JsonNode> parts(String step, String list) {
    JsonNode node = root.path(step);
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isObject()) {
      throw malformed("%s is no object".formatted(step));
    }
    if (!kind(node).equals("Sequence")) {
      return List.of(node);
    }
    List<JsonNode> parts = new ArrayList<>();
    node.path(list).forEach(parts::add);
    return parts;
  }

  List<JsonNode> normalizers() {
    return parts("normalizer", "normalizers");
  }

  List<JsonNode> preTokenizers() {
    return parts("pre_tokenizer", "pretokenizers");
  }

  Unsupported oddNormalizer(JsonNode part) {
    return unsupported("The normalizer %s".formatted(part));
  }

  Unsupported oddPreTokenizer(JsonNode part) {
    return unsupported("The pre-tokenizer '%s'".formatted(kind(part)));
  }

  MalformedFile malformed(String reason) {
    return new MalformedFile(file, -1, reason);
  }

  Unsupported unsupported(String what) {
    return new Unsupported(
        "%s in %s".formatted(what, file),
        "byte-level BPE of known families, BPE with byte fallback, Unigram and WordPiece");
  }
}
