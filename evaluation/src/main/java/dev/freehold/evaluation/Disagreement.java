package dev.freehold.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A case on which candidate and incumbent were scored differently.
///
/// @param one the case
/// @param candidateScore mean over runs
/// @param incumbentScore mean over runs
/// @param candidateAnswer of the first run
/// @param incumbentAnswer of the first run
record Disagreement(
    Case one,
    double candidateScore,
    double incumbentScore,
    String candidateAnswer,
    String incumbentAnswer) {

  /// The cases that differ most, lost and won ones in turn, so that neither hides the other.
  static List<Disagreement> of(Proof proof, String candidate, int most) {
    double[] his = proof.table().means(candidate);
    double[] other = proof.table().means(proof.incumbent().name());
    List<Integer> order =
        IntStream.range(0, his.length)
            .filter(i -> his[i] != other[i])
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -Math.abs(his[i] - other[i])))
            .toList();
    List<Integer> lost = order.stream().filter(i -> his[i] < other[i]).toList();
    List<Integer> won = order.stream().filter(i -> his[i] > other[i]).toList();
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; chosen.size() < most && i < order.size(); i++) {
      if (i < lost.size()) {
        chosen.add(lost.get(i));
      }
      if (i < won.size() && chosen.size() < most) {
        chosen.add(won.get(i));
      }
    }
    Map<String, Attempt> attempts = new HashMap<>();
    proof.attempts().forEach(attempt -> attempts.put(attempt.key(), attempt));
    return chosen.stream()
        .map(i -> {
          Case one = proof.benchmark().cases().get(i);
          return new Disagreement(
              one,
              his[i],
              other[i],
              shown(one, attempts.get(Attempt.key(candidate, one.id(), 0))),
              shown(one, attempts.get(Attempt.key(proof.incumbent().name(), one.id(), 0))));
        })
        .toList();
  }

  private static String shown(Case one, @org.jspecify.annotations.Nullable Attempt attempt) {
    if (attempt == null) {
      return "";
    }
    if (attempt.failed()) {
      return "(no answer) " + attempt.error();
    }
    if (!attempt.likelihoods().isEmpty() && one.choices().isPresent()) {
      double[] likelihoods =
          attempt.likelihoods().stream().mapToDouble(Double::doubleValue).toArray();
      double best = Arrays.stream(likelihoods).max().orElseThrow();
      int choice =
          IntStream.range(0, likelihoods.length)
              .filter(i -> likelihoods[i] == best)
              .findFirst()
              .orElseThrow();
      return one.choices().get().options().get(choice);
    }
    return attempt.text();
  }

  /// What is right, and who says so.
  String gold() {
    String who =
        switch (one.origin()) {
          case PERSON -> one.by().isEmpty() ? "a person says" : one.by() + " says";
          case MODEL -> "a model says";
          case UNKNOWN -> "unknown who says";
        };
    return "Right (%s): %s".formatted(who, String.join(" · ", one.golds()));
  }

  static String head(String name, double score) {
    return "%s · %s points".formatted(name, Ruling.points(score));
  }

  static String shortened(String answer) {
    return answer.length() > 1_500 ? answer.substring(0, 1_500) + "…" : answer;
  }
}
