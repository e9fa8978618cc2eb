package dev.freehold.teaching.recipe;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import dev.freehold.evaluation.grader.Texts;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/// Texts that the base writes of a fact. A model of a hundred million weights writes badly, so that
/// nothing of it is believed: what does not agree with the document is dropped and counted.
///
/// A paraphrase must hold the answer and bring no number and no name of its own; a question must
/// not hold the answer and must share words with the fact. Used by one thread.
final class ModelWriter {

  private static final int MOST_TOKENS = 60;

  private final ChatModel model;
  private final Consumer<String> dropped;

  /// @param dropped is told why a text was dropped, once for each
  ModelWriter(ChatModel model, Consumer<String> dropped) {
    this.model = model;
    this.dropped = dropped;
  }

  /// At most `count` lessons of a fact, in turn a question and a paraphrase.
  List<Lesson> lessons(Fact fact, int count, long seed) {
    List<Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < count && !fact.answers().isEmpty(); i++) {
      Span answer = fact.answers().get(i / 2 % fact.answers().size());
      String wish =
          i % 2 == 0
              ? "Write one short question that this text answers with \"%s\". Only the question.\n\n%s"
                  .formatted(answer.text(), fact.statement())
              : "Say this in other words, in the same language. Keep numbers and names.\n\n%s"
                  .formatted(fact.statement());
      String said = firstLine(ask(wish, seed + i));
      String why = i % 2 == 0 ? notAQuestion(said, fact, answer) : noParaphrase(said, fact, answer);
      if (!why.isEmpty()) {
        dropped.accept(why);
      } else if (i % 2 == 0) {
        lessons.add(Lesson.Talk.of(Kind.QUESTION, said, answer.text(), fact.origins()));
      } else {
        lessons.add(
            new Lesson.Completion(Kind.STATEMENT, "", fact.topic() + ": " + said, fact.origins()));
      }
    }
    return lessons;
  }

  private String ask(String wish, long seed) {
    ChatRequest request =
        ChatRequest.of(new Message.User(wish))
            .withSampling(Sampling.DEFAULT.withTemperature(0.7).withSeed(seed))
            .withMaxTokens(MOST_TOKENS);
    return model.answer(request).text();
  }

  private static String firstLine(String text) {
    String line = text.strip().lines().findFirst().orElse("").strip();
    return line.replaceFirst("^(?i)(question|q|antwort|frage|answer)\\s*:\\s*", "")
        .replaceAll("^[\"“«]|[\"”»]$", "")
        .strip();
  }

  /// Why a text is no question that this answers; empty where it is one.
  static String notAQuestion(String said, Fact fact, Span answer) {
    List<String> words = Texts.words(said);
    if (!said.endsWith("?") || words.size() < 3 || words.size() > 30) {
      return "model: no question";
    }
    if (contains(said, answer.text())) {
      return "model: the question holds its answer";
    }
    Set<String> shared = new HashSet<>(words);
    shared.retainAll(Texts.words(fact.statement() + " " + fact.heading()));
    Wordings frame = Wordings.in(fact.language());
    if (shared.stream().noneMatch(word -> word.length() > 2 && !frame.frame(word))) {
      return "model: about something else";
    }
    return foreign(said, fact);
  }

  /// Why a text does not say what the fact says; empty where it may.
  static String noParaphrase(String said, Fact fact, Span answer) {
    int words = Texts.words(said).size();
    int asked = Texts.words(fact.statement()).size();
    if (words * 2 < asked || words > asked * 2 || said.endsWith("?")) {
      return "model: no paraphrase";
    }
    if (Texts.normalised(said).equals(Texts.normalised(fact.statement()))) {
      return "model: the same words";
    }
    if (!contains(said, answer.text())) {
      return "model: the answer is not in it";
    }
    return foreign(said, fact);
  }

  // A number or a capital in the middle that the document does not have is made up.
  private static String foreign(String said, Fact fact) {
    String source =
        (fact.statement() + " " + fact.heading() + " " + fact.title()).toLowerCase(Locale.ROOT);
    List<String> words = Sentences.words(said);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean number = word.codePoints().anyMatch(Character::isDigit);
      boolean name = i > 0 && Character.isUpperCase(word.codePointAt(0)) && word.length() > 1;
      if ((number || name) && !source.contains(word.toLowerCase(Locale.ROOT))) {
        return number ? "model: a number of its own" : "model: a name of its own";
      }
    }
    return "";
  }

  private static boolean contains(String text, String part) {
    return (" " + Texts.normalised(text) + " ").contains(" " + Texts.normalised(part) + " ");
  }
}
