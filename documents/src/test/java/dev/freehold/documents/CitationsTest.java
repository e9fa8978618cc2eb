package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.documents.Citations.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CitationsTest {

  private static List<Piece> all(int passages, String... deltas) {
    var citations = new Citations(passages);
    List<Piece> pieces = new ArrayList<>();
    for (String delta : deltas) {
      pieces.addAll(citations.accept(delta));
    }
    pieces.addAll(citations.finish());
    return pieces;
  }

  private static String text(List<Piece> pieces) {
    var text = new StringBuilder();
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Text shown) {
        text.append(shown.text());
      }
    }
    return text.toString();
  }

  private static List<Integer> cited(List<Piece> pieces) {
    return pieces.stream()
        .filter(Piece.Citation.class::isInstance)
        .map(piece -> ((Piece.Citation) piece).number())
        .toList();
  }

  @Test
  void aNumberThatNamesAPassageStaysAndIsToldOnce() {
    List<Piece> pieces = all(3, "Twelve months [2]. It is so [2][3].");
    assertThat(text(pieces)).isEqualTo("Twelve months [2]. It is so [2][3].");
    assertThat(cited(pieces)).containsExactly(2, 3);
  }

  @Test
  void aNumberThatNamesNoPassageIsTakenOutWithTheBlankBeforeIt() {
    List<Piece> pieces = all(2, "Twelve months [7]. Yes [0] no [12345678901].");
    assertThat(text(pieces)).isEqualTo("Twelve months. Yes no.");
    assertThat(cited(pieces)).isEmpty();
  }

  @Test
  void severalNumbersInOneBracketAreCheckedOneByOne() {
    List<Piece> pieces = all(3, "So it is [1, 9,3].");
    assertThat(text(pieces)).isEqualTo("So it is [1][3].");
    assertThat(cited(pieces)).containsExactly(1, 3);
  }

  @Test
  void bracketsWithOtherThingsAreLeftAsTheyAre() {
    String answer = "An array a[i], a link [text](x), a task [ ] and [], then [1 open";
    assertThat(text(all(3, answer))).isEqualTo(answer);
  }

  @Test
  void aMarkerMayBeCutAnywhereBetweenDeltas() {
    String answer = "One [1], two [2, 3] and none [9]; a [b] too [4";
    List<Piece> whole = all(3, answer);
    var random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      List<String> deltas = new ArrayList<>();
      for (int from = 0; from < answer.length(); ) {
        int to = Math.min(answer.length(), from + 1 + random.nextInt(4));
        deltas.add(answer.substring(from, to));
        from = to;
      }
      List<Piece> cut = all(3, deltas.toArray(String[]::new));
      assertThat(text(cut)).isEqualTo(text(whole));
      assertThat(cited(cut)).isEqualTo(cited(whole));
    }
  }

  @Test
  void whateverAModelSaysNoUnknownNumberStandsInBrackets() {
    var random = new Random(11);
    String letters = "[]1290, ;ab\n";
    for (int round = 0; round < 20_000; round++) {
      var answer = new StringBuilder();
      for (int i = 0; i < 24; i++) {
        answer.append(letters.charAt(random.nextInt(letters.length())));
      }
      String shown = text(all(2, answer.toString()));
      var marker = java.util.regex.Pattern.compile("\\[([0-9]+)]").matcher(shown);
      while (marker.find()) {
        assertThat(marker.group(1)).as(answer.toString()).isIn("1", "2", "01", "02");
      }
    }
  }
}
