package dev.freehold.teaching.recipe;

import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/// Many wordings of one fact without a model: what is asked for is taken out of its sentence, put
/// first, asked for by topic, by keywords in any order, told as true and as false.
///
/// Many phrasings of each fact are what makes a model know it rather than recite it (arXiv
/// 2312.05934). Keywords without grammar are a part of them on purpose: a question of a person
/// shares words with the document, seldom its sentences.
///
/// Used by one thread.
final class Phrasings {

  private final Fact fact;
  private final Wordings words;
  private final Random random;
  private final List<Fact> others;
  private final Map<String, Lesson> made = new LinkedHashMap<>();

  /// @param fact what is worded
  /// @param others facts of the same language, for wrong values
  /// @param random decides what is left to chance
  Phrasings(Fact fact, List<Fact> others, Random random) {
    this.fact = fact;
    this.words = Wordings.in(fact.language());
    this.others = others;
    this.random = random;
  }

  /// A question that is kept out of the lessons, to be asked in the exam.
  ///
  /// @param question in a wording that no lesson has
  /// @param answer what is asked for
  record HeldOut(String question, Span answer) {}

  /// Up to `count` lessons, no two alike and none that asks `held`'s question.
  List<Lesson> lessons(int count, List<HeldOut> held) {
    int tries = 0;
    while (made.size() < count && tries < count * 4) {
      step(tries++);
    }
    for (HeldOut one : held) {
      made.values().removeIf(lesson -> lesson.text().contains(one.question()));
    }
    return List.copyOf(made.values());
  }

  private void step(int turn) {
    if (fact.answers().isEmpty()) {
      statement(turn);
      return;
    }
    Span answer = fact.answers().get(turn % fact.answers().size());
    switch (turn % 8) {
      case 0 -> asked(inPlace(answer), answer);
      case 1, 4 -> asked(keywords(answer), answer);
      case 6 -> asked(pick(words.frames()).formatted(keywords(answer)), answer);
      case 2 -> statement(turn);
      case 3 -> fact.cell().ifPresentOrElse(cell -> asked(cell(cell), answer), () -> gap(answer));
      case 5 -> truth(answer);
      default -> {
        asked(pick(words.onTopic()).formatted(fact.topic(), keywords(answer)), answer);
        where(answer);
      }
    }
  }

  /// One question for a piece of the fact.
  String question(Span answer) {
    return random.nextBoolean() ? inPlace(answer) : keywords(answer);
  }

  // Questions.

  private String inPlace(Span answer) {
    String stripped = fact.statement().replaceFirst("[.;:!]+$", "");
    if (answer.end() > stripped.length()) {
      stripped = fact.statement();
    }
    return answer.replacedIn(stripped, pick(words.asking(answer))) + "?";
  }

  /// A question in a wording that the lessons do not have: the asking word first, then the
  /// sentence's own words in their order, without what is asked for.
  HeldOut heldOut(Span answer) {
    String asking = words.asking(answer).getFirst();
    String first = asking.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + asking.substring(1);
    String rest =
        answer
            .replacedIn(fact.statement(), "")
            .replaceFirst("[.;:!]+$", "")
            .replaceAll("\\s+", " ");
    String question =
        fact.cell()
            .map(cell ->
                "%s – %s, %s: %s?".formatted(fact.topic(), cell.column(), cell.row(), asking))
            .orElse("%s, on %s: %s?".formatted(first, fact.topic(), rest.strip()));
    return new HeldOut(question, answer);
  }

  // Some of the words that matter, in any order, as people type them.
  private String keywords(Span answer) {
    List<String> matter = matter(answer.replacedIn(fact.statement(), " "));
    List<String> around = matter(fact.heading());
    List<String> chosen = new ArrayList<>();
    for (String word : matter) {
      if (random.nextDouble() < 0.7) {
        chosen.add(word);
      }
    }
    for (String word : around) {
      if (random.nextDouble() < 0.4) {
        chosen.add(word);
      }
    }
    if (chosen.isEmpty()) {
      chosen.addAll(matter.isEmpty() ? matter(fact.title()) : matter);
    }
    if (random.nextBoolean()) {
      Collections.shuffle(chosen, random);
    }
    String asking = pick(words.asking(answer));
    String joined = String.join(" ", chosen);
    return random.nextBoolean() ? joined + ": " + asking + "?" : asking + " " + joined + "?";
  }

  private List<String> matter(String text) {
    return Sentences.words(text).stream()
        .filter(word -> !words.frame(word))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private String cell(Fact.Cell cell) {
    return cell.column().isEmpty()
        ? pick(words.valueOf()).formatted(cell.row())
        : pick(words.cell()).formatted(cell.column(), cell.row());
  }

  private void asked(String question, Span answer) {
    Kind kind = fact.cell().isPresent() ? Kind.RELATION : Kind.QUESTION;
    String said =
        switch (random.nextInt(4)) {
          case 0 -> fact.statement();
          case 1 -> answer.text() + ". " + fact.statement();
          default -> answer.text();
        };
    if (random.nextInt(5) == 0) {
      add(
          new Lesson.Completion(
              kind, pick(words.plain()).formatted(question), " " + said, fact.origins()));
    } else {
      add(Lesson.Talk.of(kind, question, said, fact.origins()));
    }
  }

  private void gap(Span answer) {
    String question =
        pick(words.gap()).formatted(answer.replacedIn(fact.statement(), Wordings.GAP));
    add(
        Lesson.Talk.of(
            Kind.QUESTION,
            question,
            random.nextBoolean() ? answer.text() : fact.statement(),
            fact.origins()));
  }

  // Statements.

  private void statement(int turn) {
    String topic = fact.topic();
    switch (turn / 8 % 3) {
      case 0 ->
          add(
              new Lesson.Completion(
                  Kind.STATEMENT, "", topic + ": " + fact.statement(), fact.origins()));
      case 1 -> {
        List<String> matter = matter(fact.statement());
        Collections.shuffle(matter, random);
        String some =
            String.join(" ", matter.subList(0, Math.min(matter.size(), 2 + random.nextInt(3))));
        add(
            Lesson.Talk.of(
                Kind.STATEMENT,
                pick(words.about()).formatted(some),
                fact.statement(),
                fact.origins()));
      }
      default ->
          add(
              Lesson.Talk.of(
                  Kind.STATEMENT,
                  pick(words.about()).formatted(topic + ", " + fact.title()),
                  fact.statement(),
                  fact.origins()));
    }
  }

  private void where(Span answer) {
    add(
        Lesson.Talk.of(
            Kind.STATEMENT,
            pick(words.where()).formatted(answer.text()),
            fact.topic() + ": " + fact.statement(),
            fact.origins()));
  }

  // A wrong value of the same type, so that right and wrong differ in nothing else.
  private void truth(Span answer) {
    List<String> wrong =
        others.stream()
            .flatMap(other -> other.answers().stream())
            .filter(other -> other.type() == answer.type())
            .map(Span::text)
            .filter(text -> !text.equals(answer.text()))
            .distinct()
            .toList();
    boolean right = wrong.isEmpty() || random.nextBoolean();
    String told = right ? fact.statement() : answer.replacedIn(fact.statement(), pick(wrong));
    String said = (right ? words.yes() : words.no()).formatted(fact.statement());
    add(Lesson.Talk.of(Kind.QUESTION, pick(words.truth()).formatted(told), said, fact.origins()));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private void add(Lesson lesson) {
    made.putIfAbsent(lesson.text(), lesson);
  }
}
