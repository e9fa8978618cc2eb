package dev.freehold.engine.grammar;

import dev.freehold.engine.grammar.Expression.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// JSON, as [JsonText] writes it.
enum JsonNotation implements Notation {
  JSON;

  @Override
  public Map<String, Expression> rules() {
    return JsonText.rules();
  }

  @Override
  public Expression any() {
    return JsonText.ANY;
  }

  @Override
  public Expression anyObject() {
    return JsonText.ANY_OBJECT;
  }

  @Override
  public Expression string(int min, int max) {
    return JsonText.string(new Expression.StringCharacters(min, max));
  }

  @Override
  public Expression string(Expression characters) {
    return JsonText.string(TextLengths.escaped(characters));
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
    return Expression.text(written(value));
  }

  private static String written(JsonNode value) {
    if (value.isString()) {
      return '"' + JsonText.escape(value.stringValue()) + '"';
    }
    if (value.isArray()) {
      List<String> items = value.valueStream().map(JsonNotation::written).toList();
      return "[" + String.join(",", items) + "]";
    }
    if (value.isObject()) {
      List<String> members = new ArrayList<>();
      for (String name : value.propertyNames()) {
        members.add('"' + JsonText.escape(name) + "\":" + written(value.get(name)));
      }
      return "{" + String.join(",", members) + "}";
    }
    return value.toString();
  }

  @Override
  public Expression name(String name) {
    return Expression.text('"' + JsonText.escape(name) + '"');
  }

  @Override
  public Expression nameOtherThan(Set<String> names) {
    return names.isEmpty()
        ? JsonText.ANY_STRING
        : JsonText.string(OtherNames.than(names, CodePoints.PLAIN, Expression.UNBOUNDED));
  }

  @Override
  public Expression member(Expression name, Expression value) {
    return JsonText.member(name, value);
  }

  @Override
  public Expression object(List<Member> members) {
    return JsonText.object(members);
  }

  @Override
  public Expression array(Expression items) {
    return JsonText.array(items);
  }

  @Override
  public Expression comma() {
    return JsonText.COMMA;
  }
}
