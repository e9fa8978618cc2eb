package dev.freehold.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ExpressionsTest {

  @Test
  void regularExpressionsMatchWhatJavasDo() {
    String[] expressions = {
      "a*",
      "(ab|a)(bc|c)?",
      "[a-c]{2,4}",
      "(a|b)*abb",
      "[^a]+",
      "a?b?c?",
      "(?:a{2}){1,2}b",
      "\\w+",
      "[\\da]b*",
      ".",
      "(a*)*",
      "(a|ab|b)*c",
      "a{0,30}",
      "(ab?){3,20}",
      "x|",
      "[^\\W\\d]c"
    };
    var random = new Random(3);
    for (String expression : expressions) {
      Pattern reference = Pattern.compile(expression);
      Automaton automaton = Texts.automaton(new ResponseFormat.Regex(expression));
      for (int i = 0; i < 300; i++) {
        int length = random.nextInt(9);
        String text =
            random
                .ints(length, 0, 5)
                .collect(
                    StringBuilder::new,
                    (s, c) -> s.append("abc1é".charAt(c)),
                    StringBuilder::append)
                .toString();
        assertThat(Texts.admits(automaton, text))
            .as("%s on %s", expression, text)
            .isEqualTo(reference.matcher(text).matches());
      }
    }
  }

  @Test
  void classesAndEscapesOfRegularExpressions() {
    assertThat(Texts.regex("\\u00e9\\x41\\u{1F600}\\cA\\t", "éA😀\u0001\t")).isTrue();
    assertThat(Texts.regex("[\\]\\-a-]+", "]-a")).isTrue();
    assertThat(Texts.regex("[^]", "x")).isTrue();
    assertThat(Texts.regex("\\ud83d\\ude00", "😀")).isTrue();
    assertThat(Texts.regex("^abc$", "abc")).isTrue();
    assertThat(Texts.regex("(?<name>a)+?", "aa")).isTrue();
    for (String wrong :
        new String[] {
          "(",
          ")",
          "[",
          "a**",
          "*",
          "\\1",
          "\\b",
          "(?=a)",
          "(?<=a)",
          "a{2",
          "a{3,2}",
          "[b-a]",
          "x$y",
          "\\",
          "a^",
          "\\p{L}",
          "(?i)a",
          "\\k<a>",
          "a{99999}",
          "((a{100}){100}){100}",
          "]",
          "\\q"
        }) {
      assertThatThrownBy(() -> Texts.regex(wrong, ""))
          .as(wrong)
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("structured_outputs");
    }
  }

  @Test
  void grammarsOfLlamaCppAreRead() {
    String arithmetic =
        """
        # as in llama.cpp's own examples
        root  ::= (expr "=" term "\\n")+
        expr  ::= term ([-+*/] term)*
        term  ::= num | "(" expr ")"   # a comment
        num   ::= [0-9]+
        """;
    assertThat(Texts.gbnf(arithmetic, "1+(2*3)=7\n")).isTrue();
    assertThat(Texts.gbnf(arithmetic, "1+(2*3=7\n")).isFalse();
    String more = "root ::= (\n  item{2,3} |\n  \"x\"\n)\nitem ::= [^\\x00-\\x1F\"] \"\\u00e9\"? .";
    assertThat(Texts.gbnf(more, "aéb" + "cd")).isTrue();
    assertThat(Texts.gbnf(more, "x")).isTrue();
    assertThat(Texts.gbnf(more, "\"é")).isFalse();
    for (String wrong :
        new String[] {
          "",
          "start ::= \"a\"",
          "root ::= a",
          "root ::= \"a",
          "root ::= [a",
          "root := \"a\"",
          "root ::= \"a\")",
          "root ::= (\"a\"",
          "root ::= \"a\"\nroot ::= \"b\"",
          "root ::= root \"a\" | \"b\"",
          "root ::= a\na ::= b? a",
          "root ::= [b-a]",
          "root ::= \"\\q\"",
          "root ::= \"a\"{3,1}",
          "root ::= <nope>",
          "root ::= <[3]>",
          "root ::= ((\"a\"{1000}){1000})"
        }) {
      assertThatThrownBy(() -> Texts.gbnf(wrong, ""))
          .as(wrong)
          .isInstanceOf(InvalidRequest.class)
          .hasMessageMatching("(?s)(grammar|field) .*");
    }
  }

  @Test
  void whatEndsInItselfAndWhatNestsIsRead() {
    String nested = "root ::= \"(\" root \")\" root | \"\"";
    assertThat(Texts.gbnf(nested, "(()())()")).isTrue();
    assertThat(Texts.gbnf(nested, "(()")).isFalse();
    String right = "root ::= \"a\" root | \"b\"";
    assertThat(Texts.gbnf(right, "a".repeat(5_000) + "b")).isTrue();
    // Both ways to read a text are followed at once.
    String palindromes = "root ::= \"a\" root \"a\" | \"b\" root \"b\" | \"a\" | \"b\" | \"\"";
    assertThat(Texts.gbnf(palindromes, "abba".repeat(10) + "abba".repeat(10))).isTrue();
    assertThat(Texts.gbnf(palindromes, "abbb")).isFalse();
  }

  @Test
  void oneOfSomeTextsIsChosen() {
    Automaton automaton = Texts.automaton(new ResponseFormat.OneOf(List.of("yes", "no", "yes!")));
    assertThat(Texts.admits(automaton, "yes")).isTrue();
    assertThat(Texts.admits(automaton, "yes!")).isTrue();
    assertThat(Texts.admits(automaton, "ye")).isFalse();
    assertThatThrownBy(() -> Texts.automaton(new ResponseFormat.OneOf(List.of())))
        .isInstanceOf(InvalidRequest.class);
  }

  @Test
  void aControlTokenStandsWhereTheGrammarHasIt() {
    Automaton automaton = Texts.automaton(new ResponseFormat.Gbnf("root ::= <tool> \"a\" | \"b\""));
    Node start = automaton.machine().initial();
    assertThat(automaton.mask(start).has(256)).isTrue();
    Node after = automaton.step(start, 256);
    assertThat(automaton.mask(after).has('a')).isTrue();
    assertThat(automaton.mask(after).has('b')).isFalse();
    assertThat(automaton.mask(after).has(256)).isFalse();
  }
}
