package dev.freehold.engine.grammar;

import dev.freehold.chat.ResponseFormat;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Has the code that reads forms compiled, so that nobody waits for that: the first form of a
/// process takes some hundred milliseconds else, and a large one several times as long as later.
public final class WarmUp {

  // Long enough for the compiler to have seen what is used most.
  private static final Duration LONG = Duration.ofMillis(800);
  private static final int ROUNDS = 400;

  private WarmUp() {}

  /// Reads forms for most of a second on the calling thread, less where it is interrupted.
  public static void run() {
    Lexicon lexicon = bytes();
    long end = System.nanoTime() + LONG.toNanos();
    for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
      if (Thread.interrupted()) {
        return;
      }
      ResponseFormat form = new ResponseFormat.JsonSchema("warm", schema(round));
      Automaton automaton =
          Automaton.of(FormatGrammar.of(form).orElseThrow(), lexicon, "response_format");
      automaton.mask(automaton.machine().initial());
    }
  }

  private static Lexicon bytes() {
    byte[][] bytes = new byte[256][];
    for (int b = 0; b < bytes.length; b++) {
      bytes[b] = new byte[] {(byte) b};
    }
    return new Lexicon(bytes, Map.of(), Set.of());
  }

  /// A schema with some of everything.
  private static String schema(int round) {
    String properties =
        IntStream.range(0, 10)
            .mapToObj(i -> properties("%d_%d".formatted(round, i), i))
            .collect(Collectors.joining(","));
    return """
    {"type": "object", "required": ["text_%d_1"], "additionalProperties": {"type": "string"},
     "properties": {%s},
     "$defs": {"one": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/two"}]},
               "two": {"type": "array", "items": {"$ref": "#/$defs/one"}}}}
    """
        .formatted(round, properties);
  }

  private static String properties(String name, int i) {
    return """
    "text_%1$s": {"type": "string", "minLength": %2$d, "maxLength": 1%2$d},
    "pattern_%1$s": {"type": "string", "pattern": "^[a-z]{2,1%2$d}(x|yz)*[^0-9_]?$"},
    "date_%1$s": {"type": "string", "format": "date"},
    "whole_%1$s": {"type": "integer", "minimum": -1%2$d7, "maximum": 12%2$d45},
    "number_%1$s": {"type": "number", "exclusiveMinimum": 0.%2$d5, "maximum": 1%2$de3},
    "step_%1$s": {"type": "number", "multipleOf": 0.05},
    "listed_%1$s": {"enum": ["a%2$d", "b", 3.5, %2$d, null, {"c": [true]}]},
    "items_%1$s": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 9},
    "any_%1$s": {"anyOf": [{"const": "%1$s"}, {"type": ["null", "number"]}, {"$ref": "#/$defs/one"}]}
    """
        .formatted(name, i);
  }
}
