package dev.freehold.teaching.recipe;

import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Many wordings of one fact without a model: what is asked for is taken out of its sentence, put
/// first, asked for by topic, by keywords in any order and among others.
///
/// Many phrasings of each fact are what makes a model know it rather than recite it (arXiv
/// 2312.05934). Keywords without grammar are a part of them on purpose: a question of a person
/// shares words with the document, seldom its sentences.
///
/// Used by one thread.
final class Phrasings {

  private static final int KINDS = 12;

  private final Fact fact;
  private final Wordings words;
  private final Random random;
  private final Questions questions;
  private final Answers answers;
  private final Map<String, Lesson> made = new LinkedHashMap<>();

  /// @param fact what is worded
  /// @param random decides what is left to chance
  Phrasings(Fact fact, Random random) {
    this.fact = fact;
    this.words = Wordings.in(fact.language());
    this.random = random;
    questions = new Questions(fact, words, random);
    answers = new Answers(fact, words, random);
  }

  /// A question that is kept out of the lessons, to be asked in the exam.
  ///
  /// @param question in a wording that no lesson has
  /// @param answer what is asked for
  record HeldOut(String question, Span answer) {}

  /// Up to `most` lessons for the first thing that can be asked for and half as many for each
  /// further one, or where there is none; no two alike and none that asks `held`'s question.
  List<Lesson> lessons(int most, List<HeldOut> held) {
    int count = Math.max(1, most * (1 + fact.answers().size()) / 2);
    int tries = 0;
    while (made.size() < count && tries < count * 4) {
      step(tries++);
    }
    for (HeldOut one : held) {
      made.values().removeIf(lesson -> lesson.text().contains(one.question()));
    }
    return List.copyOf(made.values());
  }

  // Every kind meets every answer: the answers move on by one with each round of kinds.
  private void step(int turn) {
    if (fact.answers().isEmpty()) {
      statement(turn);
      return;
    }
    Span answer = fact.answers().get((turn + turn / KINDS) % fact.answers().size());
    switch (turn % KINDS) {
      case 0 -> asked(questions.inPlace(answer), answer);
      case 2, 9 -> asked(pick(words.frames()).formatted(questions.keywords(answer)), answer);
      case 4 -> fact.cell().ifPresentOrElse(cell -> asked(cell(cell), answer), () -> gap(answer));
      case 6 -> statement(turn / KINDS);
      case 8 ->
          asked(pick(words.onTopic()).formatted(fact.topic(), questions.keywords(answer)), answer);
      case 10 -> {
        if (turn / KINDS % 2 == 0) {
          where(answer);
        } else {
          asked(questions.keywords(answer), answer);
        }
      }
      case 11 -> asHeaded(answer);
      default -> asked(questions.keywords(answer), answer);
    }
  }

  /// One question for a piece of the fact.
  String question(Span answer) {
    return random.nextBoolean() ? questions.inPlace(answer) : questions.keywords(answer);
  }

  // A heading that is a question is one that people ask.
  private void asHeaded(Span answer) {
    String last = fact.heading().substring(fact.heading().lastIndexOf('›') + 1).strip();
    String alone = last.substring(last.lastIndexOf(" – ") + 1).replaceFirst("^– ", "").strip();
    if (alone.endsWith("?")) {
      asked(alone, answer);
    } else {
      asked(questions.keywords(answer), answer);
    }
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
            .orElse(words.unseen().formatted(first, fact.topic(), rest.strip()));
    return new HeldOut(question, answer);
  }

  private String cell(Fact.Cell cell) {
    return cell.column().isEmpty()
        ? pick(words.valueOf()).formatted(cell.row())
        : pick(words.cell()).formatted(cell.column(), cell.row());
  }

  private void asked(String question, Span answer) {
    Kind kind = fact.cell().isPresent() ? Kind.RELATION : Kind.QUESTION;
    String said = answers.to(answer);
    if (random.nextInt(10) == 0) {
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
    switch (turn % 4) {
      case 0 ->
          add(
              new Lesson.Completion(
                  Kind.STATEMENT, "", topic + ": " + fact.statement(), fact.origins()));
      case 2 ->
          add(
              Lesson.Talk.of(
                  Kind.STATEMENT,
                  pick(words.about()).formatted(topic + ", " + fact.title()),
                  fact.statement(),
                  fact.origins()));
      default ->
          add(
              Lesson.Talk.of(
                  Kind.STATEMENT,
                  random.nextBoolean()
                      ? pick(words.about()).formatted(questions.keywords())
                      : questions.keywords() + "?",
                  fact.statement(),
                  fact.origins()));
    }
  }

  // The other way round: a row by its cell, what something belongs to by the thing.
  private void where(Span answer) {
    if (fact.cell().isPresent() && !fact.cell().get().rows().isEmpty() && random.nextBoolean()) {
      Fact.Cell cell = fact.cell().get();
      String question = pick(words.row()).formatted(cell.rows(), cell.column(), cell.value());
      add(
          Lesson.Talk.of(
              Kind.RELATION,
              question,
              random.nextBoolean() ? cell.row() : fact.statement(),
              fact.origins()));
      return;
    }
    add(
        Lesson.Talk.of(
            Kind.STATEMENT,
            pick(words.where()).formatted(answer.text()),
            fact.topic() + ": " + fact.statement(),
            fact.origins()));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private void add(Lesson lesson) {
    made.putIfAbsent(lesson.text(), lesson);
  }
}
