package dev.freehold.engine.grammar;

import dev.freehold.engine.grammar.Expression.Member;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A string as it is, on one line and without anything that could be taken for markup. Everything
/// else is JSON.
enum RawNotation implements Notation {
  RAW;

  private static final CodePoints LETTERS = CodePoints.ALL.minus(CodePoints.anyOf("<\n"));

  @Override
  public Expression string(int min, int max) {
    return new Expression.Repeat(new Expression.Characters(LETTERS), min, max);
  }

  @Override
  public Expression string(Expression characters) {
    return narrowed(characters);
  }

  @Override
  public Expression constant(JsonNode value) {
    return value.isString() ? text(value.stringValue()) : JsonNotation.JSON.constant(value);
  }

  private static Expression text(String text) {
    return text.codePoints().allMatch(LETTERS::contains)
        ? Expression.text(text)
        : Expression.NOTHING;
  }

  /// The texts of a regular expression that are made of such letters.
  private static Expression narrowed(Expression expression) {
    return switch (expression) {
      case Expression.Bytes(byte[] bytes) -> text(new String(bytes, StandardCharsets.UTF_8));
      case Expression.Characters(CodePoints set) -> new Expression.Characters(set.and(LETTERS));
      case Expression.Sequence(List<Expression> parts) ->
          new Expression.Sequence(parts.stream().map(RawNotation::narrowed).toList());
      case Expression.Choice(List<Expression> parts) ->
          new Expression.Choice(parts.stream().map(RawNotation::narrowed).toList());
      case Expression.Repeat(Expression body, int min, int max) ->
          new Expression.Repeat(narrowed(body), min, max);
      case Expression.StringCharacters _,
          Expression.Members _,
          Expression.Rule _,
          Expression.Control _ ->
          throw new IllegalArgumentException("no part of a regular expression");
    };
  }

  @Override
  public Map<String, Expression> rules() {
    return JsonNotation.JSON.rules();
  }

  @Override
  public Expression any() {
    return JsonNotation.JSON.any();
  }

  @Override
  public Expression anyObject() {
    return JsonNotation.JSON.anyObject();
  }

  @Override
  public Expression flag() {
    return JsonNotation.JSON.flag();
  }

  @Override
  public Expression nothing() {
    return JsonNotation.JSON.nothing();
  }

  @Override
  public Expression name(String name) {
    return JsonNotation.JSON.name(name);
  }

  @Override
  public Expression nameOtherThan(Set<String> names) {
    return JsonNotation.JSON.nameOtherThan(names);
  }

  @Override
  public Expression member(Expression name, Expression value) {
    return JsonNotation.JSON.member(name, value);
  }

  @Override
  public Expression object(List<Member> members) {
    return JsonNotation.JSON.object(members);
  }

  @Override
  public Expression array(Expression items) {
    return JsonNotation.JSON.array(items);
  }

  @Override
  public Expression comma() {
    return JsonNotation.JSON.comma();
  }
}
