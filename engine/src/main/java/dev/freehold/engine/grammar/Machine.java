package dev.freehold.engine.grammar;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs a [Network] over bytes, all ways at once.
///
/// Where it is after a text is a [Node]: the set of all stacks that the text may have led to. As in
/// a graph-structured stack (Tomita, 1985) what stacks have in common is kept once, so that a
/// grammar with many ways to read a text costs no more than its states times the depth. Steps are
/// remembered at the node they start from.
///
/// Not thread-safe.
final class Machine {

  /// Deepest stack. Ways that go deeper are closed in good time, so that what was begun can end.
  static final int DEEPEST = 256;

  /// When so many nodes are known, they are forgotten and found anew.
  private static final int MOST_NODES = 20_000;

  private record Pair(Node a, Node b) {}

  private final Network network;
  private final byte[] classes;
  private final int classCount;
  private final int[] representative;
  private final Map<Node, Node> known = new HashMap<>();
  private final Map<Pair, Node> unions = new HashMap<>();
  private final Node dead;
  private final Node start;
  private long work;
  private int ids;

  Machine(Network network) {
    this.network = network;
    classes = network.byteClasses();
    int last = classes[255] & 0xFF;
    classCount = last + 1;
    representative = new int[classCount];
    for (int b = 255; b >= 0; b--) {
      representative[classes[b] & 0xFF] = b;
    }
    dead = node(new long[0], new Node[0]);
    start = start();
  }

  /// Before anything is written.
  Node initial() {
    return start;
  }

  /// Steps made and looked at since the machine was built; for bounding what a request may cost.
  long work() {
    return work;
  }

  Network network() {
    return network;
  }

  private Node start() {
    Node bottom = node(new long[] {Node.END}, new Node[1]);
    var closure = new Closure();
    closure.enter(0, bottom);
    closure.accepting = network.nullable(0);
    return closure.close();
  }

  /// Where a byte leads; a dead node where it may not follow.
  Node step(Node from, int b) {
    int byteClass = classes[b] & 0xFF;
    Node next = from.next(byteClass);
    if (next == null) {
      next = advance(from, representative[byteClass], -1);
      from.next(byteClass, next, classCount);
    }
    return next;
  }

  /// Where a control token leads; a dead node where it may not follow.
  Node control(Node from, int token) {
    return advance(from, -1, token);
  }

  private Node advance(Node from, int b, int token) {
    var closure = new Closure();
    for (int i = 0; i < from.size(); i++) {
      if (from.key(i) == Node.END) {
        continue;
      }
      Network.State state = network.state(Node.place(from.key(i)));
      work++;
      if (token >= 0) {
        for (Network.ControlEdge edge : state.controls()) {
          if (edge.token() == token) {
            closure.reach(edge.target(), from.below(i));
          }
        }
      } else {
        for (Network.ByteEdge edge : state.bytes()) {
          if (edge.low() <= b && b <= edge.high()) {
            closure.reach(edge.target(), from.below(i));
          }
        }
      }
    }
    return closure.close();
  }

  /// What can be reached without reading anything.
  ///
  /// First all returns: a state reached by reading may be the end of its rule. Then all calls: a
  /// rule just entered has consumed nothing, and that it may be empty is accounted for where it is
  /// called, so that it never returns here.
  private final class Closure {
    private final Map<Integer, Node> reached = new HashMap<>();
    private final Map<Integer, Node> entered = new HashMap<>();
    private final Deque<Integer> reachedAnew = new ArrayDeque<>();
    private final Deque<Integer> enteredAnew = new ArrayDeque<>();
    private boolean accepting;

    void reach(int state, Node below) {
      put(state, below, reached, reachedAnew);
    }

    private void put(int state, Node below, Map<Integer, Node> places, Deque<Integer> anew) {
      work++;
      Node before = places.get(state);
      Node now = before == null ? below : union(before, below);
      if (before == null || !now.equals(before)) {
        places.put(state, now);
        anew.add(state);
      }
    }

    Node close() {
      while (!reachedAnew.isEmpty()) {
        leave(reachedAnew.remove());
      }
      for (Map.Entry<Integer, Node> place : reached.entrySet()) {
        call(network.state(place.getKey()), place.getValue());
      }
      while (!enteredAnew.isEmpty()) {
        int at = enteredAnew.remove();
        Node below = place(entered, at);
        Network.State state = network.state(at);
        for (int target : state.empty()) {
          put(target, below, entered, enteredAnew);
        }
        for (Network.Call call : state.calls()) {
          if (network.nullable(call.rule())) {
            put(call.target(), below, entered, enteredAnew);
          }
        }
        for (Network.Loop loop : state.loops()) {
          if (network.nullable(loop)) {
            put(loop.target(), below, entered, enteredAnew);
          }
        }
        call(state, below);
      }
      return result();
    }

    private static Node place(Map<Integer, Node> places, int state) {
      Node node = places.get(state);
      if (node == null) {
        throw new IllegalStateException("State %d was not reached.".formatted(state));
      }
      return node;
    }

    private void leave(int at) {
      Node below = place(reached, at);
      Network.State state = network.state(at);
      for (int target : state.empty()) {
        reach(target, below);
      }
      for (Network.Call call : state.calls()) {
        if (network.nullable(call.rule())) {
          reach(call.target(), below);
        }
      }
      for (Network.Loop loop : state.loops()) {
        if (network.nullable(loop)) {
          reach(loop.target(), below);
        }
      }
      if (network.isEnd(at)) {
        for (int i = 0; i < below.size(); i++) {
          giveBack(below, i);
        }
      }
    }

    private void giveBack(Node below, int index) {
      long key = below.key(index);
      if (key == Node.END) {
        accepting = true;
      } else if (!Node.isLoop(key)) {
        reach(Node.place(key), below.below(index));
      } else {
        Network.Loop loop = network.loop(Node.place(key));
        int count = Node.count(key);
        if (count >= loop.min() || network.nullable(loop.rule())) {
          reach(loop.target(), below.below(index));
        }
        if (loop.mayRepeat(count)) {
          push(Node.ofLoop(loop.id(), loop.next(count)), loop.rule(), below.below(index));
        }
      }
    }

    private void call(Network.State state, Node below) {
      for (Network.Call call : state.calls()) {
        if (network.isBareEnd(call.target())) {
          enter(call.rule(), below);
        } else if (fits(below, call.target())) {
          push(Node.ofState(call.target()), call.rule(), below);
        }
      }
      for (Network.Loop loop : state.loops()) {
        if (fits(below, loop.target())) {
          push(Node.ofLoop(loop.id(), 1), loop.rule(), below);
        }
      }
    }

    private void push(long key, int rule, Node below) {
      enter(rule, node(new long[] {key}, new Node[] {below}));
    }

    /// Whether what is to be done after a call can be done without going too deep.
    private boolean fits(Node below, int target) {
      return below.depth + network.distances().height(target) <= DEEPEST;
    }

    void enter(int rule, Node below) {
      int first = network.start(rule);
      if (below.depth + network.distances().height(first) <= DEEPEST) {
        put(first, below, entered, enteredAnew);
      }
    }

    private Node result() {
      Map<Integer, Node> all = new HashMap<>(reached);
      entered.forEach((state, below) -> all.merge(state, below, Machine.this::union));
      int[] reading =
          all.keySet().stream()
              .mapToInt(Integer::intValue)
              .filter(state -> network.state(state).reads())
              .sorted()
              .toArray();
      int first = accepting ? 1 : 0;
      long[] keys = new long[reading.length + first];
      @Nullable Node[] below = new Node[keys.length];
      if (accepting) {
        keys[0] = Node.END;
      }
      for (int i = 0; i < reading.length; i++) {
        keys[first + i] = Node.ofState(reading[i]);
        below[first + i] = all.get(reading[i]);
      }
      return keys.length == 0 && dead != null ? dead : node(keys, below);
    }
  }

  /// The stacks of one and of the other.
  private Node union(Node a, Node b) {
    if (a.equals(b)) {
      return a;
    }
    var pair = new Pair(a, b);
    Node found = unions.get(pair);
    if (found != null) {
      return found;
    }
    work += a.size() + b.size();
    long[] keys = new long[a.size() + b.size()];
    @Nullable Node[] below = new Node[keys.length];
    int count = 0;
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      boolean left = j == b.size() || (i < a.size() && a.key(i) <= b.key(j));
      boolean right = i == a.size() || (j < b.size() && b.key(j) <= a.key(i));
      keys[count] = left ? a.key(i) : b.key(j);
      if (keys[count] != Node.END) {
        below[count] =
            left && right ? union(a.below(i), b.below(j)) : left ? a.below(i) : b.below(j);
      }
      i += left ? 1 : 0;
      j += right ? 1 : 0;
      count++;
    }
    Node both = node(Arrays.copyOf(keys, count), Arrays.copyOf(below, count));
    unions.put(pair, both);
    return both;
  }

  private Node node(long[] keys, @Nullable Node[] below) {
    int distance = Distances.UNREACHABLE;
    int depth = 0;
    for (int i = 0; i < keys.length; i++) {
      Node under = below[i];
      if (under == null) {
        distance = 0;
      } else {
        distance = Math.min(distance, Distances.sum(toReturn(keys[i]), under.distance));
        depth = Math.max(depth, under.depth + 1);
      }
    }
    if (known.size() >= MOST_NODES || unions.size() >= MOST_NODES) {
      known.clear();
      unions.clear();
    }
    work++;
    var node = new Node(ids++, keys, below, distance, depth);
    Node same = known.putIfAbsent(node, node);
    return same == null ? node : same;
  }

  /// The fewest bytes from a key to the end of the rule it stands in.
  int toReturn(long key) {
    if (!Node.isLoop(key)) {
      return network.distances().of(Node.place(key));
    }
    Network.Loop loop = network.loop(Node.place(key));
    int more = network.nullable(loop.rule()) ? 0 : Math.max(0, loop.min() - Node.count(key));
    return Distances.sum(
        Distances.product(more, network.distances().of(network.start(loop.rule()))),
        network.distances().of(loop.target()));
  }
}
