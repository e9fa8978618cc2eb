package dev.freehold.server;

import java.util.Optional;

/// What the page says about models beyond their cards.
///
/// Implementations are safe for use by many threads at once.
public interface ModelShelf {

  /// Whether the weights of this model are in memory.
  boolean loaded(String name);

  /// A sentence about this model, empty where there is nothing to say.
  String note(String name);

  /// The best model of the catalogue that fits this machine, if it is not here yet.
  Optional<Suggestion> suggestion();

  /// A model worth getting.
  ///
  /// @param name its name in the catalogue
  /// @param why why it fits this machine
  /// @param command what to type to get it
  record Suggestion(String name, String why, String command) {}
}
