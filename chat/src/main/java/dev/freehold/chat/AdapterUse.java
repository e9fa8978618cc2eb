package dev.freehold.chat;

/// An adapter that a request wants on top of its model.
///
/// @param name the adapter's name; behind a model of this process, the id it was loaded under
/// @param scale multiplies what it adds: 1 as it was made, 0 not at all; −16 to 16
public record AdapterUse(String name, double scale) {

  private static final double MOST = 16;

  public AdapterUse {
    // Negated so that NaN is refused too.
    if (!(Math.abs(scale) <= MOST)) {
      throw new InvalidRequest(
          "The scale of an adapter is %s and must lie between -16 and 16.".formatted(scale),
          "lora");
    }
  }
}
