package dev.freehold.evaluation.grader;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether each claim of an answer is in the passage it cites.
///
/// Decided by words: all numbers of the sentence and at least six of ten of its longer words must
/// stand in the cited passages. That is blind to a denial put into the same words; where it
/// matters, a judge or people grade.
final class CitationScores {

  private static final Pattern CITATION = Pattern.compile("\\[(\\d{1,3})]");
  private static final double ENOUGH = 0.6;
  private static final int SHORT_WORD = 3;

  private CitationScores() {}

  static Score score(Question question, String answer) {
    Map<String, Double> parts = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    int number = 0;
    for (String sentence : Texts.sentences(answer)) {
      List<String> words = Texts.words(CITATION.matcher(sentence).replaceAll(" "));
      if (words.size() < 2) {
        continue; // "Yes." claims nothing that a passage could hold.
      }
      String fault = fault(question, sentence, words);
      parts.put("claim " + ++number, fault.isEmpty() ? 1.0 : 0.0);
      if (!fault.isEmpty()) {
        wrong.add(fault);
      }
    }
    if (parts.isEmpty()) {
      return Score.wrong("claims nothing");
    }
    double mean = parts.values().stream().mapToDouble(Double::doubleValue).sum() / parts.size();
    return new Score(mean, String.join("; ", wrong), parts);
  }

  private static String fault(Question question, String sentence, List<String> words) {
    Set<String> held = new HashSet<>();
    Matcher citations = CITATION.matcher(sentence);
    boolean cited = false;
    while (citations.find()) {
      int number = Integer.parseInt(citations.group(1));
      if (number < 1 || number > question.passages().size()) {
        return "[%d] is no passage".formatted(number);
      }
      cited = true;
      held.addAll(Texts.words(question.passages().get(number - 1)));
    }
    if (!cited) {
      return "cites nothing";
    }
    int looked = 0;
    int found = 0;
    for (String word : words) {
      boolean digits = word.chars().anyMatch(Character::isDigit);
      if (digits && !held.contains(word)) {
        return "%s is not in the cited passage".formatted(word);
      }
      if (word.length() > SHORT_WORD) {
        looked++;
        found += held.contains(word) ? 1 : 0;
      }
    }
    return looked == 0 || found >= ENOUGH * looked
        ? ""
        : "%d of %d words are in the cited passage".formatted(found, looked);
  }
}
