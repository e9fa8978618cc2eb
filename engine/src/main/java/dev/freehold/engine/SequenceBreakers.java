package dev.freehold.engine;

import dev.freehold.model.tokenizer.Tokenizer;
import dev.freehold.model.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The token sequences that no repetition reaches across.
///
/// @param tails for a token that holds the beginning of a breaker, the tokens that complete it; an
///   empty list where it holds all of it
record SequenceBreakers(Map<Integer, List<int[]>> tails) {

  private static final int MOST_TOKENS = 20;

  /// Nothing is broken.
  static final SequenceBreakers NONE = new SequenceBreakers(Map.of());

  /// Those of some texts, found in all tokens of a vocabulary as llama.cpp does.
  static SequenceBreakers of(List<String> texts, Tokenizer tokenizer) {
    Map<Integer, List<int[]>> tails = new HashMap<>();
    Vocabulary vocabulary = tokenizer.vocabulary();
    for (int token = 0; token < vocabulary.size(); token++) {
      String word =
          vocabulary.isControl(token)
              ? vocabulary.text(token)
              : new String(tokenizer.bytes(token), StandardCharsets.UTF_8);
      for (String text : texts) {
        List<int[]> found = tails(word, text, tokenizer);
        if (!found.isEmpty()) {
          tails.computeIfAbsent(token, _ -> new ArrayList<>()).addAll(found);
        }
      }
    }
    return new SequenceBreakers(tails);
  }

  private static List<int[]> tails(String word, String breaker, Tokenizer tokenizer) {
    if (word.contains(breaker)) {
      return List.of(new int[0]);
    }
    List<int[]> tails = new ArrayList<>();
    for (int at = word.indexOf(breaker.charAt(0));
        at >= 0;
        at = word.indexOf(breaker.charAt(0), at + 1)) {
      if (breaker.startsWith(word.substring(at))) {
        int[] rest = tokenizer.encode(breaker.substring(word.length() - at));
        tails.add(Arrays.copyOf(rest, Math.min(rest.length, MOST_TOKENS)));
      }
    }
    return tails;
  }

  boolean isBreaker(int token) {
    return tails.getOrDefault(token, List.of()).stream().anyMatch(tail -> tail.length == 0);
  }

  /// How many of the last tokens come after the last breaker.
  int reach(int[] lately, int count) {
    for (int at = 0; at < count; at++) {
      int longest = -1;
      for (int[] tail : tails.getOrDefault(lately[at], List.of())) {
        if (tail.length > longest && tail.length <= at && follows(tail, lately, at)) {
          longest = tail.length;
        }
      }
      if (longest >= 0) {
        return at - longest;
      }
    }
    return count;
  }

  private static boolean follows(int[] tail, int[] lately, int at) {
    for (int i = 0; i < tail.length; i++) {
      if (tail[i] != lately[at - i - 1]) {
        return false;
      }
    }
    return true;
  }
}
