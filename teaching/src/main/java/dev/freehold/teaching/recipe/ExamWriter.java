package dev.freehold.teaching.recipe;

import dev.freehold.teaching.exam.ExamItem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Questions on facts, in wordings that no lesson has. The wrong options are answers to other
/// questions of the same group, language and type: whoever has only seen the words of the documents
/// gains nothing from that.
final class ExamWriter {

  private static final int WRONG = 3;

  private ExamWriter() {}

  /// At most `most` questions, chosen and laid out by the seed.
  static List<ExamItem> of(List<Fact> facts, ExamItem.Group group, int most, long seed) {
    Random random = new Random(seed);
    List<Fact> chosen =
        new ArrayList<>(facts.stream().filter(fact -> !fact.answers().isEmpty()).toList());
    Collections.shuffle(chosen, random);
    List<ExamItem> items = new ArrayList<>();
    for (Fact fact : chosen) {
      Span answer = fact.answers().getFirst();
      List<String> wrong = wrong(fact, answer, chosen, random);
      if (wrong.size() == WRONG && items.size() < most) {
        List<String> options = new ArrayList<>(wrong);
        options.add(answer.text());
        Collections.shuffle(options, random);
        items.add(
            new ExamItem(
                group.word() + "-" + (items.size() + 1),
                group,
                new Phrasings(fact, random).heldOut(answer).question(),
                options,
                options.indexOf(answer.text()),
                List.of()));
      }
    }
    return items;
  }

  private static List<String> wrong(Fact fact, Span answer, List<Fact> facts, Random random) {
    Set<String> others = new LinkedHashSet<>();
    for (Fact other : facts) {
      if (other.language().equals(fact.language()) && !other.equals(fact)) {
        other.answers().stream()
            .filter(span -> span.type() == answer.type())
            .map(Span::text)
            .filter(text -> !text.equals(answer.text()) && !fact.statement().contains(text))
            .forEach(others::add);
      }
    }
    List<String> list = new ArrayList<>(others);
    Collections.shuffle(list, random);
    return list.subList(0, Math.min(WRONG, list.size()));
  }
}
