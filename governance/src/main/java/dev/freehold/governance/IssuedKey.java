package dev.freehold.governance;

import dev.freehold.chat.Principal;

/// A key at the one moment its secret is known: when it is made.
///
/// @param id names the key in lists and when it is revoked
/// @param principal who holds it
/// @param secret what its holder sends; shown once, stored nowhere
public record IssuedKey(String id, Principal principal, String secret) {

  @Override
  public String toString() {
    return "IssuedKey[%s of %s]".formatted(id, principal.name());
  }
}
