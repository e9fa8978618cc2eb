package dev.freehold.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ResponseFormat;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Masks over the real vocabulary are what trying every token gives.
class TokenMaskTest {

  private static Automaton automaton(ResponseFormat format) {
    return Automaton.of(FormatGrammar.of(format).orElseThrow(), RealTokens.LEXICON, "field");
  }

  private static BitSet tried(Automaton automaton, Node at, int most) {
    BitSet allowed = new BitSet();
    for (int token = 0; token < RealTokens.LEXICON.size(); token++) {
      Node after = automaton.step(at, token);
      if (RealTokens.LEXICON.bytes(token).length > 0 && after.distance <= most) {
        allowed.set(token);
      }
    }
    return allowed;
  }

  private static BitSet tokens(TokenMask mask) {
    BitSet allowed = new BitSet();
    for (int token = 0; token < RealTokens.LEXICON.size(); token++) {
      if (mask.has(token)) {
        allowed.set(token);
      }
    }
    return allowed;
  }

  private static void assertSame(BitSet mask, BitSet tried, ResponseFormat format, int step) {
    BitSet differing = (BitSet) mask.clone();
    differing.xor(tried);
    assertThat(differing.stream().limit(10).toArray())
        .as("%s after %d tokens: tokens only in the mask or only tried", format, step)
        .isEmpty();
  }

  private static void walk(ResponseFormat format, int steps, Random random) {
    Automaton automaton = automaton(format);
    Node at = automaton.machine().initial();
    for (int i = 0; i < steps && !at.complete(); i++) {
      TokenMask mask = automaton.mask(at);
      BitSet allowed = tokens(mask);
      assertThat(allowed.isEmpty()).isFalse();
      assertSame(allowed, tried(automaton, at, Distances.UNREACHABLE - 1), format, i);
      int near = at.distance + 1;
      assertSame(tokens(automaton.maskWithin(at, near)), tried(automaton, at, near), format, i);
      int[] choices = allowed.stream().toArray();
      int token = choices[random.nextInt(choices.length)];
      at = automaton.step(at, token);
      assertThat(at.distance).isLessThanOrEqualTo(mask.farthest());
    }
  }

  @Test
  void theMaskIsWhatTryingEveryTokenGives() {
    var random = new Random(5);
    var schemas = new RandomSchemas(77);
    for (int i = 0; i < 12; i++) {
      walk(new ResponseFormat.JsonSchema("s", schemas.next()), 12, random);
    }
    walk(new ResponseFormat.Regex("(?:[a-z]+ ){3,9}(yes|no)é?"), 20, random);
    walk(new ResponseFormat.JsonObject(), 20, random);
    walk(new ResponseFormat.Gbnf("root ::= \"(\" root \")\" | [^()]{2,200} | .+"), 20, random);
    walk(
        new ResponseFormat.JsonSchema(
            "s",
            "{\"anyOf\":[{\"type\":\"string\",\"maxLength\":12},{\"type\":\"string\",\"pattern\":\"^[a-f ]*$\"},{\"type\":\"string\",\"minLength\":30}]}"),
        12,
        random);
  }

  @Test
  void longTokensMayComeWhereAStringIsLongEnough() {
    var random = new Random(6);
    for (String bounds :
        new String[] {"\"minLength\":3", "\"maxLength\":5", "\"minLength\":2,\"maxLength\":40"}) {
      walk(
          new ResponseFormat.JsonSchema("s", "{\"type\":\"string\",%s}".formatted(bounds)),
          6,
          random);
    }
  }

  @Test
  void anAnswerNeverRunsIntoAWall() {
    // The vocabulary has no token for the byte 0xFF alone and no text may hold it; a regular
    // expression that allows what cannot be written is left by another way.
    Automaton automaton = automaton(new ResponseFormat.Regex("a\\u0001*b|a\\u0001c"));
    Node at = automaton.machine().initial();
    while (!at.complete()) {
      BitSet allowed = tokens(automaton.mask(at));
      assertThat(allowed.isEmpty()).isFalse();
      at = automaton.step(at, allowed.nextSetBit(0));
    }
  }
}
