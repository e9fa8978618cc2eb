package dev.freehold.workload;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where exchanges are kept.
///
/// Implementations are safe for use by many threads at once; what a method returned from is kept.
public interface Exchanges {

  /// Keeps these, all or none; one that is kept already is passed over.
  void append(List<Exchange> exchanges);

  /// The exchanges of a workload, the newest first.
  ///
  /// @param before only those with a smaller id; empty: from the newest
  List<Exchange> newest(String workload, Optional<String> before, int limit);

  /// How many a workload has.
  long count(String workload);

  /// Says of exchanges of a workload whether they may be trained on; returns how many there were.
  int permitTraining(String workload, Set<String> ids, boolean may);

  /// Which of these are kept.
  Set<String> present(Set<String> ids);

  /// Deletes all that one person asked, and what was asked in their shadow; returns how many.
  int erase(String principal);

  /// Deletes those of a workload that are older; returns how many.
  int expire(String workload, Instant before);

  /// Deletes all of a workload; returns how many.
  int clear(String workload);
}
