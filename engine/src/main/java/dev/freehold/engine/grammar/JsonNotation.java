package dev.freehold.engine.grammar;

import dev.freehold.engine.grammar.Expression.Member;
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
    var text = new StringBuilder();
    write(value, text);
    return Expression.text(text.toString());
  }

  private static void write(JsonNode value, StringBuilder text) {
    if (value.isString()) {
      text.append('"').append(JsonText.escape(value.stringValue())).append('"');
    } else if (value.isArray()) {
      char before = '[';
      for (JsonNode item : value) {
        write(item, text.append(before));
        before = ',';
      }
      text.append(value.isEmpty() ? "[]" : "]");
    } else if (value.isObject()) {
      char before = '{';
      for (String name : value.propertyNames()) {
        text.append(before).append('"').append(JsonText.escape(name)).append("\":");
        write(value.get(name), text);
        before = ',';
      }
      text.append(value.isEmpty() ? "{}" : "}");
    } else {
      text.append(value.isNull() ? "null" : value.asString());
    }
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
