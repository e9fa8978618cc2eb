package dev.freehold.evaluation.grader;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Texts evened out, and how near two of them are.
public final class Texts {

  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");
  private static final int CHARACTER_ORDER = 6;

  private Texts() {}

  /// The words of a text, in lower case and compatibility form.
  public static List<String> words(String text) {
    String even = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return Arrays.stream(NO_WORD.split(even)).filter(word -> !word.isEmpty()).toList();
  }

  /// The words of a text but for English articles, a blank between.
  public static String normalised(String text) {
    return String.join(" ", words(text).stream().filter(word -> !ARTICLES.contains(word)).toList());
  }

  /// F1 of two lists without order.
  static double setF1(String answer, String gold) {
    Set<String> said = items(answer);
    Set<String> wanted = items(gold);
    if (said.isEmpty() && wanted.isEmpty()) {
      return 1;
    }
    Set<String> both = new HashSet<>(said);
    both.retainAll(wanted);
    return 2.0 * both.size() / (said.size() + wanted.size());
  }

  private static Set<String> items(String list) {
    Set<String> items = new HashSet<>();
    for (String item : list.split("[,;\\n]", -1)) {
      String even = normalised(item);
      if (!even.isEmpty()) {
        items.add(even);
      }
    }
    return items;
  }

  /// chrF of 0 to 1.
  static double chrF(String answer, String gold) {
    int[] said = withoutBlanks(answer);
    int[] wanted = withoutBlanks(gold);
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (int order = 1; order <= CHARACTER_ORDER; order++) {
      int inAnswer = Math.max(0, said.length - order + 1);
      int inGold = Math.max(0, wanted.length - order + 1);
      if (inAnswer > 0 && inGold > 0) {
        double matches = matches(said, wanted, order);
        precision += matches / inAnswer;
        recall += matches / inGold;
        orders++;
      }
    }
    if (precision + recall == 0) {
      return 0;
    }
    precision /= orders;
    recall /= orders;
    return Math.min(1, 5 * precision * recall / (4 * precision + recall));
  }

  private static int[] withoutBlanks(String text) {
    return text.codePoints()
        .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c))
        .toArray();
  }

  private static int matches(int[] said, int[] wanted, int order) {
    Map<String, Integer> left = new HashMap<>();
    for (int i = 0; i + order <= wanted.length; i++) {
      left.merge(new String(wanted, i, order), 1, Integer::sum);
    }
    int matches = 0;
    for (int i = 0; i + order <= said.length; i++) {
      String gram = new String(said, i, order);
      int count = left.getOrDefault(gram, 0);
      if (count > 0) {
        matches++;
        left.put(gram, count - 1);
      }
    }
    return matches;
  }

  /// ROUGE-L's F of 0 to 1.
  static double rougeL(String answer, String gold) {
    List<String> said = words(answer);
    List<String> wanted = words(gold);
    if (said.isEmpty() || wanted.isEmpty()) {
      return 0;
    }
    double common = longestCommon(said, wanted);
    double precision = common / said.size();
    double recall = common / wanted.size();
    return common == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  private static int longestCommon(List<String> one, List<String> other) {
    int[] row = new int[other.size() + 1];
    for (String word : one) {
      int diagonal = 0;
      for (int i = 1; i <= other.size(); i++) {
        int above = row[i];
        row[i] = word.equals(other.get(i - 1)) ? diagonal + 1 : Math.max(above, row[i - 1]);
        diagonal = above;
      }
    }
    return row[other.size()];
  }

  /// The sentences of a text.
  static List<String> sentences(String text) {
    List<String> sentences = new ArrayList<>();
    // A full stop between digits or before a citation ends nothing.
    for (String piece : text.split("(?<=[.!?])\\s+(?!\\[)|\\n+", -1)) {
      if (!piece.isBlank()) {
        sentences.add(piece.strip());
      }
    }
    return sentences;
  }
}
