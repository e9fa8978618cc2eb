package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Finds rules that come back to themselves before anything is consumed.
final class LeftRecursion {

  private LeftRecursion() {}

  /// @throws InvalidRequest where there is one, naming it
  static void refuse(Network network, List<String> names, String field) {
    int rules = network.rules();
    List<List<Integer>> called = new ArrayList<>();
    int[] callers = new int[rules];
    for (int rule = 0; rule < rules; rule++) {
      List<Integer> first = calledFirst(network, rule);
      called.add(first);
      first.forEach(other -> callers[other]++);
    }
    Deque<Integer> free = new ArrayDeque<>();
    for (int rule = 0; rule < rules; rule++) {
      if (callers[rule] == 0) {
        free.add(rule);
      }
    }
    int ordered = 0;
    while (!free.isEmpty()) {
      ordered++;
      for (int other : called.get(free.remove())) {
        if (--callers[other] == 0) {
          free.add(other);
        }
      }
    }
    if (ordered < rules) {
      int rule = 0;
      while (callers[rule] == 0) {
        rule++;
      }
      throw new InvalidRequest(
          "%s comes back to %s before anything is written."
              .formatted(field, names.get(onCycle(rule, called, callers))),
          field);
    }
  }

  /// A rule that is left over may only lead from a cycle; going back ends on one.
  private static int onCycle(int from, List<List<Integer>> called, int[] callers) {
    int[] caller = new int[callers.length];
    for (int rule = 0; rule < callers.length; rule++) {
      if (callers[rule] > 0) {
        for (int other : called.get(rule)) {
          caller[other] = rule;
        }
      }
    }
    int at = from;
    for (int i = 0; i < callers.length; i++) {
      at = caller[at];
    }
    return at;
  }

  /// The rules that one may call before it has read anything.
  private static List<Integer> calledFirst(Network network, int rule) {
    List<Integer> first = new ArrayList<>();
    boolean[] seenRule = new boolean[network.rules()];
    java.util.BitSet seen = new java.util.BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    open.add(network.start(rule));
    while (!open.isEmpty()) {
      int at = open.remove();
      if (seen.get(at)) {
        continue;
      }
      seen.set(at);
      Network.State state = network.state(at);
      for (int target : state.empty()) {
        open.add(target);
      }
      for (Network.Call call : state.calls()) {
        note(call.rule(), seenRule, first);
        if (network.nullable(call.rule())) {
          open.add(call.target());
        }
      }
      for (Network.Loop loop : state.loops()) {
        note(loop.rule(), seenRule, first);
        if (network.nullable(loop)) {
          open.add(loop.target());
        }
      }
    }
    return first;
  }

  private static void note(int rule, boolean[] seen, List<Integer> first) {
    if (!seen[rule]) {
      seen[rule] = true;
      first.add(rule);
    }
  }
}
