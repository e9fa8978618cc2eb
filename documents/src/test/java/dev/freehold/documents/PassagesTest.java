package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.documents.text.Draft;
import dev.freehold.documents.text.Passages;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PassagesTest {

  private static int words(String text) {
    return text.isBlank() ? 0 : text.strip().split("\\s+", -1).length;
  }

  private static List<Draft> cut(Block... blocks) {
    return Passages.of(List.of(blocks), "en", PassagesTest::words);
  }

  private static String many(String word, int times) {
    return (word + " ").repeat(times).strip();
  }

  @Test
  void aSectionKeepsItsHeadingsAndPage() {
    List<Draft> drafts =
        cut(
            new Block.Heading(1, "Handbook", 1),
            new Block.Heading(2, "Holidays", 2),
            new Block.Paragraph(many("rest", 60), 2),
            new Block.Heading(2, "Pay", 3),
            new Block.Paragraph(many("money", 60), 3));
    assertThat(drafts)
        .extracting(Draft::heading)
        .containsExactly("Handbook › Holidays", "Handbook › Pay");
    assertThat(drafts).extracting(Draft::page).containsExactly(2, 3);
    assertThat(drafts).extracting(Draft::firstBlock).containsExactly(2, 4);
  }

  @Test
  void aTinySectionJoinsTheNextOneButNeverAcrossATopHeading() {
    List<Draft> joined =
        cut(
            new Block.Heading(1, "A", null),
            new Block.Heading(2, "A1", null),
            new Block.Paragraph("tiny", null),
            new Block.Heading(2, "A2", null),
            new Block.Paragraph("small", null));
    assertThat(joined).hasSize(1);
    assertThat(joined.getFirst().text()).isEqualTo("tiny\nA2\nsmall");
    List<Draft> apart =
        cut(
            new Block.Heading(1, "A", null),
            new Block.Paragraph("tiny", null),
            new Block.Heading(1, "B", null),
            new Block.Paragraph("small", null));
    assertThat(apart).extracting(Draft::heading).containsExactly("A", "B");
  }

  @Test
  void everyPieceOfATableBeginsWithItsHeader() {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("Part", "Price in euros")));
    for (int i = 0; i < 400; i++) {
      rows.add(List.of("part-" + i, "is sold for " + i));
    }
    List<Draft> drafts = cut(new Block.Table(rows, 4));
    assertThat(drafts).hasSizeGreaterThan(3);
    assertThat(drafts).allSatisfy(d -> assertThat(d.text()).startsWith("Part | Price in euros\n"));
    String all = String.join("\n", drafts.stream().map(Draft::text).toList());
    for (int i = 0; i < 400; i++) {
      assertThat(all).contains("part-" + i + " | is sold for " + i);
    }
  }

  @Test
  void aLongParagraphIsCutBetweenSentencesAndNothingIsLost() {
    var text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      text.append("Sentence number ").append(i).append(" says something of its own. ");
    }
    List<Draft> drafts = cut(new Block.Paragraph(text.toString(), null));
    assertThat(drafts).hasSizeGreaterThan(2);
    for (int i = 0; i < 100; i++) {
      String sentence = "Sentence number " + i + " says something of its own.";
      assertThat(drafts).anyMatch(draft -> draft.text().contains(sentence));
    }
    assertThat(drafts).allMatch(draft -> draft.text().endsWith("own."));
  }

  @Test
  void noPassageIsLongerThanTheEmbedderTakesAndEveryWordIsFound() {
    var random = new Random(3);
    for (int round = 0; round < 200; round++) {
      List<Block> blocks = new ArrayList<>();
      int number = 0;
      List<String> words = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        var text = new StringBuilder();
        for (int n = random.nextInt(random.nextInt(12) == 0 ? 2000 : 60) + 1; n > 0; n--) {
          String word = "w" + number++ + "x";
          words.add(word);
          text.append(word).append(random.nextInt(9) == 0 ? ". " : " ");
        }
        blocks.add(
            switch (random.nextInt(5)) {
              case 0 -> new Block.ListItem(1, text.toString(), null);
              case 1 -> new Block.Code(text.toString().replace(". ", "\n"), null);
              case 2 -> new Block.Table(List.of(List.of("h"), List.of(text.toString())), null);
              default -> new Block.Paragraph(text.toString(), null);
            });
        if (random.nextInt(4) == 0) {
          blocks.add(new Block.Heading(1 + random.nextInt(4), "H" + i, null));
        }
      }
      List<Draft> drafts = Passages.of(blocks, "en", PassagesTest::words);
      String all = String.join(" ", drafts.stream().map(Draft::text).toList());
      assertThat(drafts).allMatch(draft -> words(draft.text()) <= 400);
      assertThat(words).allMatch(word -> all.contains(word));
    }
  }
}
