package dev.freehold.teaching;

import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.teaching.exam.HeldAnswer;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.PreferencePair;
import dev.freehold.teaching.lesson.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What of a row that is held out is asked: its last answer, where that is words. Calls of tools
/// and thoughts are not measured yet; rows that end in them are learned and never held out.
final class HeldAnswers {

  private HeldAnswers() {}

  /// The answers of lessons that can be asked, in order.
  static List<HeldAnswer> ofLessons(List<Lesson> lessons) {
    List<HeldAnswer> answers = new ArrayList<>();
    for (Lesson lesson : lessons) {
      of(lesson, "held-out/%d".formatted(answers.size() + 1)).ifPresent(answers::add);
    }
    return answers;
  }

  /// The answers of pairs that can be asked, in order.
  static List<HeldAnswer> ofPairs(List<PreferencePair> pairs) {
    List<HeldAnswer> answers = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      if (askable(pair)) {
        answers.add(
            new HeldAnswer(
                "held-out/%d".formatted(answers.size() + 1),
                conversation(pair),
                new Prompt.Conversation(pair.messages()).withToolUse(pair.toolUse()),
                pair.preferred().text(),
                Optional.of(pair.other().text())));
      }
    }
    return answers;
  }

  static boolean askable(Lesson lesson) {
    return of(lesson, "held-out/0").isPresent();
  }

  static boolean askable(PreferencePair pair) {
    return words(pair.preferred()) && words(pair.other());
  }

  private static boolean words(Message.Assistant answer) {
    return !answer.text().isBlank() && answer.toolCalls().isEmpty() && answer.reasoning().isEmpty();
  }

  private static Optional<HeldAnswer> of(Lesson lesson, String id) {
    return switch (lesson) {
      case Lesson.Completion text ->
          text.prompt().isBlank()
              ? Optional.empty()
              : Optional.of(
                  new HeldAnswer(
                      id,
                      conversation(text),
                      new Prompt.Text(text.prompt()),
                      text.completion(),
                      Optional.empty()));
      case Lesson.Talk talk -> of(talk, id);
    };
  }

  private static Optional<HeldAnswer> of(Lesson.Talk talk, String id) {
    Turn last = talk.turns().getLast();
    if (talk.turns().size() < 2
        || !last.trained()
        || !(last.message() instanceof Message.Assistant answer)
        || !words(answer)) {
      return Optional.empty();
    }
    List<Message> before =
        talk.turns().subList(0, talk.turns().size() - 1).stream().map(Turn::message).toList();
    return Optional.of(
        new HeldAnswer(
            id,
            conversation(talk),
            new Prompt.Conversation(before).withToolUse(talk.toolUse()),
            answer.text(),
            Optional.empty()));
  }

  /// What rows of one conversation have in common: how it began, up to the first thing a person
  /// said.
  static String conversation(Lesson lesson) {
    return switch (lesson) {
      case Lesson.Completion text ->
          alike(text.prompt().isBlank() ? text.completion() : text.prompt());
      case Lesson.Talk talk -> beginning(talk.turns().stream().map(Turn::message).toList());
    };
  }

  static String conversation(PreferencePair pair) {
    return beginning(pair.messages());
  }

  private static String beginning(List<Message> messages) {
    StringBuilder text = new StringBuilder();
    for (Message message : messages) {
      text.append(message.role()).append(": ").append(message.text()).append('\n');
      if (message instanceof Message.User) {
        break;
      }
    }
    return alike(text.toString());
  }

  private static String alike(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
  }
}
