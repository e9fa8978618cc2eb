package dev.freehold.database;

import java.util.List;

/// One room's tables: the steps that lead from nothing to what this version needs.
///
/// @param room the room that owns the tables; no other reads or writes them
/// @param steps SQL, one or more statements a step; released steps are never edited, only followed
///   by new ones
public record Schema(String room, List<String> steps) {
  public Schema {
    steps = List.copyOf(steps);
  }
}
