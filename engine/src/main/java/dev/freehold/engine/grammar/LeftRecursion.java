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
    // Which rule saw it last: clearing what was seen for each would take their square.
    int[] seenBy = new int[rules];
    int[] stateSeenBy = new int[network.size()];
    for (int rule = 0; rule < rules; rule++) {
      List<Integer> first = calledFirst(network, rule, seenBy, stateSeenBy);
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
  private static List<Integer> calledFirst(
      Network network, int rule, int[] seenBy, int[] stateSeenBy) {
    List<Integer> first = new ArrayList<>();
    Deque<Integer> open = new ArrayDeque<>();
    open.add(network.start(rule));
    while (!open.isEmpty()) {
      int at = open.remove();
      if (stateSeenBy[at] == rule + 1) {
        continue;
      }
      stateSeenBy[at] = rule + 1;
      Network.State state = network.state(at);
      for (int target : state.empty()) {
        open.add(target);
      }
      for (Network.Call call : state.calls()) {
        note(call.rule(), rule, seenBy, first);
        if (network.nullable(call.rule())) {
          open.add(call.target());
        }
      }
      for (Network.Loop loop : state.loops()) {
        note(loop.rule(), rule, seenBy, first);
        if (network.nullable(loop)) {
          open.add(loop.target());
        }
      }
    }
    return first;
  }

  private static void note(int called, int by, int[] seenBy, List<Integer> first) {
    if (seenBy[called] != by + 1) {
      seenBy[called] = by + 1;
      first.add(called);
    }
  }
}
