package dev.freehold.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/// What a contestant took: time, tokens, money.
///
/// @param contestant by name
/// @param answers asked for, the control's not counted
/// @param failures that never came
/// @param score mean over cases
/// @param successes answers of at least half the points
/// @param promptTokens read
/// @param completionTokens written
/// @param tokensPerSecond written, between first text and end
/// @param firstMillis median time to the first text
/// @param typicalMillis median time of an answer
/// @param slowMillis the time that 95 of 100 answers keep
/// @param cost of these answers
/// @param costPerSuccess cost divided by successes; empty where there is none
/// @param sentBytes bytes of questions that left the house, the control's too
/// @param sentRequests requests that left the house
public record Effort(
    String contestant,
    int answers,
    int failures,
    double score,
    int successes,
    long promptTokens,
    long completionTokens,
    double tokensPerSecond,
    double firstMillis,
    double typicalMillis,
    double slowMillis,
    double cost,
    OptionalDouble costPerSuccess,
    long sentBytes,
    int sentRequests) {

  private static final double SUCCESS = 0.5;

  static Effort of(Contestant one, Benchmark benchmark, List<Attempt> attempts, ScoreTable table) {
    List<Attempt> own =
        attempts.stream().filter(attempt -> attempt.contestant().equals(one.name())).toList();
    List<Attempt> answered = own.stream().filter(attempt -> !attempt.failed()).toList();
    double[][] scores = table.scores().get(one.name());
    int successes =
        (int)
            Arrays.stream(scores)
                .flatMapToDouble(Arrays::stream)
                .filter(score -> score >= SUCCESS)
                .count();
    double writing =
        answered.stream().mapToLong(attempt -> attempt.millis() - attempt.firstMillis()).sum()
            / 1e3;
    long written = answered.stream().mapToLong(Attempt::completionTokens).sum();
    double cost = own.stream().mapToDouble(attempt -> one.price().of(attempt)).sum();
    List<Attempt> sent =
        one.leavesHouse()
            ? attempts.stream()
                .filter(
                    attempt -> attempt.contestant().replace(Attempt.AGAIN, "").equals(one.name()))
                .toList()
            : List.of();
    return new Effort(
        one.name(),
        own.size(),
        own.size() - answered.size(),
        Arrays.stream(table.means(one.name())).average().orElse(0),
        successes,
        own.stream().mapToLong(Attempt::promptTokens).sum(),
        written,
        writing > 0 ? written / writing : 0,
        quantile(answered.stream().mapToDouble(Attempt::firstMillis).toArray(), 0.5),
        quantile(answered.stream().mapToDouble(Attempt::millis).toArray(), 0.5),
        quantile(answered.stream().mapToDouble(Attempt::millis).toArray(), 0.95),
        cost,
        successes == 0 ? OptionalDouble.empty() : OptionalDouble.of(cost / successes),
        sent.stream().mapToLong(attempt -> bytes(benchmark, attempt)).sum(),
        sent.size());
  }

  private static long bytes(Benchmark benchmark, Attempt attempt) {
    Case one = benchmark.find(attempt.caseId());
    return one.messages().stream()
            .mapToLong(
                message -> message.text().getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
            .sum()
        + one.choices()
            .map(choices ->
                (long) choices.options().size()
                    * choices.context().getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
            .orElse(0L);
  }

  private static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return 0;
    }
    Arrays.sort(values);
    return values[(int) Math.ceil(share * values.length) - 1];
  }
}
