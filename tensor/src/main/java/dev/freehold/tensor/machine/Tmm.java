package dev.freehold.tensor.machine;

/// One of the eight tiles.
record Tmm(int number) {

  Tmm {
    if (number < 0 || number > 7) {
      throw new IllegalArgumentException("no tile has number " + number);
    }
  }

  static Tmm of(int number) {
    return new Tmm(number);
  }
}
