package dev.freehold.documents;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;

/// Who may read a collection: one person, or everybody of a group.
///
/// The two are written with a prefix (`person:…`, `group:…`), so that a group can never pass for a
/// person of the same name.
public sealed interface Reader {

  /// One person or key.
  ///
  /// @param id the id of its [Principal]
  record Person(String id) implements Reader {
    @Override
    public String toString() {
      return "person:" + id;
    }
  }

  /// All principals of a group.
  ///
  /// @param name the group's name
  record Group(String name) implements Reader {
    @Override
    public String toString() {
      return "group:" + name;
    }
  }

  /// Whether this stands for that principal.
  default boolean includes(Principal principal) {
    return switch (this) {
      case Person person -> person.id().equals(principal.id());
      case Group group -> principal.groups().contains(group.name());
    };
  }

  /// Reads the written form.
  ///
  /// @throws InvalidRequest where it has neither prefix
  static Reader parse(String written) {
    if (written.startsWith("person:") && written.length() > 7) {
      return new Person(written.substring(7));
    }
    if (written.startsWith("group:") && written.length() > 6) {
      return new Group(written.substring(6));
    }
    throw new InvalidRequest(
        "A reader is written person:ID or group:NAME, and not %s.".formatted(written), "readers");
  }
}
