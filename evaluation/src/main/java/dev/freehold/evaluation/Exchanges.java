package dev.freehold.evaluation;

import java.time.Instant;
import java.util.List;

/// The port through which benchmarks see what was captured.
@FunctionalInterface
public interface Exchanges {

  /// The whole exchanges of a workload that began in `[from, to)`, in any order.
  List<Exchange> of(String workload, Instant from, Instant to);
}
