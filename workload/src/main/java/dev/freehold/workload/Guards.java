package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import java.time.Duration;

/// How badly a candidate may do before its traffic goes back to the incumbent by itself.
///
/// @param errors share of its answers that may fail
/// @param invalid share that may break the form the workload expects
/// @param refusals share that may be refusals
/// @param latency time within which nineteen of twenty answers must be complete
public record Guards(double errors, double invalid, double refusals, Duration latency) {

  /// Strict on errors, patient in time.
  public static final Guards DEFAULT = new Guards(0.05, 0.05, 0.10, Duration.ofSeconds(60));

  public Guards {
    for (double share : new double[] {errors, invalid, refusals}) {
      if (!(share >= 0 && share <= 1)) {
        throw new InvalidRequest("A guard's share lies between 0 and 1.", "guards");
      }
    }
    if (latency.isNegative() || latency.isZero()) {
      throw new InvalidRequest("A guard's time is more than nothing.", "guards");
    }
  }
}
