package dev.freehold.governance;

import dev.freehold.chat.Principal;
import java.time.Instant;
import java.util.Optional;

/// A key as lists show it, without its secret.
///
/// @param id names the key when it is revoked
/// @param hint how the secret begins, so that its holder can tell keys apart
/// @param principal who holds it
/// @param created when it was made
/// @param revoked when it was ended, if it was
public record Key(
    String id, String hint, Principal principal, Instant created, Optional<Instant> revoked) {}
