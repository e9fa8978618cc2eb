package dev.freehold.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/// The fewest bytes from each state to the end of its rule, and how deep the calls on that way
/// nest.
///
/// Knuth's generalisation of Dijkstra's algorithm (Information Processing Letters 6, 1977): the
/// cost of a call is the distance of the rule called, which is known by the time it is needed,
/// because no sum is smaller than its parts.
final class Distances {

  /// What no text reaches.
  static final int UNREACHABLE = 1 << 30;

  /// @param deeper whether what is called nests: a call that returns to the bare end of its rule
  ///   need not be remembered
  private record Edge(int from, int target, int rule, int times, boolean deeper) {}

  private record Reached(int state, int distance) {}

  private final int[] distances;
  private final int[] heights;

  Distances(Network.State[] states, int[] starts, int[] ends, boolean[] available) {
    distances = new int[states.length];
    heights = new int[states.length];
    Arrays.fill(distances, UNREACHABLE);
    List<List<Edge>> into = new ArrayList<>();
    List<List<Edge>> through = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      into.add(new ArrayList<>(2));
    }
    for (int i = 0; i < starts.length; i++) {
      through.add(new ArrayList<>());
    }
    connect(states, ends, available, into, through);
    solve(states, starts, ends, into, through);
  }

  /// The fewest bytes, saturating at [#UNREACHABLE]; a control token counts as one.
  int of(int state) {
    return distances[state];
  }

  /// How many calls nest on the shortest way.
  int height(int state) {
    return heights[state];
  }

  static int sum(int a, int b) {
    return Math.min(a + b, UNREACHABLE);
  }

  static int product(int times, int distance) {
    return (int) Math.min((long) times * distance, UNREACHABLE);
  }

  private static void connect(
      Network.State[] states,
      int[] ends,
      boolean[] available,
      List<List<Edge>> into,
      List<List<Edge>> through) {
    for (int from = 0; from < states.length; from++) {
      Network.State state = states[from];
      for (Network.ByteEdge edge : state.bytes()) {
        if (anyOf(available, edge.low(), edge.high())) {
          into.get(edge.target()).add(new Edge(from, edge.target(), -1, 1, false));
        }
      }
      for (Network.ControlEdge edge : state.controls()) {
        into.get(edge.target()).add(new Edge(from, edge.target(), -1, 1, false));
      }
      for (int target : state.empty()) {
        into.get(target).add(new Edge(from, target, -1, 0, false));
      }
      for (Network.Call call : state.calls()) {
        boolean deeper = call.target() != ends[state.rule()] || !states[call.target()].leaf();
        through(new Edge(from, call.target(), call.rule(), 1, deeper), into, through);
      }
      for (Network.Loop loop : state.loops()) {
        if (loop.min() == 0) {
          into.get(loop.target()).add(new Edge(from, loop.target(), -1, 0, false));
        }
        through(
            new Edge(from, loop.target(), loop.rule(), Math.max(loop.min(), 1), true),
            into,
            through);
      }
    }
  }

  private static void through(Edge edge, List<List<Edge>> into, List<List<Edge>> through) {
    into.get(edge.target()).add(edge);
    through.get(edge.rule()).add(edge);
  }

  private static boolean anyOf(boolean[] available, int low, int high) {
    for (int b = low; b <= high; b++) {
      if (available[b]) {
        return true;
      }
    }
    return false;
  }

  private void solve(
      Network.State[] states,
      int[] starts,
      int[] ends,
      List<List<Edge>> into,
      List<List<Edge>> through) {
    PriorityQueue<Reached> queue =
        new PriorityQueue<>((a, b) -> Integer.compare(a.distance(), b.distance()));
    for (int end : ends) {
      distances[end] = 0;
      queue.add(new Reached(end, 0));
    }
    boolean[] done = new boolean[states.length];
    while (!queue.isEmpty()) {
      int state = queue.remove().state();
      if (done[state]) {
        continue;
      }
      done[state] = true;
      for (Edge edge : into.get(state)) {
        if (edge.rule() < 0 || done[starts[edge.rule()]]) {
          relax(edge, starts, queue);
        }
      }
      int rule = states[state].rule();
      if (starts[rule] == state) {
        for (Edge edge : through.get(rule)) {
          if (done[edge.target()]) {
            relax(edge, starts, queue);
          }
        }
      }
    }
  }

  private void relax(Edge edge, int[] starts, PriorityQueue<Reached> queue) {
    int cost = edge.rule() < 0 ? edge.times() : product(edge.times(), of(starts[edge.rule()]));
    int distance = sum(cost, of(edge.target()));
    if (distance < distances[edge.from()]) {
      distances[edge.from()] = distance;
      int inside = edge.rule() < 0 ? 0 : (edge.deeper() ? 1 : 0) + heights[starts[edge.rule()]];
      heights[edge.from()] = Math.max(heights[edge.target()], inside);
      queue.add(new Reached(edge.from(), distance));
    }
  }
}
