package dev.freehold.cli;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.Contestant;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Judge;
import dev.freehold.evaluation.Price;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import dev.freehold.evaluation.grader.Question;
import dev.freehold.proving.PinnedJudge;
import dev.freehold.workload.Quality;
import dev.freehold.workload.QualityGrader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Grades what candidates answer with the graders of proofs: the incumbent's answer is the gold, or
/// a judge compares the two.
///
/// Safe for use by many threads at once.
///
/// @param grading looks at one answer
/// @param standard the judge where a workload names none
record HouseQuality(Grading grading, Optional<PinnedJudge> standard) implements QualityGrader {

  static HouseQuality with(Optional<Embedder> embedder, Optional<PinnedJudge> standard) {
    return new HouseQuality(new Grading(new Instruments(embedder, Path.of("."))), standard);
  }

  /// Only graders that need nothing but the two answers; and no programs, since whoever may change
  /// a workload over HTTP is not for that reason somebody who may run programs here.
  @Override
  public Quality settle(Quality wanted, Asking asking, ChatModels models) {
    if (!wanted.watched()) {
      if (!wanted.judge().isEmpty()) {
        throw new InvalidRequest("A judge needs the grader \"judge\".", "quality.judge");
      }
      return wanted.withPinned("");
    }
    boolean judged =
        switch (GraderNames.parse(wanted.grader())) {
          case Grader.Judge _ -> true;
          case Grader.Exact _,
              Grader.Normalised _,
              Grader.Contains _,
              Grader.Matches _,
              Grader.NumberWithin _,
              Grader.JsonFields _,
              Grader.SetF1 _,
              Grader.ChrF _,
              Grader.RougeL _,
              Grader.Similarity _ ->
              false;
          case Grader.Refusal _,
              Grader.Citations _,
              Grader.Program _,
              Grader.People _,
              Grader.Likelihood _ ->
              throw new InvalidRequest(
                  "Two answers are compared by exact, normalised, contains, regex, number, json, set-f1, chrf, rouge-l, similarity or judge.",
                  "quality.grader");
        };
    if (!judged) {
      if (!wanted.judge().isEmpty()) {
        throw new InvalidRequest("A judge needs the grader \"judge\".", "quality.judge");
      }
      return wanted.withPinned("");
    }
    if (wanted.judge().isEmpty()) {
      PinnedJudge judge =
          standard.orElseThrow(() ->
              new InvalidRequest(
                  "Name the judge's model, or pin one for all as judge in freehold.properties.",
                  "quality.judge"));
      judge.require(models.model(judge.name(), asking).card());
      return wanted.judgedBy(judge.name(), judge.digest());
    }
    return wanted.withPinned(models.model(wanted.judge(), asking).card().digest());
  }

  @Override
  public double score(Quality quality, Pair pair, Asking asking, ChatModels models) {
    if (pair.incumbent().isBlank()) {
      throw new Unavailable("The incumbent said nothing to compare with.");
    }
    Grader grader = GraderNames.parse(quality.grader());
    return grader instanceof Grader.Judge judge
        ? judged(quality, judge, pair, asking, models)
        : grading
            .score(
                grader,
                new Question(pair.messages(), List.of(pair.incumbent()), List.of()),
                pair.candidate())
            .value();
  }

  private static double judged(
      Quality quality, Grader.Judge judge, Pair pair, Asking asking, ChatModels models) {
    ChatModel model = models.model(quality.judge(), asking);
    if (!model.card().digest().equals(quality.pinned())) {
      throw new Conflict(
          "%s is not the model that was chosen as the judge; choose it again."
              .formatted(quality.judge()));
    }
    Contestant candidate =
        Contestant.of(
            pair.candidateModel(), models.model(pair.candidateModel(), asking), false, Price.FREE);
    return Judge.of(model, List.of(candidate), false)
        .prefers(judge.rubric(), pair.messages(), pair.candidate(), pair.incumbent());
  }
}
