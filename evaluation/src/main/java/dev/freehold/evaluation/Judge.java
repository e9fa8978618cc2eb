package dev.freehold.evaluation;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model that says which of two answers is better; it is always asked in both orders.
///
/// Safe for use by many threads.
public final class Judge {

  private static final Pattern LETTER = Pattern.compile("(?<![A-Za-z])([ABT])(?![A-Za-z'])");
  private static final int LONGEST = 16;

  private final ChatModel model;
  private final String family;

  private Judge(ChatModel model, String family) {
    this.model = model;
    this.family = family;
  }

  /// A judge for these contestants.
  ///
  /// @param forced whether one of a contestant's own family may judge all the same
  /// @throws InvalidRequest where it is of a contestant's family and not forced
  public static Judge of(ChatModel model, List<Contestant> contestants, boolean forced) {
    String family = Families.of(model.card());
    for (Contestant one : contestants) {
      if (one.family().equals(family) && !forced) {
        throw new InvalidRequest(
            "%s may not judge %s: both are of the family %s, and judges favour their own. Take another judge, or force it and have it said in the report."
                .formatted(model.card().name(), one.name(), family),
            "judge");
      }
    }
    return new Judge(model, family);
  }

  /// Its model's name.
  public String name() {
    return model.card().name();
  }

  /// Its model's digest; empty where unknown.
  public String digest() {
    return model.card().digest();
  }

  /// Its family.
  public String family() {
    return family;
  }

  /// How far one answer is preferred to another to the same question, asked in both orders: 1
  /// wholly, 0 not at all, a half where neither is better or the order decides.
  ///
  /// @param rubric what is better, in words
  public double prefers(String rubric, List<Message> asked, String answer, String other) {
    Case one =
        new Case(
            "pair",
            asked,
            List.of(),
            Case.Origin.UNKNOWN,
            List.of(),
            Optional.empty(),
            "pair",
            Map.of(),
            Optional.empty(),
            Optional.empty());
    return (judge(one, rubric, "candidate", 0, answer, other, true).forCandidate()
            + judge(one, rubric, "candidate", 0, answer, other, false).forCandidate())
        / 2;
  }

  Judgement judge(
      Case one,
      String rubric,
      String candidate,
      int run,
      String answer,
      String other,
      boolean first) {
    String said =
        model
            .answer(
                ChatRequest.of(
                        new Message.System(
                            "You compare two answers to the same question. "
                                + rubric
                                + " Reply with one letter only: A if answer A is better, B if answer B is better, T if neither is."),
                        new Message.User(
                            shown(one, first ? answer : other, first ? other : answer)))
                    .withSampling(Sampling.GREEDY)
                    .withMaxTokens(LONGEST))
            .text();
    return new Judgement(candidate, one.id(), run, first, choice(said), said);
  }

  private static String shown(Case one, String a, String b) {
    StringBuilder text = new StringBuilder("Question:\n").append(one.asked());
    if (!one.golds().isEmpty()) {
      text.append("\n\nRight answer:\n").append(String.join("\nor: ", one.golds()));
    }
    return text.append("\n\nAnswer A:\n")
        .append(a)
        .append("\n\nAnswer B:\n")
        .append(b)
        .append("\n\nWhich answer is better? A, B or T:")
        .toString();
  }

  static Judgement.Choice choice(String said) {
    Matcher letter = LETTER.matcher(said.strip());
    if (letter.find()) {
      return switch (letter.group(1)) {
        case "A" -> Judgement.Choice.FIRST;
        case "B" -> Judgement.Choice.SECOND;
        default -> Judgement.Choice.TIE;
      };
    }
    return said.toLowerCase(Locale.ROOT).contains("tie")
        ? Judgement.Choice.TIE
        : Judgement.Choice.UNCLEAR;
  }
}
