package dev.freehold.engine.grammar;

import dev.freehold.chat.ResponseFormat;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/// Asks a grammar about texts, byte by byte, without any model.
final class Texts {

  /// Every byte is a token; nothing else is.
  static final Lexicon BYTES = bytes();

  private Texts() {}

  private static Lexicon bytes() {
    byte[][] bytes = new byte[257][];
    for (int b = 0; b < 256; b++) {
      bytes[b] = new byte[] {(byte) b};
    }
    bytes[256] = new byte[0];
    return new Lexicon(bytes, Map.of("<tool>", 256), Set.of());
  }

  static Automaton automaton(ResponseFormat format) {
    return Automaton.of(FormatGrammar.of(format).orElseThrow(), BYTES, "field");
  }

  /// Whether a whole text is admitted.
  static boolean admits(Automaton automaton, String text) {
    Node at = automaton.machine().initial();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      at = automaton.machine().step(at, b & 0xFF);
    }
    return at.accepts();
  }

  static boolean schema(String schema, String text) {
    return admits(automaton(new ResponseFormat.JsonSchema("s", schema)), text);
  }

  static boolean regex(String expression, String text) {
    return admits(automaton(new ResponseFormat.Regex(expression)), text);
  }

  static boolean gbnf(String grammar, String text) {
    return admits(automaton(new ResponseFormat.Gbnf(grammar)), text);
  }
}
