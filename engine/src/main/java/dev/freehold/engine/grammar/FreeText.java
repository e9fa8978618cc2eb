package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.sequence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Text that is free until a mark is complete: after Aho and Corasick (Communications of the ACM
/// 18, 1975) a rule for each beginning of a mark that the text may end with. The rules call each
/// other in last place only, so that free text makes no stack grow.
final class FreeText {

  /// Where free text ends.
  ///
  /// @param text ends it; empty where `control` does
  /// @param control a control token that ends it; empty where `text` does
  /// @param first whether it does only where nothing but white space was written before
  /// @param then what follows
  record Mark(String text, String control, boolean first, Expression then) {

    static Mark text(String text, Expression then) {
      return new Mark(text, "", false, then);
    }

    static Mark control(String token, Expression then) {
      return new Mark("", token, false, then);
    }

    Mark atFirst() {
      return new Mark(text, control, true, then);
    }
  }

  private record State(boolean first, String tail) {}

  private final String name;
  private final List<Mark> marks;
  private final boolean mayEnd;
  private final Deque<State> open = new ArrayDeque<>();
  private final Map<State, String> names = new LinkedHashMap<>();
  private final Set<Integer> letters = new TreeSet<>();

  private FreeText(String name, List<Mark> marks, boolean mayEnd) {
    this.name = name;
    this.marks = marks;
    this.mayEnd = mayEnd;
    marks.forEach(mark -> mark.text().codePoints().forEach(letters::add));
    if (marks.stream().anyMatch(Mark::first)) {
      " \n\r\t".codePoints().forEach(letters::add);
    }
  }

  /// Free text.
  ///
  /// @param name of its first rule, and before the names of the others
  /// @param marks where it goes on otherwise
  /// @param mayEnd whether the whole answer may end within it
  /// @param rules are added to
  static Expression until(
      String name, List<Mark> marks, boolean mayEnd, Map<String, Expression> rules) {
    var text = new FreeText(name, marks, mayEnd);
    Expression start = text.rule(new State(marks.stream().anyMatch(Mark::first), ""));
    while (!text.open.isEmpty()) {
      State state = text.open.remove();
      rules.put(text.rule(state).name(), text.body(state));
    }
    rules.put(name, start);
    return new Expression.Rule(name);
  }

  private Expression.Rule rule(State state) {
    String known = names.get(state);
    if (known == null) {
      known = "%s %d".formatted(name, names.size());
      names.put(state, known);
      open.add(state);
    }
    return new Expression.Rule(known);
  }

  private Expression body(State state) {
    List<Expression> ways = new ArrayList<>();
    if (mayEnd) {
      ways.add(Expression.EMPTY);
    }
    for (Mark mark : marks) {
      if (!mark.control().isEmpty() && (!mark.first() || state.first())) {
        ways.add(sequence(new Expression.Control(mark.control()), mark.then()));
      }
    }
    Map<State, CodePoints> next = new LinkedHashMap<>();
    CodePoints others = CodePoints.ALL;
    for (int letter : letters) {
      CodePoints one = CodePoints.of(letter, letter);
      others = others.minus(one);
      String text = state.tail() + Character.toString(letter);
      Mark complete = complete(text, state.first());
      if (complete == null) {
        next.merge(after(state, letter, text), one, CodePoints::plus);
      } else {
        ways.add(sequence(new Expression.Characters(one), complete.then()));
      }
    }
    next.merge(new State(false, ""), others, CodePoints::plus);
    next.forEach((to, set) -> ways.add(sequence(new Expression.Characters(set), rule(to))));
    return new Expression.Choice(ways);
  }

  private @org.jspecify.annotations.Nullable Mark complete(String text, boolean first) {
    for (Mark mark : marks) {
      boolean here =
          !mark.text().isEmpty()
              && (mark.first() ? first && text.equals(mark.text()) : text.endsWith(mark.text()));
      if (here) {
        return mark;
      }
    }
    return null;
  }

  private State after(State state, int letter, String text) {
    boolean blank = " \n\r\t".indexOf(letter) >= 0;
    if (state.first() && state.tail().isEmpty() && blank) {
      return state;
    }
    boolean first =
        state.first()
            && marks.stream().anyMatch(mark -> mark.first() && mark.text().startsWith(text));
    for (int from = 0; from < text.length(); from = text.offsetByCodePoints(from, 1)) {
      String tail = text.substring(from);
      boolean whole = first && from == 0;
      boolean begins =
          marks.stream().anyMatch(mark -> (!mark.first() || whole) && mark.text().startsWith(tail));
      if (begins) {
        return new State(first, tail);
      }
    }
    return new State(false, "");
  }
}
