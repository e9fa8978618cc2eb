package dev.freehold.engine.grammar;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// The bytes of a vocabulary's tokens as a tree: each node is a byte, and tokens that begin alike
/// share their beginning. Nodes lie in the order of a depth-first walk, so that walking it is
/// counting up, and leaving a branch is a jump. Immutable.
final class TokenTree {

  /// @param token its id
  /// @param bytes what it writes
  record Text(int token, byte[] bytes) {}

  final int nodes;

  /// The byte of each node.
  final byte[] bytes;

  /// How many bytes stand above it.
  final short[] depths;

  /// The first node that is not below it.
  final int[] skips;

  /// Where its tokens begin in [#tokens]; they end where the next node's begin.
  final int[] firstTokens;

  final int[] tokens;
  final int deepest;

  private TokenTree(
      int nodes,
      byte[] bytes,
      short[] depths,
      int[] skips,
      int[] firstTokens,
      int[] tokens,
      int deepest) {
    this.nodes = nodes;
    this.bytes = bytes;
    this.depths = depths;
    this.skips = skips;
    this.firstTokens = firstTokens;
    this.tokens = tokens;
    this.deepest = deepest;
  }

  /// The tree of these tokens, none of them without bytes.
  static TokenTree of(Collection<Text> all) {
    List<Text> order =
        all.stream()
            .sorted(
                Comparator.comparing(Text::bytes, Arrays::compareUnsigned)
                    .thenComparingInt(Text::token))
            .toList();
    int most = order.stream().mapToInt(text -> text.bytes().length).sum();
    byte[] bytes = new byte[most];
    short[] depths = new short[most];
    int[] firstTokens = new int[most + 1];
    int nodes = 0;
    byte[] before = new byte[0];
    int deepest = 0;
    for (int i = 0; i < order.size(); i++) {
      byte[] text = order.get(i).bytes();
      int shared = Arrays.mismatch(before, text);
      for (int at = shared < 0 ? text.length : shared; at < text.length; at++) {
        bytes[nodes] = text[at];
        depths[nodes] = (short) at;
        firstTokens[nodes] = i;
        nodes++;
      }
      deepest = Math.max(deepest, text.length);
      before = text;
    }
    firstTokens[nodes] = order.size();
    return new TokenTree(
        nodes,
        Arrays.copyOf(bytes, nodes),
        Arrays.copyOf(depths, nodes),
        skips(depths, nodes),
        Arrays.copyOf(firstTokens, nodes + 1),
        order.stream().mapToInt(Text::token).toArray(),
        deepest);
  }

  private static int[] skips(short[] depths, int nodes) {
    int[] skips = new int[nodes];
    int[] open = new int[Short.MAX_VALUE];
    int deepest = -1;
    for (int node = 0; node < nodes; node++) {
      for (int depth = deepest; depth >= depths[node]; depth--) {
        skips[open[depth]] = node;
      }
      deepest = depths[node];
      open[deepest] = node;
    }
    for (int depth = deepest; depth >= 0; depth--) {
      skips[open[depth]] = nodes;
    }
    return skips;
  }
}
