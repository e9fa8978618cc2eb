package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Question;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One question of a benchmark with what is right.
///
/// @param id unique in its benchmark
/// @param messages what is asked, in order; the last is not the assistant's
/// @param format the form that whoever asked it held the answer to; contestants are held to it, too
/// @param golds right answers, any of which will do
/// @param origin who said that they are right
/// @param by their name, where a person did and is known; empty otherwise
/// @param passages what the answer may cite
/// @param choices options, for log-likelihoods
/// @param conversation cases that share one stand or fall together; as a rule the id itself
/// @param slices what the case belongs to, e.g. `language` → `de`
/// @param at when it was asked, if it was
/// @param grader how it is scored, if otherwise than the benchmark says
public record Case(
    String id,
    List<Message> messages,
    ResponseFormat format,
    List<String> golds,
    Origin origin,
    String by,
    List<String> passages,
    Optional<Choices> choices,
    String conversation,
    Map<String, String> slices,
    Optional<Instant> at,
    Optional<Grader> grader) {

  /// Who says that a gold is right.
  public enum Origin {
    PERSON,
    MODEL,
    /// There is no gold, or nobody says.
    UNKNOWN
  }

  public Case {
    messages = List.copyOf(messages);
    golds = List.copyOf(golds);
    passages = List.copyOf(passages);
    slices = Collections.unmodifiableMap(new TreeMap<>(slices));
    if (id.isBlank()) {
      throw new InvalidRequest("A case needs an id.", "id");
    }
    if (messages.isEmpty() && choices.isEmpty()) {
      throw new InvalidRequest("A case needs a question.", "messages");
    }
    if (messages.stream().anyMatch(Case::usesTools)) {
      throw new InvalidRequest(
          "Cases of conversations that call tools are not measured yet.", "messages");
    }
    if (!messages.isEmpty() && messages.getLast() instanceof Message.Assistant) {
      throw new InvalidRequest("A case ends with a question, not with an answer.", "messages");
    }
  }

  /// A case without a form, of which nobody knows who gave its golds.
  public Case(
      String id,
      List<Message> messages,
      List<String> golds,
      Origin origin,
      List<String> passages,
      Optional<Choices> choices,
      String conversation,
      Map<String, String> slices,
      Optional<Instant> at,
      Optional<Grader> grader) {
    this(
        id,
        messages,
        ResponseFormat.FREE,
        golds,
        origin,
        "",
        passages,
        choices,
        conversation,
        slices,
        at,
        grader);
  }

  /// Whether a message is about calling a tool.
  static boolean usesTools(Message message) {
    return switch (message) {
      case Message.System _, Message.User _ -> false;
      case Message.Assistant assistant -> !assistant.toolCalls().isEmpty();
      case Message.Tool _ -> true;
    };
  }

  /// A question with golds that a person gave.
  public static Case of(String id, String question, String... golds) {
    return new Case(
        id,
        List.of(new Message.User(question)),
        List.of(golds),
        golds.length == 0 ? Origin.UNKNOWN : Origin.PERSON,
        List.of(),
        Optional.empty(),
        id,
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  /// The same case with golds that somebody reviewed.
  public Case withGolds(List<String> value, Origin source) {
    return withGolds(value, source, "");
  }

  /// The same case with golds that this person gave or accepted.
  public Case withGolds(List<String> value, Origin source, String name) {
    return new Case(
        id,
        messages,
        format,
        value,
        source,
        name,
        passages,
        choices,
        conversation,
        slices,
        at,
        grader);
  }

  /// The same case, its answer held to a form.
  public Case withFormat(ResponseFormat value) {
    return new Case(
        id,
        messages,
        value,
        golds,
        origin,
        by,
        passages,
        choices,
        conversation,
        slices,
        at,
        grader);
  }

  /// The same case in these slices.
  public Case withSlices(Map<String, String> value) {
    return new Case(
        id,
        messages,
        format,
        golds,
        origin,
        by,
        passages,
        choices,
        conversation,
        value,
        at,
        grader);
  }

  /// The same case in a conversation with others.
  public Case withConversation(String value) {
    return new Case(
        id, messages, format, golds, origin, by, passages, choices, value, slices, at, grader);
  }

  /// The same case scored otherwise than the benchmark says.
  public Case withGrader(Grader value) {
    return new Case(
        id,
        messages,
        format,
        golds,
        origin,
        by,
        passages,
        choices,
        conversation,
        slices,
        at,
        Optional.of(value));
  }

  /// What graders see of it.
  public Question question() {
    return new Question(messages, golds, passages);
  }

  /// The words by which it is recognised elsewhere: what the person asked, or the options' context.
  public String asked() {
    return messages.isEmpty()
        ? choices.map(Choices::context).orElse("")
        : messages.getLast().text();
  }
}
