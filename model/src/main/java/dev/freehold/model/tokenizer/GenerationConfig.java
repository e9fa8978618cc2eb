package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a folder's `generation_config.json` says that no request can know: tokens that end an
/// answer, and tokens that are never chosen. How to sample is a request's to say.
///
/// @param file its path, for errors
/// @param ends tokens that end an answer
/// @param suppressed tokens that are never chosen
record GenerationConfig(String file, List<Integer> ends, int[] suppressed) {

  /// What would change an answer and is not served.
  private static final List<String> REFUSED =
      List.of("begin_suppress_tokens", "bad_words_ids", "sequence_bias", "forced_decoder_ids");

  /// Where GGUF has room for the end of an answer.
  private static final List<String> KEYS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

  /// @throws MalformedFile where a field is no list of tokens
  /// @throws Unsupported where it asks for what is not served, naming it
  static GenerationConfig of(String file, JsonNode config) {
    for (String field : REFUSED) {
      JsonNode node = config.path(field);
      if (!node.isMissingNode() && !node.isNull() && !(node.isArray() && node.isEmpty())) {
        throw new Unsupported(
            "%s (%s)".formatted(field, file), "suppress_tokens, which holds for every token");
      }
    }
    return new GenerationConfig(
        file,
        tokens(file, config, "eos_token_id"),
        tokens(file, config, "suppress_tokens").stream().mapToInt(Integer::intValue).toArray());
  }

  /// A token, several, or none.
  private static List<Integer> tokens(String file, JsonNode config, String field) {
    JsonNode node = config.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    List<Integer> tokens = new ArrayList<>();
    for (JsonNode one : node.isArray() ? node : List.of(node)) {
      if (!one.isIntegralNumber() || !one.canConvertToInt() || one.intValue() < 0) {
        throw new MalformedFile(file, -1, "%s is no list of tokens".formatted(field));
      }
      tokens.add(one.intValue());
    }
    return tokens;
  }

  /// Adds the ends that are not known by their name or otherwise.
  ///
  /// @param ids tokens with a purpose, by GGUF's key; added to
  /// @param texts of all tokens
  /// @throws MalformedFile where an end is no token
  /// @throws Unsupported where there are more than there is room for
  void addEnds(Map<String, Integer> ids, String[] texts) {
    for (int end : ends) {
      if (end >= texts.length) {
        throw new MalformedFile(file, -1, "eos_token_id has %d, which is no token".formatted(end));
      }
      if (!Vocabulary.ENDS_OF_TURN.contains(texts[end])
          && KEYS.stream().noneMatch(key -> ids.getOrDefault(key, -1) == end)) {
        String free =
            KEYS.stream()
                .filter(key -> !ids.containsKey(key))
                .findFirst()
                .orElseThrow(() ->
                    new Unsupported(
                        "So many tokens that end an answer (eos_token_id of %s)".formatted(file),
                        "three beside those that are known by their names"));
        ids.put(free, end);
      }
    }
  }
}
