package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import java.util.List;
import java.util.Set;

/// What an adapter is published with.
///
/// @param name what it is called; with its base before it, `smollm2+handbook-1`, it is asked
/// @param base the model it was made for
/// @param facts what it is
/// @param sources what it was made from, at least one: whoever may read all of them reads it
/// @param seen ids of what it saw, finer than sources, for instance `document:4e1…`; so that those
///   that saw something can be found when it is deleted
/// @param origin where it came from, as a person would say it
/// @param gates what was measured before it was published and what was decided, as JSON; empty
///   where nothing was
public record Publication(
    Name name,
    Digest base,
    AdapterFacts facts,
    List<AdapterSource> sources,
    Set<String> seen,
    String origin,
    String gates) {

  private static final int LONGEST_GATES = 1 << 20;

  public Publication {
    sources = List.copyOf(sources);
    seen = Set.copyOf(seen);
    if (sources.isEmpty()) {
      throw new InvalidRequest("An adapter needs sources, since they say who reads it.", "sources");
    }
    if (gates.length() > LONGEST_GATES) {
      throw new InvalidRequest("The record of gates is longer than a million characters.", "gates");
    }
  }
}
