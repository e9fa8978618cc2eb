package dev.freehold.engine.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A set of stacks, as the set of their tops, each with the set of what lies below it.
///
/// A stack's own top is a state that reads; below it lie the places where calls return to. Equal
/// sets are one object, so that what was found out about one is found again wherever it recurs.
/// Owned by its [Machine].
final class Node {

  /// The bottom of a stack: the text may end here.
  static final long END = -1;

  private static final Node[] NONE = {};

  /// What is at the top, in order: a state, or a counted edge with its count.
  private final long[] keys;

  /// What lies below each key; the node itself, for [#END].
  private final @Nullable Node[] below;

  private final int[] belowIds;
  private final int id;
  private final int hash;
  final int distance;
  final int depth;

  /// Where each class of bytes leads, once known.
  private @Nullable Node[] next = NONE;

  /// Which tokens may follow, once known.
  @Nullable TokenMask mask;

  /// The same under a limit on the bytes that are left to be written, once known.
  @Nullable TokenMask nearMask;

  int nearMost;

  Node(int id, long[] keys, @Nullable Node[] below, int distance, int depth) {
    this.id = id;
    this.keys = keys;
    this.below = below;
    this.distance = distance;
    this.depth = depth;
    belowIds = new int[below.length];
    for (int i = 0; i < below.length; i++) {
      Node node = below[i];
      belowIds[i] = node == null ? -1 : node.id;
    }
    hash = 31 * Arrays.hashCode(keys) + Arrays.hashCode(belowIds);
  }

  /// The key of a state.
  static long ofState(int state) {
    return (long) state << 32;
  }

  /// The key of a counted edge that is being gone through for the `count`th time.
  static long ofLoop(int loop, int count) {
    return (long) loop << 32 | count;
  }

  static boolean isLoop(long key) {
    return (int) key != 0;
  }

  /// The state or the counted edge of a key.
  static int place(long key) {
    return (int) (key >> 32);
  }

  static int count(long key) {
    return (int) key;
  }

  int size() {
    return keys.length;
  }

  long key(int index) {
    return keys[index];
  }

  Node below(int index) {
    Node node = below[index];
    if (node == null) {
      throw new IllegalStateException("Nothing lies below the bottom.");
    }
    return node;
  }

  /// Whether the text may end.
  boolean accepts() {
    return keys.length > 0 && keys[0] == END;
  }

  /// Whether nothing can follow.
  boolean complete() {
    return keys.length == 1 && accepts();
  }

  /// Whether no stack is left.
  boolean isDead() {
    return keys.length == 0;
  }

  @Nullable Node next(int byteClass) {
    return next.length == 0 ? null : next[byteClass];
  }

  void next(int byteClass, Node node, int classes) {
    if (next.length == 0) {
      next = new Node[classes];
    }
    next[byteClass] = node;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Node node
            && node.hash == hash
            && Arrays.equals(node.keys, keys)
            && Arrays.equals(node.belowIds, belowIds));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
