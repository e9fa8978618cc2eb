package dev.freehold.chat;

/// A sound file or a sensible wish that this version does not serve yet.
public final class Unsupported extends FreeholdException {

  /// @param what what was asked for
  /// @param supported what is served instead
  public Unsupported(String what, String supported) {
    super("%s is not supported yet. Supported: %s.".formatted(what, supported), null);
  }
}
