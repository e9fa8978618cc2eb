package dev.freehold.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is made to be expensive is refused or stays within its bounds. Work is counted, not timed.
class PathologicalGrammarsTest {

  private static ResponseFormat schema(String schema) {
    return new ResponseFormat.JsonSchema("s", schema);
  }

  private static ResponseFormat regex(String expression) {
    return new ResponseFormat.Regex(expression);
  }

  /// Follows a grammar for some tokens, and sees that none takes more work than it may.
  private static void follow(ResponseFormat format, int steps) {
    Automaton automaton =
        Automaton.of(FormatGrammar.of(format).orElseThrow(), RealTokens.LEXICON, "field");
    var random = new Random(9);
    Node at = automaton.machine().initial();
    assertThat(automaton.machine().work()).isLessThan(Automaton.MOST_WORK);
    for (int i = 0; i < steps && !at.complete(); i++) {
      long before = automaton.machine().work();
      TokenMask mask = automaton.mask(at);
      assertThat(automaton.machine().work() - before)
          .as("work for token %d", i)
          .isLessThan(Automaton.MOST_WORK * 3 / 2);
      List<Integer> allowed = new ArrayList<>();
      for (int token = 0; token < RealTokens.LEXICON.size(); token++) {
        if (mask.has(token)) {
          allowed.add(token);
        }
      }
      assertThat(allowed).isNotEmpty();
      at = automaton.step(at, allowed.get(random.nextInt(allowed.size())));
      assertThat(at.distance).isLessThan(Distances.UNREACHABLE);
    }
  }

  private static void refused(ResponseFormat format) {
    assertThatThrownBy(
            () -> Automaton.of(FormatGrammar.of(format).orElseThrow(), RealTokens.LEXICON, "field"))
        .isInstanceOf(InvalidRequest.class);
  }

  @Test
  void expressionsThatRuinABacktracker() {
    follow(regex("(a*)*b"), 20);
    follow(regex("(a|a)*b"), 20);
    follow(regex("(a|aa)+c"), 40);
    follow(regex("(.*.*.*.*.*.*.*.*)*x"), 10);
    follow(regex("(\\w+\\s?)+z"), 10);
    follow(regex("(a?){50}a{50}"), 40);
  }

  @Test
  void expressionsThatRuinADeterminiser() {
    follow(regex("[ab]*a[ab]{20}"), 30);
    follow(regex("(.*a.{30}|.*b.{31})c"), 15);
    follow(regex("(a|aa){0,10000}b"), 40);
    follow(regex("((a{0,100}){0,100})b"), 25);
    follow(regex("((a|ab)(c|bcd)(d*)){0,5000}"), 25);
  }

  @Test
  void countsThatWouldFillTheMemory() {
    refused(regex("((a{0,1000}){0,1000}){0,1000}"));
    refused(regex("a{1000000000}"));
    refused(regex("(".repeat(10_000) + "a" + ")".repeat(10_000)));
    refused(new ResponseFormat.Gbnf("root ::= " + "(".repeat(10_000)));
    refused(new ResponseFormat.Gbnf("root ::= ((\"ab\"{999}){999}){999}"));
    follow(schema("{\"type\":\"array\",\"maxItems\":1000000000}"), 20);
    follow(schema("{\"type\":\"string\",\"maxLength\":1000000000}"), 20);
    refused(
        schema(
            "{\"type\":\"array\",\"minItems\":100000000,\"items\":{\"type\":\"string\",\"minLength\":100000000}}"));
  }

  @Test
  void alternativesThatMultiply() {
    var schema = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 60; i++) {
      String next = "{\"$ref\":\"#/$defs/d%d\"}".formatted(i + 1);
      schema.append("\"d%d\":{\"anyOf\":[%s,%s]},".formatted(i, next, next));
    }
    follow(schema(schema + "\"d60\":{\"type\":\"object\"}}}"), 20);
    var nested = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 25; i++) {
      String next = "{\"$ref\":\"#/$defs/d%d\"}".formatted(i + 1);
      nested.append(
          "\"d%d\":{\"anyOf\":[{\"type\":\"array\",\"items\":%s,\"minItems\":1},{\"type\":\"array\",\"items\":%s,\"maxItems\":3},%s]},"
              .formatted(i, next, next, next));
    }
    follow(schema(nested + "\"d25\":{\"type\":[\"integer\",\"array\"]}}}"), 40);
    follow(new ResponseFormat.Gbnf("root ::= \"a\" root root | \"a\" root | \"a\" | \"b\""), 40);
    follow(
        new ResponseFormat.Gbnf("root ::= \"(\" x \")\"\nx ::= (\"a\" x \"a\" | \"a\" x | \"a\")"),
        40);
  }

  @Test
  void whatIsMerelyLarge() {
    var values = new StringBuilder("{\"enum\":[");
    for (int i = 0; i < 5_000; i++) {
      values.append("\"value %d\",".formatted(i * 7919));
    }
    follow(schema(values + "null]}"), 10);
    var properties = new StringBuilder("{\"type\":\"object\",\"properties\":{");
    for (int i = 0; i < 1_000; i++) {
      properties.append("\"p%d\":{\"type\":\"boolean\"},".formatted(i));
    }
    follow(schema(properties + "\"last\":{\"type\":\"null\"}},\"required\":[\"last\"]}"), 20);
    refused(schema("{\"enum\":[\"" + "x".repeat(500_000) + "\",\"" + "y".repeat(100_000) + "\"]}"));
    refused(schema("{\"enum\":[\"" + "x".repeat(2_000_000) + "\"]}"));
    var rules = new StringBuilder("root ::= r0\n");
    for (int i = 0; i < 5_000; i++) {
      rules.append("r%d ::= \"x\" r%d | r%d\n".formatted(i, i + 1, i + 1));
    }
    follow(new ResponseFormat.Gbnf(rules + "r5000 ::= \"y\""), 10);
  }

  @Test
  void whatNestsForEver() {
    follow(
        schema(
            "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"},\"minItems\":1}}"),
        400);
    follow(new ResponseFormat.Gbnf("root ::= \"(\" root \")\" root | \"x\""), 700);
    refused(schema("{\"items\":".repeat(2_000) + "{}" + "}".repeat(2_000)));
    refused(
        schema(
            "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}}}"));
    var chain = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 1_000; i++) {
      chain.append(
          "\"d%d\":{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/d%d\"}},\"required\":[\"x\"]},"
              .formatted(i, i + 1));
    }
    refused(schema(chain + "\"d1000\":{\"type\":\"null\"}}}"));
  }
}
