package dev.freehold.evaluation.grader;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.Embedder.Purpose;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unsupported;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Carries out graders that look at one answer at a time. Safe for use by many threads.
public final class Grading {

  private final Instruments instruments;

  public Grading(Instruments instruments) {
    this.instruments = instruments;
  }

  /// Scores an answer; of several golds the one that is best for it counts.
  ///
  /// @throws InvalidRequest where the question lacks what the grader needs
  public Score score(Grader grader, Question question, String answer) {
    return switch (grader) {
      case Grader.Exact _ -> any(question, gold -> answer.strip().equals(gold.strip()));
      case Grader.Normalised _ ->
          any(question, gold -> Texts.normalised(answer).equals(Texts.normalised(gold)));
      case Grader.Contains _ -> any(question, gold -> contains(answer, gold));
      case Grader.Matches matches ->
          matches.pattern().isEmpty()
              ? any(question, gold -> Grader.Matches.compiled(gold).matcher(answer).find())
              : Score.of(Grader.Matches.compiled(matches.pattern()).matcher(answer).find());
      case Grader.NumberWithin within -> any(question, gold -> near(within, answer, gold));
      case Grader.JsonFields fields ->
          golds(question).stream()
              .map(gold -> JsonScores.score(fields, answer, gold))
              .max(java.util.Comparator.comparingDouble(Score::value))
              .orElseThrow();
      case Grader.SetF1 _ -> best(question, gold -> Texts.setF1(answer, gold));
      case Grader.ChrF _ -> best(question, gold -> Texts.chrF(answer, gold));
      case Grader.RougeL _ -> best(question, gold -> Texts.rougeL(answer, gold));
      case Grader.Similarity similarity -> similarity(similarity, question, answer);
      case Grader.Refusal _ -> refusal(question, answer);
      case Grader.Citations _ -> CitationScores.score(question, answer);
      case Grader.Program program ->
          Programs.score(program, instruments.folder(), question, answer);
      case Grader.Judge _, Grader.People _, Grader.Likelihood _ ->
          throw new Unsupported(
              "Scoring one answer by itself with this grader",
              "a run, which sees both contestants");
    };
  }

  private static List<String> golds(Question question) {
    if (question.golds().isEmpty()) {
      throw new InvalidRequest(
          "A case without a gold cannot be graded by comparison: \"%s\"."
              .formatted(question.asked()),
          "golds");
    }
    return question.golds();
  }

  private static Score any(Question question, java.util.function.Predicate<String> right) {
    return Score.of(golds(question).stream().anyMatch(right));
  }

  private static Score best(Question question, ToDoubleFunction<String> score) {
    return Score.of(golds(question).stream().mapToDouble(score).max().orElseThrow());
  }

  private static boolean contains(String answer, String gold) {
    String wanted = Texts.normalised(gold);
    return !wanted.isEmpty() && (" " + Texts.normalised(answer) + " ").contains(" " + wanted + " ");
  }

  private static boolean near(Grader.NumberWithin within, String answer, String gold) {
    List<List<Double>> wanted = SpokenNumbers.in(gold);
    if (wanted.size() != 1) {
      throw new InvalidRequest("The gold \"%s\" is not one number.".formatted(gold), "golds");
    }
    List<List<Double>> said = SpokenNumbers.in(answer);
    return !said.isEmpty()
        && said.getLast().stream()
            .anyMatch(value ->
                wanted.getFirst().stream()
                    .anyMatch(right ->
                        Math.abs(value - right)
                            <= Math.max(within.absolute(), within.relative() * Math.abs(right))));
  }

  private Score similarity(Grader.Similarity grader, Question question, String answer) {
    Embedder embedder =
        instruments
            .embedder()
            .orElseThrow(() ->
                new InvalidRequest("Similarity of meaning needs an embedding model.", "grader"));
    if (answer.isBlank()) {
      return Score.wrong("empty");
    }
    float[] said = embedder.embed(Purpose.PASSAGE, List.of(answer)).getFirst();
    double best = 0;
    for (float[] gold : embedder.embed(Purpose.PASSAGE, golds(question))) {
      double cosine = 0;
      for (int i = 0; i < gold.length; i++) {
        cosine += (double) gold[i] * said[i];
      }
      best = Math.max(best, Math.min(1, cosine));
    }
    return grader.threshold() > 0 ? Score.of(best >= grader.threshold()) : Score.of(best);
  }

  private static Score refusal(Question question, String answer) {
    boolean refuses = Refusals.refuses(answer);
    boolean should = question.golds().isEmpty();
    return refuses == should
        ? Score.of(true)
        : Score.wrong(should ? "answers what cannot be known" : "refuses what can be known");
  }
}
