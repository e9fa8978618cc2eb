package dev.freehold.workload;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/// One captured request and answer of a workload.
///
/// The right to train on it is not given by its capture, since providers' terms forbid it unless
/// somebody has looked: it is given exchange by exchange.
///
/// @param id unique, rises with time
/// @param at when it was asked
/// @param workload whose
/// @param principal the id of who asked
/// @param model which model answered
/// @param part the part it played
/// @param of the exchange it shadows; empty otherwise
/// @param outcome how it ended
/// @param problem the kind of error; empty where there was none
/// @param reason why the answer ended; empty where it did not
/// @param took from the question to the end
/// @param firstWord from the question to the first word; zero where none came
/// @param promptTokens tokens of the prompt
/// @param completionTokens tokens of the answer
/// @param cost by the workload's prices
/// @param valid whether the answer had the form that was expected
/// @param refused whether it looked like a refusal
/// @param request its messages as JSON; empty where words are not kept
/// @param format the form that it asked for, as JSON; empty: none, or words are not kept
/// @param answer its text, and where it called tools a last line with them as JSON; empty where
///   words are not kept
/// @param mayTrain whether somebody has looked and said that it may be trained on
public record Exchange(
    String id,
    Instant at,
    String workload,
    String principal,
    String model,
    Part part,
    String of,
    Outcome outcome,
    String problem,
    String reason,
    Duration took,
    Duration firstWord,
    int promptTokens,
    int completionTokens,
    double cost,
    boolean valid,
    boolean refused,
    String request,
    String format,
    String answer,
    boolean mayTrain) {

  public Exchange {
    // Spools written before forms were kept do not name it.
    format = Objects.requireNonNullElse(format, "");
  }

  /// How an exchange ended.
  public enum Outcome {
    /// With a whole answer.
    ANSWERED,
    /// With an error.
    FAILED,
    /// The client left.
    LEFT
  }
}
