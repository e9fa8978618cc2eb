package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.sequence;
import static dev.freehold.engine.grammar.Expression.text;

import dev.freehold.engine.grammar.Expression.Member;
import dev.freehold.engine.grammar.Expression.Members;
import dev.freehold.engine.grammar.Expression.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What Gemma writes in its calls: names bare, strings as they are between two control tokens,
/// nothing between what JSON would part by blanks.
///
/// @param quote the control token around strings
record GemmaNotation(String quote) implements Notation {

  private static final String VALUE = "gemma value";
  private static final String OBJECT = "gemma object";
  private static final String ARRAY = "gemma array";
  private static final Pattern BARE = Pattern.compile("[\\p{L}\\p{N}_.$-]{1,200}");
  private static final CodePoints LETTERS =
      CodePoints.of('a', 'z').plus(CodePoints.of('A', 'Z')).plus(CodePoints.anyOf("_0123456789"));

  private Expression quoted(Expression characters) {
    var mark = new Expression.Control(quote);
    return sequence(mark, characters, mark);
  }

  @Override
  public Map<String, Expression> rules() {
    return Map.of(
        VALUE,
        Expression.choice(
            anyObject(),
            new Rule(ARRAY),
            string(0, Expression.UNBOUNDED),
            JsonText.ANY_NUMBER,
            flag(),
            nothing()),
        OBJECT,
        object(List.of(new Member(member(nameOtherThan(Set.of()), any()), false, true))),
        ARRAY,
        array(new Members(comma(), List.of(new Member(any(), false, true)))));
  }

  @Override
  public Expression any() {
    return new Rule(VALUE);
  }

  @Override
  public Expression anyObject() {
    return new Rule(OBJECT);
  }

  @Override
  public Expression string(int min, int max) {
    return quoted(new Expression.Repeat(new Expression.Characters(CodePoints.ALL), min, max));
  }

  @Override
  public Expression string(Expression characters) {
    return quoted(characters);
  }

  @Override
  public Expression flag() {
    return JsonText.BOOLEAN;
  }

  @Override
  public Expression nothing() {
    return JsonText.NULL;
  }

  @Override
  public Expression constant(JsonNode value) {
    if (value.isString()) {
      return quoted(text(value.stringValue()));
    }
    List<Expression> parts = new ArrayList<>();
    if (value.isArray()) {
      for (JsonNode item : value) {
        parts.add(constant(item));
      }
      return sequence(text("["), joined(parts), text("]"));
    }
    if (value.isObject()) {
      for (String name : value.propertyNames()) {
        parts.add(member(name(name), constant(value.get(name))));
      }
      return sequence(text("{"), joined(parts), text("}"));
    }
    return text(value.toString());
  }

  private Expression joined(List<Expression> parts) {
    List<Expression> all = new ArrayList<>();
    for (Expression part : parts) {
      if (!all.isEmpty()) {
        all.add(comma());
      }
      all.add(part);
    }
    return new Expression.Sequence(all);
  }

  @Override
  public Expression name(String name) {
    return BARE.matcher(name).matches() ? text(name) : quoted(text(name));
  }

  @Override
  public Expression nameOtherThan(Set<String> names) {
    Set<String> all = new java.util.HashSet<>(names);
    all.add("");
    return OtherNames.than(all, LETTERS, 40);
  }

  @Override
  public Expression member(Expression name, Expression value) {
    return sequence(name, text(":"), value);
  }

  @Override
  public Expression object(List<Member> members) {
    return sequence(text("{"), new Members(comma(), members), text("}"));
  }

  @Override
  public Expression array(Expression items) {
    return sequence(text("["), items, text("]"));
  }

  @Override
  public Expression comma() {
    return text(",");
  }
}
