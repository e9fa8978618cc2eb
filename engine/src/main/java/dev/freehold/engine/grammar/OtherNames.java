package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.sequence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The beginnings of names, letter by letter, for saying which names are none of them.
final class OtherNames {

  private final Map<Integer, OtherNames> next = new TreeMap<>();
  private boolean end;

  private OtherNames() {}

  /// Names of such letters that are none of these.
  ///
  /// @param more most letters behind the first that makes a name another, or [Expression#UNBOUNDED]
  static Expression than(Set<String> names, CodePoints letters, int more) {
    var root = new OtherNames();
    names.forEach(root::add);
    return root.others(letters, more);
  }

  /// How many letters there are where those that several names begin with are counted once.
  static int letters(Set<String> names) {
    int letters = 0;
    String last = "";
    for (String name : new TreeSet<>(names)) {
      int same = 0;
      while (same < Math.min(last.length(), name.length())
          && last.charAt(same) == name.charAt(same)) {
        same++;
      }
      letters += name.codePointCount(same, name.length());
      last = name;
    }
    return letters;
  }

  private void add(String name) {
    OtherNames at = this;
    for (int letter : name.codePoints().toArray()) {
      at = at.next.computeIfAbsent(letter, _ -> new OtherNames());
    }
    at.end = true;
  }

  private Expression others(CodePoints letters, int more) {
    List<Expression> ways = new ArrayList<>();
    List<CodePoints> known = new ArrayList<>();
    for (Map.Entry<Integer, OtherNames> letter : next.entrySet()) {
      CodePoints one = CodePoints.of(letter.getKey(), letter.getKey());
      known.add(one);
      if (letters.contains(letter.getKey())) {
        ways.add(sequence(new Expression.Characters(one), letter.getValue().others(letters, more)));
      }
    }
    ways.add(
        sequence(
            new Expression.Characters(letters.minus(CodePoints.anyOf(known))),
            new Expression.Repeat(new Expression.Characters(letters), 0, more)));
    if (!end) {
      ways.add(Expression.EMPTY);
    }
    return new Expression.Choice(ways);
  }
}
