package dev.freehold.teaching.exam;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an exam found.
///
/// @param standings by group and column
/// @param adapterBesideDocuments adapter and documents against documents alone, on what was taught
/// @param heldOut what answers that were held out show; empty where none were
/// @param basePerplexity of a general text
/// @param adapterPerplexity of the same text with the adapter
/// @param knownBefore general questions that the base got right
/// @param knownStill those of them that are still right with the adapter
/// @param agreement how alike answers to everyday prompts are to the base's, 0 to 1: mean F1 of
///   their words
/// @param gates the conditions of being served
public record Examined(
    Map<ExamItem.Group, Map<Column, Standing>> standings,
    Optional<Difference> adapterBesideDocuments,
    Optional<HeldOut> heldOut,
    double basePerplexity,
    double adapterPerplexity,
    int knownBefore,
    int knownStill,
    double agreement,
    List<Gate> gates) {
  public Examined {
    standings = Map.copyOf(standings);
    gates = List.copyOf(gates);
  }

  /// A paired difference of accuracies with its 95 % interval (Newcombe 1998, method 10).
  ///
  /// @param cases questions both were asked
  /// @param difference in points of 0 to 1
  /// @param low lower end
  /// @param high upper end
  public record Difference(int cases, double difference, double low, double high) {}

  /// Share of what the base knew that is still known; 1 where it knew nothing.
  public double retention() {
    return knownBefore == 0 ? 1 : knownStill / (double) knownBefore;
  }

  /// Whether no gate was missed, and something showed that it learned what it was taught.
  public boolean held() {
    return learned() && gates.stream().noneMatch(gate -> gate.outcome() == Gate.Outcome.MISSED);
  }

  /// Whether a gate on what was taught holds; where nothing could be asked of that, none does.
  public boolean learned() {
    return gates.stream()
        .anyMatch(gate -> gate.ofLearning() && gate.outcome() == Gate.Outcome.HELD);
  }

  /// How one column did on one group.
  public Optional<Standing> standing(ExamItem.Group group, Column column) {
    return Optional.ofNullable(standings.getOrDefault(group, Map.of()).get(column));
  }
}
