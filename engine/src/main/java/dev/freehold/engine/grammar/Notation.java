package dev.freehold.engine.grammar;

import dev.freehold.engine.grammar.Expression.Member;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// How values are written: in JSON, or in what a family of models was taught to write instead.
/// Numbers are the same everywhere. Immutable.
sealed interface Notation permits JsonNotation, GemmaNotation, RawNotation {

  /// What the expressions below refer to.
  Map<String, Expression> rules();

  /// Any value.
  Expression any();

  /// Any object.
  Expression anyObject();

  /// A string of so many characters.
  ///
  /// @param max most of them, or [Expression#UNBOUNDED]
  Expression string(int min, int max);

  /// A string whose characters an expression describes.
  Expression string(Expression characters);

  /// True or false.
  Expression flag();

  /// Null.
  Expression nothing();

  /// This value and no other.
  Expression constant(JsonNode value);

  /// The name of a property.
  Expression name(String name);

  /// The name of a property that is none of these.
  Expression nameOtherThan(Set<String> names);

  /// A property.
  Expression member(Expression name, Expression value);

  /// An object of these properties.
  Expression object(List<Member> members);

  /// An array of these items.
  Expression array(Expression items);

  /// What stands between properties and items.
  Expression comma();
}
