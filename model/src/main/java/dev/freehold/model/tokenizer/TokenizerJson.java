package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.model.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads Hugging Face's `tokenizer.json`, and says it in GGUF's terms: [TokenTable] reads its
/// tokens, [TextSteps] what is done before a text is cut, [TokenPurposes] what tokens are for.
///
/// Each part that changes what a text becomes is honoured or refused by name.
final class TokenizerJson {

  private final TokenizerTree tree;
  private final JsonNode config;
  private final GenerationConfig generation;
  private final String template;

  private TokenizerJson(
      TokenizerTree tree, JsonNode config, GenerationConfig generation, String template) {
    this.tree = tree;
    this.config = config;
    this.generation = generation;
    this.template = template;
  }

  /// The tokenizer of a file, with what the files beside it say of its tokens and its template.
  static TokenizerDescription read(Path path) {
    return of(path).describe(0);
  }

  /// The same for a model with so many rows for tokens: ids that no token has are unused ones.
  static TokenizerDescription read(Path path, int rows) {
    return of(path).describe(rows);
  }

  private static TokenizerJson of(Path path) {
    TokenizerTree tree = new TokenizerTree(path.toString(), Json.read(path));
    JsonNode config = optional(path.resolveSibling("tokenizer_config.json"));
    Path generation = path.resolveSibling("generation_config.json");
    String template =
        text(path.resolveSibling("chat_template.jinja")).orElseGet(() -> template(config));
    return new TokenizerJson(
        tree, config, GenerationConfig.of(generation.toString(), optional(generation)), template);
  }

  private static JsonNode optional(Path path) {
    try {
      return Json.read(path);
    } catch (NotFound e) {
      return JsonNodeFactory.instance.objectNode();
    }
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

  private TokenizerDescription describe(int rows) {
    TokenTable table = new TokenTable(tree);
    String[] merges = new String[0];
    TextSteps steps;
    String model;
    switch (tree.modelKind()) {
      case "BPE" -> {
        table.vocabulary("");
        merges = merges();
        model = tree.fallsBackToBytes() ? "llama" : "gpt2";
        steps = tree.fallsBackToBytes() ? TextSteps.sentencePiece(tree) : TextSteps.byteLevel(tree);
      }
      case "Unigram" -> {
        table.pieces();
        model = "t5";
        steps = TextSteps.sentencePiece(tree);
      }
      case "WordPiece" -> {
        table.vocabulary(tree.model().path("continuing_subword_prefix").asString("##"));
        model = "bert";
        steps = TextSteps.bert(tree);
      }
      default -> throw tree.unsupported("The model '%s'".formatted(tree.modelKind()));
    }
    table.added();
    if (rows > 0) {
      table.fill(rows);
    }
    TokenPurposes purposes = TokenPurposes.read(tree, config, table.byText());
    Map<String, Integer> ids = new HashMap<>(purposes.ids());
    table.unknown().ifPresent(id -> ids.put("unknown_token_id", id));
    generation.addEnds(ids, table.tokens());
    Map<String, Boolean> flags = new HashMap<>(steps.flags());
    flags.putAll(purposes.flags());
    return new TokenizerDescription(
        model,
        steps.pre(),
        table.tokens(),
        table.types(),
        table.scores(),
        merges,
        ids,
        flags,
        generation.suppressed(),
        steps.charsmap(),
        template);
  }

  /// Merges as `left right`; newer files have pairs.
  private String[] merges() {
    JsonNode list = tree.model().path("merges");
    if (!list.isArray()) {
      throw tree.malformed("model.merges is no list");
    }
    for (String field : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!tree.model().path(field).asString("").isEmpty()) {
        throw tree.unsupported("model.%s".formatted(field));
      }
    }
    JsonNode dropout = tree.model().path("dropout");
    if (!dropout.isMissingNode() && !dropout.isNull()) {
      throw tree.unsupported("model.dropout");
    }
    String[] merges = new String[list.size()];
    for (int i = 0; i < merges.length; i++) {
      JsonNode merge = list.get(i);
      if (merge.isArray() && merge.size() == 2) {
        merges[i] = merge.get(0).asString("") + " " + merge.get(1).asString("");
      } else if (merge.isString()) {
        merges[i] = merge.stringValue();
      } else {
        throw tree.malformed("merge %d is no pair".formatted(i));
      }
    }
    return merges;
  }
}
