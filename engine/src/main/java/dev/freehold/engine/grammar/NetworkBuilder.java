package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Builds the [Network] of a [Grammar], after Thompson (Communications of the ACM 11, 1968).
///
/// Short repetitions are written out, longer ones become counted edges, so that what is built is
/// never larger than a small multiple of what was written.
final class NetworkBuilder {

  /// Most states of a network.
  static final int MOST_STATES = 40_000;

  /// Deepest nesting of calls that a text cannot do without.
  static final int DEEPEST = 200;

  /// Repetitions of up to so many characters in all are written out.
  private static final int WRITTEN_OUT = 48;

  /// One character of a JSON string, for counted ones.
  private static final Expression STRING_CHARACTER = JsonText.stringCharacter();

  private record Work(int rule, Expression body) {}

  /// The edges of a state that is being built. Most states have one edge, so that there are no
  /// lists for those that are not there.
  private static final class Draft {
    private static final Network.ByteEdge[] NO_BYTES = {};
    private static final Network.ControlEdge[] NO_CONTROLS = {};
    private static final int[] NO_EMPTY = {};
    private static final Network.Call[] NO_CALLS = {};
    private static final Network.Loop[] NO_LOOPS = {};

    private final int rule;
    private @Nullable List<Network.ByteEdge> bytes;
    private @Nullable List<Network.ControlEdge> controls;
    private @Nullable IntList empty;
    private @Nullable List<Network.Call> calls;
    private @Nullable List<Network.Loop> loops;
    private boolean endless;

    Draft(int rule) {
      this.rule = rule;
    }

    void add(Network.ByteEdge edge) {
      if (bytes == null) {
        bytes = new ArrayList<>(1);
      }
      bytes.add(edge);
    }

    void add(Network.ControlEdge edge) {
      if (controls == null) {
        controls = new ArrayList<>(1);
      }
      controls.add(edge);
    }

    void addEmpty(int target) {
      if (empty == null) {
        empty = new IntList();
      }
      empty.add(target);
    }

    void add(Network.Call call) {
      if (calls == null) {
        calls = new ArrayList<>(1);
      }
      calls.add(call);
    }

    void add(Network.Loop loop) {
      if (loops == null) {
        loops = new ArrayList<>(1);
      }
      loops.add(loop);
    }

    Network.State state() {
      return new Network.State(
          rule,
          bytes == null ? NO_BYTES : bytes.toArray(Network.ByteEdge[]::new),
          controls == null ? NO_CONTROLS : controls.toArray(Network.ControlEdge[]::new),
          empty == null ? NO_EMPTY : empty.toArray(),
          calls == null ? NO_CALLS : calls.toArray(Network.Call[]::new),
          loops == null ? NO_LOOPS : loops.toArray(Network.Loop[]::new),
          endless);
    }
  }

  private final Grammar grammar;
  private final ToIntFunction<String> controls;
  private final String field;
  private final List<Draft> drafts = new ArrayList<>();
  private final List<Network.Loop> loops = new ArrayList<>();
  private final IntList starts = new IntList();
  private final IntList ends = new IntList();
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> rules = new HashMap<>();
  private final Deque<Work> work = new ArrayDeque<>();
  private int stringCharacter = -1;

  private NetworkBuilder(Grammar grammar, ToIntFunction<String> controls, String field) {
    this.grammar = grammar;
    this.controls = controls;
    this.field = field;
  }

  /// The network of a grammar.
  ///
  /// @param available the bytes that a token exists for
  /// @param controls finds a control token by its text; -1 where there is none
  /// @param field the field of the request that the grammar came in, for errors
  /// @throws InvalidRequest where the grammar is too large, refers to itself before anything is
  ///   consumed, or contains no text at all
  static Network build(
      Grammar grammar, boolean[] available, ToIntFunction<String> controls, String field) {
    return new NetworkBuilder(grammar, controls, field).build(available);
  }

  private Network build(boolean[] available) {
    rule(grammar.root());
    while (!work.isEmpty()) {
      Work next = work.remove();
      draw(next.body(), starts.get(next.rule()), ends.get(next.rule()));
    }
    var network =
        new Network(
            drafts.stream().map(Draft::state).toArray(Network.State[]::new),
            loops.toArray(Network.Loop[]::new),
            starts.toArray(),
            ends.toArray(),
            available);
    LeftRecursion.refuse(network, names, field);
    int start = network.start(0);
    if (network.distances().of(start) >= Distances.UNREACHABLE) {
      throw new InvalidRequest(
          "%s admits no text, or none short enough to be written.".formatted(field), field);
    }
    if (network.distances().height(start) > DEEPEST) {
      throw new InvalidRequest(
          "%s nests deeper than %d at its least.".formatted(field, DEEPEST), field);
    }
    return network;
  }

  private int rule(String name) {
    Integer known = rules.get(name);
    if (known != null) {
      return known;
    }
    Expression body = grammar.rules().get(name);
    if (body == null) {
      throw new InvalidRequest(
          "%s names the rule %s, which it lacks.".formatted(field, name), field);
    }
    int rule = newRule(name, body);
    rules.put(name, rule);
    return rule;
  }

  private int newRule(String name, Expression body) {
    int rule = starts.size();
    names.add(name);
    starts.add(newState(rule));
    ends.add(newState(rule));
    work.add(new Work(rule, body));
    return rule;
  }

  private int newState(int rule) {
    if (drafts.size() >= MOST_STATES) {
      throw new InvalidRequest(
          "%s is too large: it takes more than %d states.".formatted(field, MOST_STATES), field);
    }
    drafts.add(new Draft(rule));
    return drafts.size() - 1;
  }

  private int newStateBeside(int state) {
    return newState(drafts.get(state).rule);
  }

  /// Draws the edges that lead from one state to another through an expression. `from` may have
  /// other edges and `to` may be entered otherwise, but nothing drawn here comes back to `from`.
  private void draw(Expression expression, int from, int to) {
    switch (expression) {
      case Expression.Bytes(byte[] bytes) -> drawBytes(bytes, from, to);
      case Expression.Characters(CodePoints set) -> drawCharacters(set, from, to);
      case Expression.StringCharacters characters -> drawString(characters, from, to);
      case Expression.Sequence(List<Expression> parts) -> {
        int at = from;
        for (int i = 0; i < parts.size(); i++) {
          int next = i == parts.size() - 1 ? to : newStateBeside(from);
          draw(parts.get(i), at, next);
          at = next;
        }
        if (parts.isEmpty()) {
          drafts.get(from).addEmpty(to);
        }
      }
      case Expression.Choice(List<Expression> parts) -> drawChoice(parts, from, to);
      case Expression.Repeat repeat -> drawRepeat(repeat, from, to);
      case Expression.Members members -> drawMembers(members, from, to);
      case Expression.Rule(String name) -> drafts.get(from).add(new Network.Call(rule(name), to));
      case Expression.Control(String token) -> {
        int id = controls.applyAsInt(token);
        if (id < 0) {
          throw new InvalidRequest(
              "%s needs the token %s, which this model lacks.".formatted(field, token), field);
        }
        drafts.get(from).add(new Network.ControlEdge(id, to));
      }
    }
  }

  private void drawBytes(byte[] bytes, int from, int to) {
    if (bytes.length == 0) {
      drafts.get(from).addEmpty(to);
    }
    int at = from;
    for (int i = 0; i < bytes.length; i++) {
      int next = i == bytes.length - 1 ? to : newStateBeside(from);
      int b = bytes[i] & 0xFF;
      drafts.get(at).add(new Network.ByteEdge(b, b, next));
      at = next;
    }
  }

  private void drawCharacters(CodePoints set, int from, int to) {
    Map<List<Utf8Ranges.Step>, Integer> tails = new HashMap<>();
    Utf8Ranges.of(
        set,
        steps -> {
          int next = to;
          for (int i = steps.size() - 1; i > 0; i--) {
            List<Utf8Ranges.Step> tail = List.copyOf(steps.subList(i, steps.size()));
            Integer known = tails.get(tail);
            if (known == null) {
              known = newStateBeside(from);
              tails.put(tail, known);
              drafts
                  .get(known)
                  .add(new Network.ByteEdge(steps.get(i).low(), steps.get(i).high(), next));
            }
            next = known;
          }
          Utf8Ranges.Step first = steps.getFirst();
          drafts.get(from).add(new Network.ByteEdge(first.low(), first.high(), next));
        });
  }

  private void drawString(Expression.StringCharacters characters, int from, int to) {
    int at = from;
    if (characters.max() != Expression.UNBOUNDED || characters.min() > 0) {
      if (stringCharacter < 0) {
        stringCharacter = newRule("string character", STRING_CHARACTER);
      }
      boolean bounded = characters.max() != Expression.UNBOUNDED;
      at = bounded ? to : newStateBeside(from);
      int max = bounded ? characters.max() : characters.min();
      if (max == 0) {
        drafts.get(from).addEmpty(at);
      } else {
        addLoop(
            from, stringCharacter, characters.min(), max, at, bounded ? max : Integer.MAX_VALUE);
      }
    }
    if (characters.max() == Expression.UNBOUNDED) {
      int loop = newStateBeside(from);
      drafts.get(at).addEmpty(loop);
      drafts.get(loop).endless = true;
      draw(STRING_CHARACTER, loop, loop);
      drafts.get(loop).addEmpty(to);
    }
  }

  private void addLoop(int from, int rule, int min, int max, int to, int characters) {
    var loop = new Network.Loop(loops.size(), rule, min, max, to, characters);
    loops.add(loop);
    drafts.get(from).add(loop);
  }

  /// Fixed texts share their beginnings, so that a long list of them stays one state wide.
  private void drawChoice(List<Expression> parts, int from, int to) {
    Map<Long, Integer> beginnings = new HashMap<>();
    for (Expression part : parts) {
      if (part instanceof Expression.Bytes(byte[] bytes) && bytes.length > 0) {
        int at = from;
        for (int i = 0; i < bytes.length - 1; i++) {
          int b = bytes[i] & 0xFF;
          long key = (long) at << 8 | b;
          Integer known = beginnings.get(key);
          if (known == null) {
            known = newStateBeside(from);
            beginnings.put(key, known);
            drafts.get(at).add(new Network.ByteEdge(b, b, known));
          }
          at = known;
        }
        int last = bytes[bytes.length - 1] & 0xFF;
        drafts.get(at).add(new Network.ByteEdge(last, last, to));
      } else {
        draw(part, from, to);
      }
    }
  }

  /// A chain of places where a member may begin, which those that need not come let pass. Behind a
  /// member comes the end, or a separator and the rest of the chain.
  private void drawMembers(Expression.Members all, int from, int to) {
    List<Expression.Member> members = all.members();
    int lastRequired = members.size() - 1;
    while (lastRequired >= 0 && !members.get(lastRequired).required()) {
      lastRequired--;
    }
    if (lastRequired < 0) {
      drafts.get(from).addEmpty(to);
    }
    int at = newStateBeside(from);
    drafts.get(from).addEmpty(at);
    for (int i = 0; i < members.size(); i++) {
      Expression.Member member = members.get(i);
      int before = newStateBeside(from);
      int after = newStateBeside(from);
      int next = newStateBeside(from);
      drafts.get(at).addEmpty(before);
      if (!member.required()) {
        drafts.get(at).addEmpty(next);
      }
      draw(member.body(), before, after);
      if (i >= lastRequired) {
        drafts.get(after).addEmpty(to);
      }
      if (member.repeated()) {
        int again = newStateBeside(from);
        draw(all.separator(), after, again);
        drafts.get(again).addEmpty(before);
        drafts.get(again).addEmpty(next);
      } else if (i < members.size() - 1) {
        draw(all.separator(), after, next);
      }
      at = next;
    }
  }

  private void drawRepeat(Expression.Repeat repeat, int from, int to) {
    Expression body = repeat.body();
    int min = repeat.min();
    int max = repeat.max();
    int copies = max == Expression.UNBOUNDED ? Math.max(min, 1) : max;
    if (copies > 1 && (long) copies * weight(body) > WRITTEN_OUT) {
      addLoop(from, newRule("a repetition", body), min, max, to, 0);
      return;
    }
    int at = from;
    for (int i = 0; i < min; i++) {
      int next = newStateBeside(from);
      draw(body, at, next);
      at = next;
    }
    if (max == Expression.UNBOUNDED) {
      int loop = newStateBeside(from);
      drafts.get(at).addEmpty(loop);
      draw(body, loop, loop);
      drafts.get(loop).addEmpty(to);
      return;
    }
    drafts.get(at).addEmpty(to);
    for (int i = min; i < max; i++) {
      int next = newStateBeside(from);
      draw(body, at, next);
      drafts.get(next).addEmpty(to);
      at = next;
    }
  }

  /// About how many states an expression takes.
  private static int weight(Expression expression) {
    return switch (expression) {
      case Expression.Bytes(byte[] bytes) -> Math.max(1, bytes.length);
      case Expression.Characters(CodePoints set) -> set.ranges().size();
      case Expression.StringCharacters _, Expression.Rule _, Expression.Control _ -> 4;
      case Expression.Sequence(List<Expression> parts) -> weight(parts);
      case Expression.Choice(List<Expression> parts) -> weight(parts);
      case Expression.Members(Expression separator, List<Expression.Member> members) ->
          weight(separator) + weight(members.stream().map(Expression.Member::body).toList());
      case Expression.Repeat repeat ->
          Math.min(
              WRITTEN_OUT + 1,
              weight(repeat.body()) * Math.clamp(Math.max(repeat.min(), repeat.max()), 1, 64));
    };
  }

  private static int weight(List<Expression> parts) {
    int sum = 0;
    for (Expression part : parts) {
      sum += weight(part);
      if (sum > WRITTEN_OUT) {
        break;
      }
    }
    return Math.max(1, sum);
  }
}
