package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import java.time.Duration;

/// How well a candidate's answers must hold up against the incumbent's to the same requests, and
/// how often that is looked at.
///
/// @param grader how an answer is graded, the incumbent's being the right one: a grader's type or
///   its JSON; empty: quality is not watched
/// @param judge the model that compares the two, where the grader is `judge`; empty otherwise
/// @param pinned the judge's digest when it was chosen; another model under its name does not judge
/// @param least mean score under which traffic goes back to the incumbent; from a judge, a half
///   means that neither is better
/// @param every time between two looks
/// @param cases most answers that are looked at each time
public record Quality(
    String grader, String judge, String pinned, double least, Duration every, int cases) {

  /// Quality is not watched.
  public static final Quality OFF = new Quality("", "", "", 0.5, Duration.ofHours(1), 20);

  public Quality {
    if (!(least >= 0 && least <= 1)) {
      throw new InvalidRequest("The least quality lies between 0 and 1.", "quality.least");
    }
    if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.compareTo(Duration.ofDays(30)) > 0) {
      throw new InvalidRequest(
          "Quality is looked at every second to every 30 days.", "quality.seconds");
    }
    if (cases < 1 || cases > 1000) {
      throw new InvalidRequest("A look takes 1 to 1000 answers.", "quality.cases");
    }
    if (grader.length() > 10_000 || judge.length() > 300) {
      throw new InvalidRequest("A grader is at most 10,000 characters.", "quality.grader");
    }
  }

  /// Whether it is watched.
  public boolean watched() {
    return !grader.isEmpty();
  }

  /// The same, judged by this model.
  public Quality judgedBy(String model, String digest) {
    return new Quality(grader, model, digest, least, every, cases);
  }

  /// The same, with this judge's digest.
  public Quality withPinned(String value) {
    return new Quality(grader, judge, value, least, every, cases);
  }
}
