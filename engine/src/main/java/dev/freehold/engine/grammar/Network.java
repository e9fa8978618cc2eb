package dev.freehold.engine.grammar;

/// A grammar as states and edges: one piece for each rule, with a state to begin in and one to end
/// in. An edge reads a byte, reads a control token, reads nothing, calls a rule, or calls a rule a
/// counted number of times. Immutable once built.
///
/// The pieces are the recursive transition networks of Woods (1970); a stack of where calls return
/// to makes them a pushdown automaton.
final class Network {

  /// An edge that reads a byte from `low` to `high`, both inclusive.
  record ByteEdge(int low, int high, int target) {}

  /// An edge that reads a control token.
  record ControlEdge(int token, int target) {}

  /// An edge that goes through a rule.
  record Call(int rule, int target) {}

  /// An edge that goes through a rule from `min` to `max` times.
  ///
  /// @param max most times, or [Expression#UNBOUNDED]
  /// @param characters where the rule is one character of a JSON string, how many there may be in
  ///   all, [Integer#MAX_VALUE] where any number; otherwise 0
  record Loop(int id, int rule, int min, int max, int target, int characters) {

    /// How many characters of a JSON string may follow where the `count`th begins; 0 where the rule
    /// is none.
    int charactersLeft(int count) {
      return characters == 0 || characters == Integer.MAX_VALUE
          ? characters
          : characters - count + 1;
    }

    /// Whether the rule may be gone through again after `count` times.
    boolean mayRepeat(int count) {
      return max == Expression.UNBOUNDED || count < max;
    }

    /// The count after one more, which stands still where nothing depends on it any longer.
    int next(int count) {
      return max == Expression.UNBOUNDED ? Math.min(count + 1, Math.max(min, 1)) : count + 1;
    }
  }

  /// The edges of one state.
  ///
  /// @param rule the rule it belongs to
  /// @param endless whether any number of a JSON string's characters leads back here
  record State(
      int rule,
      ByteEdge[] bytes,
      ControlEdge[] controls,
      int[] empty,
      Call[] calls,
      Loop[] loops,
      boolean endless) {

    boolean reads() {
      return bytes.length > 0 || controls.length > 0;
    }

    /// Whether nothing leaves it.
    boolean leaf() {
      return !reads() && empty.length == 0 && calls.length == 0 && loops.length == 0;
    }
  }

  private final State[] states;
  private final Loop[] loops;
  private final int[] starts;
  private final int[] ends;
  private final Distances distances;

  Network(State[] states, Loop[] loops, int[] starts, int[] ends, boolean[] available) {
    this.states = states;
    this.loops = loops;
    this.starts = starts;
    this.ends = ends;
    this.distances = new Distances(states, starts, ends, available);
  }

  int size() {
    return states.length;
  }

  State state(int state) {
    return states[state];
  }

  Loop loop(int id) {
    return loops[id];
  }

  /// The state a rule begins in; rule 0 is the root.
  int start(int rule) {
    return starts[rule];
  }

  boolean isEnd(int state) {
    return ends[states[state].rule()] == state;
  }

  /// Whether a state is the end of its rule and nothing else, so that a call that returns to it
  /// need not be remembered.
  boolean isBareEnd(int state) {
    return isEnd(state) && states[state].leaf();
  }

  int rules() {
    return starts.length;
  }

  /// How far the states are from the end of their rules.
  Distances distances() {
    return distances;
  }

  /// Whether a rule contains the empty text.
  boolean nullable(int rule) {
    return distances.of(starts[rule]) == 0;
  }

  /// Whether a loop may be passed without reading anything.
  boolean nullable(Loop loop) {
    return loop.min() == 0 || nullable(loop.rule());
  }

  /// For each byte the class it belongs to: bytes of one class lead to the same places everywhere.
  byte[] byteClasses() {
    boolean[] cut = new boolean[257];
    cut[0] = true;
    for (State state : states) {
      for (ByteEdge edge : state.bytes()) {
        cut[edge.low()] = true;
        cut[edge.high() + 1] = true;
      }
    }
    byte[] classes = new byte[256];
    int current = -1;
    for (int b = 0; b < 256; b++) {
      current += cut[b] ? 1 : 0;
      classes[b] = (byte) current;
    }
    return classes;
  }
}
