package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// A grammar over the tokens of a vocabulary: says after each beginning of a text which tokens may
/// come next. It learns while it runs, so that several answers under one grammar share what it
/// found.
///
/// Not thread-safe: the engine's thread owns it once it is built.
public final class Automaton {

  /// Steps that finding out one mask may take. A grammar that needs more is followed with fewer
  /// tokens to choose from, single bytes first; what is written is valid all the same.
  static final long MOST_WORK = 400_000;

  /// Memory for masks.
  private static final long MOST_MASK_BYTES = 8L << 20;

  private final Lexicon lexicon;
  private final Machine machine;
  private final Map<Integer, Integer> controls = new LinkedHashMap<>();
  private final Deque<Node> masked = new ArrayDeque<>();

  private Automaton(Lexicon lexicon, Machine machine) {
    this.lexicon = lexicon;
    this.machine = machine;
    Network network = machine.network();
    for (int state = 0; state < network.size(); state++) {
      for (Network.ControlEdge edge : network.state(state).controls()) {
        controls.put(edge.token(), edge.token());
      }
    }
  }

  /// Prepares a grammar.
  ///
  /// @param field the field of the request that it came in, for errors
  /// @throws InvalidRequest where the grammar is too large, comes back to a rule before anything is
  ///   written, or admits no text
  public static Automaton of(Grammar grammar, Lexicon lexicon, String field) {
    Network network =
        NetworkBuilder.build(
            grammar,
            lexicon.available(),
            token -> lexicon.controls().getOrDefault(token, -1),
            field);
    return new Automaton(lexicon, new Machine(network));
  }

  /// The fewest bytes of a text, and so the most tokens that the shortest one can take.
  public int shortest() {
    return machine.initial().distance;
  }

  Lexicon lexicon() {
    return lexicon;
  }

  Machine machine() {
    return machine;
  }

  /// Where a token leads; a dead node where it may not follow.
  Node step(Node from, int token) {
    byte[] bytes = lexicon.bytes(token);
    if (bytes.length == 0) {
      return machine.control(from, token);
    }
    Node at = from;
    for (byte b : bytes) {
      at = machine.step(at, b & 0xFF);
    }
    return at;
  }

  /// The tokens that may come next.
  TokenMask mask(Node at) {
    TokenMask mask = at.mask;
    if (mask == null) {
      mask = search(at, Distances.UNREACHABLE - 1);
      at.mask = mask;
      keep(at, mask.bytes());
    }
    return mask;
  }

  private void keep(Node at, int bytes) {
    masked.add(at);
    while ((long) masked.size() * bytes > MOST_MASK_BYTES && masked.size() > 1) {
      Node oldest = masked.remove();
      oldest.mask = null;
      oldest.nearMask = null;
    }
  }

  /// The tokens that may come next and leave no more than `most` bytes to be written at least.
  TokenMask maskWithin(Node at, int most) {
    TokenMask mask = mask(at);
    if (mask.farthest() <= most) {
      return mask;
    }
    // What was let through under a limit is what a smaller one lets through that spares all of it.
    TokenMask near = at.nearMask;
    if (near == null || most > at.nearMost || most < near.farthest()) {
      near = search(at, most);
      at.nearMask = near;
      at.nearMost = most;
      keep(at, near.bytes());
    }
    return near;
  }

  private TokenMask search(Node at, int most) {
    var mask = new TokenMask(lexicon.size());
    long until = machine.work() + MOST_WORK;
    for (int token : controls.keySet()) {
      offer(token, machine.control(at, token), most, mask);
    }
    boolean plainKnown = most == Distances.UNREACHABLE - 1 && takePlain(at, mask);
    walk(lexicon.other(), at, 1, most, mask, until);
    walk(lexicon.plain(), at, 1, most, mask, until);
    walk(lexicon.other(), at, lexicon.other().deepest, most, mask, until);
    if (!plainKnown) {
      walk(lexicon.plain(), at, lexicon.plain().deepest, most, mask, until);
    }
    return mask;
  }

  private static void offer(int token, Node after, int most, TokenMask mask) {
    if (after.distance <= most) {
      mask.add(token, after.distance);
    }
  }

  /// How much of a JSON string may follow.
  ///
  /// @param characters how many of its characters
  /// @param distance the most bytes that are left to be written at least after any of them
  private record StringRest(int characters, int distance) {}

  /// Takes the tokens that are known to be allowed inside a string.
  ///
  /// @return whether no other plain token can be
  private boolean takePlain(Node at, TokenMask mask) {
    Network network = machine.network();
    int readers = 0;
    int most = 0;
    for (int i = at.accepts() ? 1 : 0; i < at.size(); i++) {
      int state = Node.place(at.key(i));
      readers += readsPlain(network.state(state)) ? 1 : 0;
      StringRest rest = stringRest(state, at.below(i));
      if (rest.characters() > 0) {
        mask.addAll(lexicon.plainUpTo(rest.characters()), rest.distance());
        most = Math.max(most, rest.characters());
      }
    }
    return most >= lexicon.longestPlain() || (most > 0 && readers == 1);
  }

  /// What may follow at the beginning of a string's character.
  private StringRest stringRest(int state, Node below) {
    Network network = machine.network();
    int own = network.distances().of(state);
    if (network.state(state).endless()) {
      return new StringRest(Integer.MAX_VALUE, Distances.sum(own, below.distance));
    }
    var most = new StringRest(0, 0);
    int rule = network.state(state).rule();
    for (int i = 0; network.start(rule) == state && i < below.size(); i++) {
      long key = below.key(i);
      if (key != Node.END && Node.isLoop(key)) {
        Network.Loop loop = network.loop(Node.place(key));
        int characters = loop.rule() == rule ? loop.charactersLeft(Node.count(key)) : 0;
        if (characters > most.characters()) {
          int rest = Distances.sum(machine.toReturn(key), below.below(i).distance);
          most = new StringRest(characters, Distances.sum(own, rest));
        }
      }
    }
    return most;
  }

  private static boolean readsPlain(Network.State state) {
    for (Network.ByteEdge edge : state.bytes()) {
      boolean only =
          edge.high() < 0x20
              || (edge.low() == edge.high() && (edge.low() == '"' || edge.low() == '\\'));
      if (!only) {
        return true;
      }
    }
    return false;
  }

  /// Adds the tokens of a tree, down to a depth, until the work is spent.
  private void walk(TokenTree tree, Node from, int depth, int most, TokenMask mask, long until) {
    Node[] path = new Node[depth + 1];
    path[0] = from;
    for (int node = 0; node < tree.nodes && machine.work() < until; ) {
      int at = tree.depths[node];
      if (at >= depth) {
        node = tree.skips[node];
        continue;
      }
      Node next = machine.step(path[at], tree.bytes[node] & 0xFF);
      if (next.isDead()) {
        node = tree.skips[node];
        continue;
      }
      path[at + 1] = next;
      for (int i = tree.firstTokens[node]; i < tree.firstTokens[node + 1]; i++) {
        offer(tree.tokens[i], next, most, mask);
      }
      node++;
    }
  }
}
