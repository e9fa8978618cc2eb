package dev.freehold.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What is wanted and what is known of it before anything is asked.
///
/// @param name what it shall be called
/// @param digest what it must hash to
/// @param size its bytes
/// @param facts what the catalogue says of it
/// @param sources where it can come from, to be tried in order
record Wish(
    Optional<Name> name,
    Optional<Digest> digest,
    OptionalLong size,
    Optional<ModelFacts> facts,
    List<Source> sources) {

  static Wish of(Source source, Optional<Name> as, Optional<Digest> digest) {
    return new Wish(as, digest, OptionalLong.empty(), Optional.empty(), List.of(source));
  }
}
