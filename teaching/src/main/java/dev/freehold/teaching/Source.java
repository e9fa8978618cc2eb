package dev.freehold.teaching;

import dev.freehold.chat.InvalidRequest;

/// What a data set is made from.
///
/// Written `collection:ID`, `workload:NAME`, or the id of a file, `file-…`.
public sealed interface Source {

  /// The documents of a collection.
  record Collection(String id) implements Source {
    @Override
    public String toString() {
      return "collection:" + id;
    }
  }

  /// The captured exchanges of a workload that may be trained on.
  record Workload(String name) implements Source {
    @Override
    public String toString() {
      return "workload:" + name;
    }
  }

  /// A file of conversations, or of preference pairs.
  record File(String id) implements Source {
    @Override
    public String toString() {
      return id;
    }
  }

  /// Reads the written form.
  ///
  /// @throws InvalidRequest where it is none
  static Source parse(String written) {
    if (written.startsWith("collection:") && written.length() > 11) {
      return new Collection(written.substring(11));
    }
    if (written.startsWith("workload:") && written.length() > 9) {
      return new Workload(written.substring(9));
    }
    if (written.startsWith("file-") && written.length() > 5) {
      return new File(written);
    }
    throw new InvalidRequest(
        "training_file is the id of a file, collection:ID or workload:NAME.", "training_file");
  }
}
