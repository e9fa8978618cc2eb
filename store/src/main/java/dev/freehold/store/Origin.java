package dev.freehold.store;

import java.util.stream.Stream;

/// What is known of a model that arrives.
///
/// @param title where it comes from, for people
/// @param wish what was asked for
/// @param file what it is called there
/// @param licence what the source says of its licence
record Origin(String title, Wish wish, String file, String licence) {

  Name name() {
    return wish.name().orElseGet(() -> Name.ofFile(file));
  }

  /// The file's own word first, what the catalogue knows where the file says nothing.
  ModelFacts facts(ModelFacts read) {
    ModelFacts known =
        wish.facts().orElse(new ModelFacts(ModelFacts.UNKNOWN, 0, 0, ModelFacts.UNKNOWN));
    return new ModelFacts(
        read.architecture().equals(ModelFacts.UNKNOWN) ? known.architecture() : read.architecture(),
        read.parameters() == 0 ? known.parameters() : read.parameters(),
        read.contextLength() == 0 ? known.contextLength() : read.contextLength(),
        Stream.of(known.licence(), licence, read.licence())
            .filter(one -> !one.equals(ModelFacts.UNKNOWN))
            .findFirst()
            .orElse(ModelFacts.UNKNOWN));
  }
}
