package dev.freehold.evaluation;

import dev.freehold.evaluation.statistics.Power;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// What is said before anything is asked: how many cases this margin needs.
///
/// @param cases independent cases there are
/// @param needed independent cases with which an equally good candidate is found as good with the
///   wanted power; [Integer#MAX_VALUE] where none suffice
/// @param power that the cases there are give
/// @param assumed share of cases on which two equally good contestants differ, or, for scores
///   between 0 and 1, the standard deviation of their difference
/// @param binary which of the two
/// @param candidates how many are tried together; the level is held for all of them
public record Plan(
    int cases, int needed, double power, double assumed, boolean binary, int candidates) {

  /// Two decent models differ on about a fifth of the questions worth asking.
  public static final double USUAL_DISCORDANCE = 0.2;

  /// About as much for scores between 0 and 1.
  public static final double USUAL_DEVIATION = 0.3;

  /// @param assumed discordance or deviation
  public static Plan of(Benchmark benchmark, ProofSettings settings, double assumed) {
    return of(benchmark, settings, assumed, 1);
  }

  /// For several candidates the number is that at which the first of Holm's steps has the power.
  ///
  /// @param assumed discordance or deviation
  /// @param candidates how many are tried together, from 1
  public static Plan of(
      Benchmark benchmark, ProofSettings settings, double assumed, int candidates) {
    boolean binary = binary(benchmark, settings);
    Set<String> conversations = new HashSet<>();
    benchmark.cases().forEach(one -> conversations.add(one.conversation()));
    int cases = conversations.size();
    double margin = settings.margin();
    double confidence = 1 - (1 - settings.confidence()) / candidates;
    return binary
        ? new Plan(
            cases,
            Power.casesForBinary(settings.power(), margin, 0, assumed, confidence),
            Power.binary(cases, margin, 0, assumed, confidence),
            assumed,
            true,
            candidates)
        : new Plan(
            cases,
            Power.casesForGraded(settings.power(), margin, 0, assumed, confidence),
            cases < 2 ? 0 : Power.graded(cases, margin, 0, assumed, confidence),
            assumed,
            false,
            candidates);
  }

  /// With the usual assumption.
  public static Plan of(Benchmark benchmark, ProofSettings settings) {
    return of(
        benchmark, settings, binary(benchmark, settings) ? USUAL_DISCORDANCE : USUAL_DEVIATION);
  }

  /// With the usual assumption, for several candidates.
  public static Plan of(Benchmark benchmark, ProofSettings settings, int candidates) {
    double assumed = binary(benchmark, settings) ? USUAL_DISCORDANCE : USUAL_DEVIATION;
    return of(benchmark, settings, assumed, candidates);
  }

  private static boolean binary(Benchmark benchmark, ProofSettings settings) {
    return settings.runs() == 1
        && benchmark.cases().stream().allMatch(one -> benchmark.graderOf(one).binary());
  }

  /// The plan in words.
  public String sentence(ProofSettings settings) {
    String basis =
        binary
            ? String.format(
                Locale.ROOT,
                "if two equally good models differ on %.0f %% of the cases",
                100 * assumed)
            : String.format(
                Locale.ROOT,
                "if the scores' differences have a standard deviation of %.2f",
                assumed);
    return String.format(
        Locale.ROOT,
        "A margin of %s points needs %s independent cases for a power of %.0f %%%s, %s; there are %d, which give %.0f %%.",
        Ruling.number(100 * settings.margin()),
        needed == Integer.MAX_VALUE ? "more than ten million" : Integer.toString(needed),
        100 * settings.power(),
        candidates > 1 ? " for each of %d candidates tried together".formatted(candidates) : "",
        basis,
        cases,
        100 * power);
  }
}
