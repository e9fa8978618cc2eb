package dev.freehold.store;

import dev.freehold.chat.Principal;

/// Who may read, now, what this house keeps and adapters were made from. Safe for use by many
/// threads at once.
@FunctionalInterface
public interface SourceRights {

  /// Nobody may read anything: where adapters of no kept sources are the only ones there can be.
  SourceRights NONE = (_, _) -> false;

  /// Whether that principal may read that source; what is unknown or gone, nobody may.
  ///
  /// @param source the id of an [AdapterSource.Kept]
  boolean mayRead(Principal principal, String source);
}
