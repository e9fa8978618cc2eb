package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import java.util.List;

/// A multiple-choice case for log-likelihoods, in the form of lm-evaluation-harness.
///
/// @param context what stands before each option
/// @param delimiter what stands between context and option, as a rule a blank
/// @param options at least two
/// @param right index of the right one
public record Choices(String context, String delimiter, List<String> options, int right) {
  public Choices {
    options = List.copyOf(options);
    if (options.size() < 2) {
      throw new InvalidRequest("A choice needs at least two options.", "choices");
    }
    if (right < 0 || right >= options.size()) {
      throw new InvalidRequest(
          "Option %d is right, but there are %d (counted from 0).".formatted(right, options.size()),
          "answer");
    }
  }

  /// The texts whose likelihoods are compared.
  public List<String> continuations() {
    return options.stream().map(option -> delimiter + option).toList();
  }
}
