package dev.freehold.chat;

import java.util.Set;

/// The person or key on whose behalf something happens.
///
/// Nothing is retrieved, listed or deleted without one, and there is none that stands for an
/// assistant or for the server itself. Two principals are the same when their [#id] is.
///
/// @param id stable identifier, never shown to other people
/// @param name what a page may show
/// @param groups the groups whose documents this principal may read; [#ADMINISTRATORS] also manages
///   keys and models
public record Principal(String id, String name, Set<String> groups) {

  /// The group that may manage keys, models and collections. It grants no document.
  public static final String ADMINISTRATORS = "administrators";

  public Principal {
    if (id.isBlank()) {
      throw new IllegalArgumentException("A principal needs an id.");
    }
    groups = Set.copyOf(groups);
  }

  /// Whether this principal may manage keys and models.
  public boolean administrator() {
    return groups.contains(ADMINISTRATORS);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Principal principal && principal.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }
}
