package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.model.tokenizer.Utf8Decoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

  /// What is given piece by piece, with `|` between pieces and `!` where a stop string ended it.
  private static String given(List<String> stops, byte[]... tokens) {
    var text = new AnswerText(stops);
    var decoder = new Utf8Decoder();
    long decoded = 0;
    List<String> pieces = new ArrayList<>();
    boolean stopped = false;
    for (byte[] token : tokens) {
      String characters = decoder.append(token);
      decoded += characters.length();
      stopped = text.append(characters, decoded);
      if (stopped) {
        break;
      }
      var piece = text.take();
      if (piece != null) {
        pieces.add(piece.text());
      }
    }
    if (!stopped) {
      String last = decoder.end();
      text.append(last, decoded + last.length());
    }
    text.end();
    var rest = text.take();
    if (rest != null) {
      pieces.add(rest.text());
    }
    return String.join("|", pieces) + (stopped ? "!" : "");
  }

  private static byte[][] tokens(String... texts) {
    byte[][] tokens = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      tokens[i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return tokens;
  }

  @Test
  void aStopStringAcrossTokensIsNeverShown() {
    assertThat(given(List.of("STOP"), tokens("Hello ", "S", "T", "OP", " more")))
        .isEqualTo("Hello !");
    assertThat(given(List.of("STOP"), tokens("aS", "TO", "x"))).isEqualTo("a|STOx");
    assertThat(given(List.of("aab"), tokens("aa", "ab", "c"))).isEqualTo("a!");
    assertThat(given(List.of("x", "longer"), tokens("lon", "g", "x"))).isEqualTo("long!");
    assertThat(given(List.of("\n\n"), tokens("a\n", "b\n", "\nc"))).isEqualTo("a|\nb!");
    assertThat(given(List.of("STOP"), tokens("end ST"))).isEqualTo("end |ST");
  }

  @Test
  void charactersAppearWhole() {
    byte[] face = "😀".getBytes(StandardCharsets.UTF_8);
    assertThat(
            given(
                List.of(),
                new byte[] {face[0], face[1]},
                new byte[] {face[2]},
                new byte[] {face[3], 'a'}))
        .isEqualTo("😀a");
    assertThat(given(List.of(), new byte[] {face[0], face[1]})).isEqualTo("\uFFFD");
    assertThat(given(List.of(), new byte[] {face[0]}, tokens("b")[0])).isEqualTo("\uFFFDb");
  }

  @Test
  void cuttingDifferentlyNeverChangesTheText() {
    var random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      var text = new StringBuilder();
      for (int j = 0; j < 12; j++) {
        text.append("ab é".charAt(random.nextInt(4)));
      }
      List<String> stops = List.of("aab", "ba é", "bb");
      int end = text.length();
      for (String stop : stops) {
        int at = text.indexOf(stop);
        end = at < 0 ? end : Math.min(end, at);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      List<byte[]> tokens = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int next = Math.min(bytes.length, at + 1 + random.nextInt(4));
        tokens.add(java.util.Arrays.copyOfRange(bytes, at, next));
        at = next;
      }
      String result = given(stops, tokens.toArray(byte[][]::new)).replace("|", "");
      boolean earliest = result.endsWith("!");
      String shown = earliest ? result.substring(0, result.length() - 1) : result;
      // A stop string is seen when it is complete, so a longer one that began earlier may lose.
      assertThat(text.toString()).startsWith(shown);
      assertThat(shown.length()).isGreaterThanOrEqualTo(end);
      for (String stop : stops) {
        assertThat(shown).doesNotContain(stop);
      }
    }
  }
}
