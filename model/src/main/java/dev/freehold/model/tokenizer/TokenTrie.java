package dev.freehold.model.tokenizer;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the longest of a set of tokens at a place of a text.
final class TokenTrie {

  /// @param token its id
  /// @param length its characters
  record Match(int token, int length) {}

  private static final class Node {
    private final Map<Character, Node> next = new HashMap<>();
    private int token = -1;
  }

  private final Node root = new Node();

  void add(String text, int token) {
    Node node = root;
    for (int i = 0; i < text.length(); i++) {
      node = node.next.computeIfAbsent(text.charAt(i), _ -> new Node());
    }
    node.token = token;
  }

  boolean isEmpty() {
    return root.next.isEmpty();
  }

  /// The longest token that begins at a position, or null.
  @Nullable Match longest(String text, int position) {
    Node node = root;
    Match match = null;
    for (int i = position; i < text.length(); i++) {
      node = node.next.get(text.charAt(i));
      if (node == null) {
        break;
      }
      if (node.token >= 0) {
        match = new Match(node.token, i + 1 - position);
      }
    }
    return match;
  }
}
