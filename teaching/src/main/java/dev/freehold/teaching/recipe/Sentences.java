package dev.freehold.teaching.recipe;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where sentences end.
final class Sentences {

  private Sentences() {}

  /// The sentences of a paragraph. What Java takes for an end after an abbreviation is none.
  static List<String> of(String paragraph, String language) {
    String text = paragraph.replaceAll("\\s*\\n\\s*", " ").strip();
    BreakIterator ends =
        BreakIterator.getSentenceInstance(Locale.of(language.isEmpty() ? "en" : language));
    ends.setText(text);
    List<String> sentences = new ArrayList<>();
    int start = ends.first();
    for (int end = ends.next(); end != BreakIterator.DONE; start = end, end = ends.next()) {
      String piece = text.substring(start, end).strip();
      if (piece.isEmpty()) {
        continue;
      }
      if (!sentences.isEmpty() && continues(sentences.getLast(), piece)) {
        sentences.set(sentences.size() - 1, sentences.getLast() + " " + piece);
      } else {
        sentences.add(piece);
      }
    }
    return sentences;
  }

  private static boolean continues(String before, String piece) {
    return before.matches(
            "(?s).*(?:^|\\s|\\()(?:\\p{L}|No|Nr|Art|bzw|ca|ggf|z\\. ?B|u\\."
                + " ?a|env|cf|max|min|approx|e\\.g|i\\.e|Dr|M|Mr|Mrs|St)\\.")
        || Character.isLowerCase(piece.codePointAt(0));
  }

  /// The words of a text, as written.
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("[^\\p{L}\\p{M}\\p{N}%€£$°/+-]+", -1)) {
      if (!word.isBlank() && word.codePoints().anyMatch(Character::isLetterOrDigit)) {
        words.add(word);
      }
    }
    return words;
  }
}
