package dev.freehold.governance.egress;

import java.time.Instant;
import java.util.List;

/// What is kept of a request that wanted to leave: who, where to, how much, what was found; never
/// what was said.
///
/// @param id rises with time
/// @param at when
/// @param principal the id of who asked
/// @param workload the use it belongs to, or empty
/// @param origin the server it was for
/// @param model the model it was for
/// @param bytes length of its texts in UTF-8
/// @param decision whether it may leave
/// @param found the kinds that were found, each once
/// @param link what ties it to all records before it (SHA-256, in hexadecimal); empty before it is
///   kept, and for records from before there were links
public record EgressRecord(
    long id,
    Instant at,
    String principal,
    String workload,
    String origin,
    String model,
    long bytes,
    Decision decision,
    List<String> found,
    String link) {

  public EgressRecord {
    found = List.copyOf(found);
  }

  /// What became of it.
  public enum Decision {
    /// It leaves as it is.
    PASSED,
    /// It leaves with placeholders.
    REPLACED,
    /// It stays.
    STOPPED
  }
}
