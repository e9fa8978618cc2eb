package dev.freehold.teaching.recipe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/// How a piece of a fact is asked for, without a model: in its place in the sentence, and by some
/// of the words in and around it, few or many, in their order or not.
///
/// A person's question shares some words with the document, seldom its sentences, and nobody knows
/// which words. So each question draws its own, from a handful to nearly all of them: what is
/// learned is that any of them lead to the fact. Used by one thread.
final class Questions {

  // How words and what is asked for stand together.
  private static final List<String> ORDERS =
      List.of(
          "%1$s %2$s?",
          "%1$s %2$s?", "%1$s %2$s?", "%2$s: %1$s?", "%2$s, %1$s?", "%2$s. %1$s?", "%1$s: %2$s?");

  private static final int LONGEST_PIECE = 7;

  private static final int MOST_OTHERS = 6;
  private static final int SHORTEST_INFLECTED = 5;
  private static final int LONGEST_ENDING = 2;

  private final Fact fact;
  private final Wordings words;
  private final List<String> others;
  private final Random random;

  Questions(Fact fact, Wordings words, Random random) {
    this.fact = fact;
    this.words = words;
    this.others = EverydayWords.in(fact.language());
    this.random = random;
  }

  /// Its sentence with an asking word where it stood.
  String inPlace(Span answer) {
    String stripped = fact.statement().replaceFirst("[.;:!]+$", "");
    if (answer.end() > stripped.length()) {
      stripped = fact.statement();
    }
    return answer.replacedIn(stripped, pick(words.asking(answer))) + "?";
  }

  /// Some words of the sentence and of what stands around it, and what is asked for, or not even
  /// that.
  String keywords(Span answer) {
    List<String> chosen = fact.cell().map(this::ofCell).orElseGet(() -> ofSentence(answer));
    chosen.addAll(around());
    if (chosen.isEmpty()) {
      chosen.addAll(matter(fact.topic() + " " + fact.title()));
    }
    String joined = String.join(" ", amongOthers(inflected(chosen)));
    if (random.nextInt(4) == 0) {
      joined = joined.toLowerCase(Locale.ROOT);
    }
    String question =
        random.nextInt(10) == 0
            ? joined + "?"
            : pick(ORDERS).formatted(pick(words.asking(answer)), joined);
    return random.nextInt(3) == 0
        ? question
        : question.substring(0, 1).toUpperCase(Locale.ROOT) + question.substring(1);
  }

  private List<String> ofSentence(Span answer) {
    String rest = answer.replacedIn(fact.statement(), " \n ");
    List<String> chosen = random.nextInt(4) == 0 ? piece(rest) : some(matter(rest), share());
    // Of several numbers in one sentence only the words beside one say which is meant.
    if (fact.answers().size() > 1) {
      String before = fact.statement().substring(0, answer.start());
      String after = fact.statement().substring(answer.end());
      List<String> left = matter(before);
      List<String> right = matter(after);
      List<String> beside =
          new ArrayList<>(left.subList(Math.max(0, left.size() - 2), left.size()));
      beside.addAll(right.subList(0, Math.min(2, right.size())));
      beside.removeAll(chosen);
      chosen.addAll(some(beside, 0.8, 0));
    }
    return chosen;
  }

  // What it is of, by the row's name, by what else stands in the row or by both, and what of it:
  // a cell is never asked for without its column.
  private List<String> ofCell(Fact.Cell cell) {
    List<String> chosen = new ArrayList<>();
    int by = matter(fact.around()).isEmpty() ? 0 : random.nextInt(3);
    if (by != 1) {
      chosen.addAll(some(matter(cell.row()), share()));
    }
    if (by != 0) {
      chosen.addAll(some(matter(fact.around()), 0.5));
    }
    List<String> column = some(matter(cell.column()), 0.7);
    chosen.addAll(random.nextBoolean() ? chosen.size() : 0, column);
    return chosen;
  }

  /// Some words of a fact of which nothing is asked for by itself.
  String keywords() {
    List<String> chosen =
        random.nextInt(3) == 0 ? piece(fact.statement()) : some(matter(fact.statement()), share());
    chosen.addAll(around());
    if (chosen.isEmpty()) {
      chosen.addAll(matter(fact.statement() + " " + fact.topic()));
    }
    return String.join(" ", chosen);
  }

  private double share() {
    return 0.35 + 0.6 * random.nextDouble();
  }

  // Words from what stands around: the heading, the document's name, the neighbours.
  private List<String> around() {
    List<String> chosen = some(matter(fact.heading()), 0.35, 0);
    chosen.addAll(some(matter(fact.title()), 0.2, 0));
    if (fact.cell().isEmpty()) {
      chosen.addAll(some(matter(fact.around()), 0.15, 0));
    }
    fact.cell().ifPresent(cell -> chosen.addAll(some(matter(cell.rows()), 0.4, 0)));
    if (random.nextInt(3) == 0) {
      Collections.shuffle(chosen, random);
    }
    return chosen;
  }

  // Every other time some words end otherwise, as they do in another sentence.
  private List<String> inflected(List<String> chosen) {
    if (random.nextBoolean()) {
      return chosen;
    }
    return chosen.stream().map(word -> random.nextInt(5) < 2 ? inflected(word) : word).toList();
  }

  private String inflected(String word) {
    boolean plain = word.substring(1).codePoints().allMatch(Character::isLowerCase);
    if (word.length() < SHORTEST_INFLECTED || !plain) {
      return word;
    }
    String stem = word.substring(0, word.length() - random.nextInt(LONGEST_ENDING + 1));
    return stem + pick(words.endings());
  }

  // Every other time among words that say nothing.
  private List<String> amongOthers(List<String> chosen) {
    if (random.nextBoolean()) {
      return chosen;
    }
    List<String> all = new ArrayList<>(chosen);
    for (int i = 1 + random.nextInt(MOST_OTHERS); i > 0; i--) {
      all.add(random.nextInt(all.size() + 1), pick(others));
    }
    return all;
  }

  // Two at least, as far as there are two: one word alone leads anywhere.
  private List<String> some(List<String> all, double share) {
    return some(all, share, 2);
  }

  private List<String> some(List<String> all, double share, int least) {
    double enough = Math.max(share, least / (double) Math.max(1, all.size()));
    List<String> chosen = new ArrayList<>();
    while (chosen.size() < Math.min(least, all.size()) || (least == 0 && chosen.isEmpty())) {
      chosen.clear();
      for (String word : all) {
        if (random.nextDouble() < enough) {
          chosen.add(word);
        }
      }
      if (least == 0) {
        break;
      }
    }
    if (random.nextInt(3) == 0) {
      Collections.shuffle(chosen, random);
    }
    return chosen;
  }

  // Words that stand together, those of the frame included; never across what is asked for.
  private List<String> piece(String text) {
    List<List<String>> sides = new ArrayList<>();
    for (String side : text.split("\n", -1)) {
      List<String> all = Sentences.words(side);
      if (all.size() > 1) {
        sides.add(all);
      }
    }
    if (sides.isEmpty()) {
      return matter(text);
    }
    List<String> side = sides.get(random.nextInt(sides.size()));
    int length = Math.min(side.size(), 2 + random.nextInt(LONGEST_PIECE - 1));
    int start = random.nextInt(side.size() - length + 1);
    return new ArrayList<>(side.subList(start, start + length));
  }

  /// The words of a text that are not of its frame.
  List<String> matter(String text) {
    return Sentences.words(text).stream()
        .filter(word -> !words.frame(word))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
