package dev.freehold.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.fixture.Mutants;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Schemas, expressions and grammars with seeded damage: each becomes an automaton within its
/// limits, from which an end can be reached, or is refused as an invalid request. Work is counted,
/// not timed.
class MutatedFormsTest {

  /// Mutants of each kind. More of them: [Mutants].
  private static final int MUTANTS = 4_000;

  private static final List<String> EXPRESSIONS =
      List.of(
          "^[A-Z]{2,5}-\\d+(\\.\\d\\d)?$",
          "(a|ab)(c|bcd)(d*){0,200}",
          "((\\w+\\s?){1,50}|[^\"\\\\]{0,12}){2}",
          "\\u{1F600}|\\x41|[\\u0041-\\u005A&&]",
          "(?:x(?:y(?:z){3,}){0,9}){1,999}",
          ".{0,1000}[\\s\\S]*?$");

  private static final List<String> GRAMMARS =
      List.of(
          "root ::= object\nobject ::= \"{\" ws (pair (\",\" ws pair)*)? \"}\"\npair ::= string \":\" ws value\nstring ::= \"\\\"\" [^\"\\\\]* \"\\\"\"\nvalue ::= object | string | [0-9]{1,9}\nws ::= [ \\t\\n]*",
          "root ::= <tool> \"a\"{2,400} (b | c)+ # words\nb ::= \"b\" root?\nc ::= [a-z\\x41-\\u00e9]",
          "root ::= (\"x\" | \"y\" (\"z\" | root)){0,30} . \"\\U0001F600\"");

  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\\",
          "(",
          ")",
          "*",
          "+",
          "?",
          "|",
          "{0,999999}",
          "{1000}",
          "::=",
          "root",
          "\n",
          "$ref",
          "#",
          "\"$ref\":\"#\"",
          "\"minLength\":99999999",
          "\"maxItems\":1e308",
          "\"multipleOf\":1e-60",
          "\"anyOf\":[",
          "-",
          "1e9999",
          "null",
          "\ud83d",
          "\u0000",
          "😀",
          "<tool>",
          "^",
          ".");

  private static String mutant(String sound, Random random) {
    var text = new StringBuilder(sound);
    for (int i = 0; i <= random.nextInt(4); i++) {
      int at = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.insert(at, WORDS.get(random.nextInt(WORDS.size())));
        case 1 -> text.delete(at, to);
        case 2 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
        case 3 -> text.replace(at, to, WORDS.get(random.nextInt(WORDS.size())));
        default -> {
          String part = text.substring(at, Math.min(text.length(), at + random.nextInt(60)));
          text.insert(at, part.repeat(1 + random.nextInt(20)));
        }
      }
    }
    return text.toString();
  }

  private static void each(Function<Random, String> sound, Function<String, ResponseFormat> form) {
    int compiled = 0;
    for (int i = 0; i < MUTANTS; i++) {
      var random = new Random(i);
      String text = mutant(sound.apply(random), random);
      try {
        Automaton automaton = Texts.automaton(form.apply(text));
        compiled++;
        walk(automaton, random, text);
      } catch (InvalidRequest e) {
        assertThat(e.getMessage()).as(text).isNotBlank();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed %d: %s".formatted(i, text), e);
      }
    }
    // Damage that is always noticed would prove little.
    assertThat(compiled).isBetween(MUTANTS / 50, MUTANTS - MUTANTS / 50);
  }

  private static void walk(Automaton automaton, Random random, String text) {
    assertThat(automaton.machine().network().size())
        .isLessThanOrEqualTo(NetworkBuilder.MOST_STATES);
    assertThat(automaton.machine().work()).as(text).isLessThan(Automaton.MOST_WORK);
    Node at = automaton.machine().initial();
    for (int i = 0; i < 12 && !at.complete(); i++) {
      long before = automaton.machine().work();
      TokenMask mask = automaton.mask(at);
      assertThat(automaton.machine().work() - before)
          .as(text)
          .isLessThan(Automaton.MOST_WORK * 3 / 2);
      assertThat(mask.count() > 0 || at.accepts()).as(text).isTrue();
      if (mask.count() == 0) {
        return;
      }
      int token = random.nextInt(257);
      while (!mask.has(token)) {
        token = (token + 1) % 257;
      }
      at = automaton.step(at, token);
      assertThat(at.distance).as(text).isLessThan(Distances.UNREACHABLE);
    }
  }

  /// A kind of form.
  private record Kind(Function<Random, String> sound, Function<String, ResponseFormat> form) {

    /// Compiles a mutant; how an answer goes through it is walked above.
    boolean compiles(int seed) {
      var random = new Random(seed);
      Texts.automaton(form.apply(mutant(sound.apply(random), random)));
      return true;
    }
  }

  private static Kind kind(String name) {
    return switch (name) {
      case "schemas" ->
          new Kind(
              random -> new RandomSchemas(random.nextInt(400)).next(),
              text -> new ResponseFormat.JsonSchema("s", text));
      case "expressions" ->
          new Kind(
              random -> EXPRESSIONS.get(random.nextInt(EXPRESSIONS.size())),
              ResponseFormat.Regex::new);
      case "grammars" ->
          new Kind(
              random -> GRAMMARS.get(random.nextInt(GRAMMARS.size())), ResponseFormat.Gbnf::new);
      default -> throw new IllegalArgumentException(name);
    };
  }

  public static void main(String[] arguments) {
    Mutants.each(arguments[0], kind(arguments[0])::compiles);
  }

  @ParameterizedTest
  @ValueSource(strings = {"schemas", "expressions", "grammars"})
  void formsWithDamageCompileOrAreRefused(String name) {
    if (Mutants.many(MUTANTS)) {
      Mutants.checkApart(MutatedFormsTest.class, name, MUTANTS, "256m");
    } else {
      each(kind(name).sound, kind(name).form);
    }
  }

  @Test
  void textOfNoKindAtAllIsRefused() {
    var random = new Random(7);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      for (ResponseFormat form :
          List.of(
              new ResponseFormat.JsonSchema("s", text),
              new ResponseFormat.Regex(text),
              new ResponseFormat.Gbnf(text))) {
        try {
          walk(Texts.automaton(form), random, text);
        } catch (InvalidRequest e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
  }
}
