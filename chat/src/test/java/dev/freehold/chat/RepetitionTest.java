package dev.freehold.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepetitionTest {

  private static final String SENTENCE =
      "L-150 and L-400 have been replaced with new ones; they will be used again when a new one is"
          + " needed; the old diaphragm has been removed from the pump.\n";

  /// How many characters are taken in before the loop is seen; -1 where it never is.
  private static int seenAfter(String text, int pieceLength) {
    var repetition = new Repetition();
    for (int from = 0; from < text.length(); from += pieceLength) {
      int to = Math.min(text.length(), from + pieceLength);
      if (repetition.accept(text.substring(from, to))) {
        return to;
      }
    }
    return -1;
  }

  @Test
  void anAnswerThatSaysTheSameSentenceOverAndOverIsSeenInTheThirdRound() {
    String text = "The head has a vent screw. " + SENTENCE.repeat(20);
    for (int piece : new int[] {1, 4, 17}) {
      assertThat(seenAfter(text, piece))
          .isBetween(2 * SENTENCE.length(), 4 * SENTENCE.length() + 40);
    }
  }

  @Test
  void aLoopOfOneLetterIsSeenToo() {
    assertThat(seenAfter("So " + "a".repeat(1000), 3)).isPositive();
  }

  @Test
  void aSentenceSaidTwiceIsNoLoop() {
    assertThat(seenAfter(SENTENCE + "Therefore: " + SENTENCE + "That is all there is to say.", 5))
        .isNegative();
  }

  @Test
  void aListWhoseLinesDifferIsNoLoop() {
    String list =
        IntStream.range(1, 200)
            .mapToObj(i -> "| pump %d | LAUTER | %d bar | in stock |%n".formatted(i, i * 7 % 13))
            .reduce("", String::concat);
    assertThat(seenAfter(list, 6)).isNegative();
  }
}
