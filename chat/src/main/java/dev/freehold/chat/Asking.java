package dev.freehold.chat;

/// On whose behalf a model is asked, and for which use.
///
/// @param principal who asks
/// @param workload the use it belongs to; empty where a model is asked by its own name
/// @param sensitivity how far what is said may travel
public record Asking(Principal principal, String workload, Sensitivity sensitivity) {

  /// Somebody asks a model by its own name.
  public static Asking of(Principal principal) {
    return new Asking(principal, "", Sensitivity.INTERNAL);
  }
}
