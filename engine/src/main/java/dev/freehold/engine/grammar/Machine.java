package dev.freehold.engine.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
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

  /// States, each with the stacks below it. What is found of one is put together only when it is
  /// looked at: adding stacks one by one would take the square of their number.
  private final class Places {
    private final Map<Integer, Node> stacks = new HashMap<>();
    private final Map<Integer, List<Node>> found = new HashMap<>();
    private final Deque<Integer> anew = new ArrayDeque<>();

    void put(int state, Node below) {
      work++;
      Node before = stacks.get(state);
      if (before != null && before.equals(below)) {
        return;
      }
      List<Node> more = found.computeIfAbsent(state, _ -> new ArrayList<>(2));
      if (more.isEmpty()) {
        anew.add(state);
      }
      more.add(below);
    }

    /// A state whose stacks are others than when it was looked at last; -1 where there is none.
    int next() {
      while (!anew.isEmpty()) {
        int state = anew.remove();
        List<Node> more = found.getOrDefault(state, List.of());
        Node before = stacks.get(state);
        Node now = before == null ? all(more) : union(before, all(more));
        more.clear();
        if (before == null || !now.equals(before)) {
          stacks.put(state, now);
          return state;
        }
      }
      return -1;
    }

    private Node all(List<Node> nodes) {
      Deque<Node> left = new ArrayDeque<>(nodes);
      while (left.size() > 1) {
        left.add(union(left.remove(), left.remove()));
      }
      return left.remove();
    }

    Node at(int state) {
      Node node = stacks.get(state);
      if (node == null) {
        throw new IllegalStateException("State %d was not reached.".formatted(state));
      }
      return node;
    }
  }

  /// What can be reached without reading anything.
  ///
  /// First all returns: a state reached by reading may be the end of its rule. Then all calls: a
  /// rule just entered has consumed nothing, and that it may be empty is accounted for where it is
  /// called, so that it never returns here.
  private final class Closure {
    private final Places reached = new Places();
    private final Places entered = new Places();
    private boolean accepting;

    void reach(int state, Node below) {
      reached.put(state, below);
    }

    Node close() {
      for (int at = reached.next(); at >= 0; at = reached.next()) {
        leave(at);
      }
      for (Map.Entry<Integer, Node> place : reached.stacks.entrySet()) {
        call(network.state(place.getKey()), place.getValue());
      }
      for (int at = entered.next(); at >= 0; at = entered.next()) {
        Node below = entered.at(at);
        Network.State state = network.state(at);
        for (int target : state.empty()) {
          entered.put(target, below);
        }
        for (Network.Call call : state.calls()) {
          if (network.nullable(call.rule())) {
            entered.put(call.target(), below);
          }
        }
        for (Network.Loop loop : state.loops()) {
          if (network.nullable(loop)) {
            entered.put(loop.target(), below);
          }
        }
        call(state, below);
      }
      return result();
    }

    private void leave(int at) {
      Node below = reached.at(at);
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
        entered.put(first, below);
      }
    }

    private Node result() {
      Map<Integer, Node> all = new HashMap<>(reached.stacks);
      entered.stacks.forEach((state, below) -> all.merge(state, below, Machine.this::union));
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
