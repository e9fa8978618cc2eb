package dev.freehold.evaluation.grader;

import dev.freehold.chat.InvalidRequest;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// How answers are scored, as a benchmark freezes it. [Grading] carries it out.
public sealed interface Grader {

  /// The gold to the letter, but for white space around it.
  record Exact() implements Grader {}

  /// The gold after case, accents of width, punctuation, English articles and white space are
  /// evened out (SQuAD's rule).
  record Normalised() implements Grader {}

  /// The gold, normalised, occurs in the answer as whole words.
  record Contains() implements Grader {}

  /// The answer contains a match of the pattern.
  ///
  /// @param pattern in Java's syntax; empty: the golds are patterns
  record Matches(String pattern) implements Grader {
    public Matches {
      compiled(pattern);
    }

    static Pattern compiled(String pattern) {
      try {
        return Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
      } catch (PatternSyntaxException e) {
        throw new InvalidRequest(
            "\"%s\" is no regular expression: %s.".formatted(pattern, e.getDescription()),
            "pattern");
      }
    }
  }

  /// The last number in the answer is the gold's.
  ///
  /// @param absolute how far it may lie from it
  /// @param relative or how far as a share of it
  record NumberWithin(double absolute, double relative) implements Grader {
    public NumberWithin {
      if (!(absolute >= 0 && relative >= 0)) {
        throw new InvalidRequest("A tolerance is not negative.", "tolerance");
      }
    }
  }

  /// Fields of a JSON object, each right or wrong; the score is the share of right ones among all
  /// fields of gold and answer.
  ///
  /// @param fields paths such as `customer.name` to look at; empty: all
  /// @param tolerance relative, for numbers
  record JsonFields(List<String> fields, double tolerance) implements Grader {
    public JsonFields {
      fields = List.copyOf(fields);
    }
  }

  /// F1 of two lists without order, cut at commas, semicolons and line ends, items normalised.
  record SetF1() implements Grader {}

  /// Character n-grams to 6, β = 2, as sacreBLEU has it (Popović 2015).
  record ChrF() implements Grader {}

  /// F of the longest common subsequence of words, as rouge-score has it (Lin 2004), without
  /// stemming; letters of every script are words.
  record RougeL() implements Grader {}

  /// Cosine of answer and gold in the embedder's space.
  ///
  /// @param threshold from which it is right; 0: the cosine itself is the score
  record Similarity(double threshold) implements Grader {}

  /// Refuses where there is no gold, and only there.
  record Refusal() implements Grader {}

  /// Share of the answer's sentences whose cited passage holds their words and numbers.
  record Citations() implements Grader {}

  /// A program of the user's own: a JSON object on its standard input, a score on its standard
  /// output.
  ///
  /// @param command program and arguments
  /// @param limit after which it is ended and the answer fails
  record Program(List<String> command, Duration limit) implements Grader {
    public Program {
      command = List.copyOf(command);
      if (command.isEmpty()) {
        throw new InvalidRequest("A program needs a command.", "command");
      }
    }
  }

  /// A model compares both contestants' answers, asked in both orders.
  ///
  /// @param rubric what is better, in words
  record Judge(String rubric) implements Grader {}

  /// People score answers on a page or in a file.
  record People() implements Grader {}

  /// Multiple choice by log-likelihood of the options; nothing is generated.
  ///
  /// @param normalised whether likelihoods are divided by the options' length in characters
  record Likelihood(boolean normalised) implements Grader {}

  /// Whether every score is 0 or 1.
  default boolean binary() {
    return switch (this) {
      case Exact _, Normalised _, Contains _, Matches _, NumberWithin _, Refusal _, Likelihood _ ->
          true;
      case Similarity similarity -> similarity.threshold() > 0;
      case JsonFields _, SetF1 _, ChrF _, RougeL _, Citations _, Program _, Judge _, People _ ->
          false;
    };
  }

  /// Whether a case must have a gold to be scored.
  default boolean needsGold() {
    return switch (this) {
      case Exact _,
          Normalised _,
          Contains _,
          NumberWithin _,
          JsonFields _,
          SetF1 _,
          ChrF _,
          RougeL _,
          Similarity _ ->
          true;
      case Matches matches -> matches.pattern().isEmpty();
      case Refusal _, Citations _, Program _, Judge _, People _, Likelihood _ -> false;
    };
  }
}
