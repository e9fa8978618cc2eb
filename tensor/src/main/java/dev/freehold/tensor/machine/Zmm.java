package dev.freehold.tensor.machine;

/// One of the 32 vector registers of 512 bits.
record Zmm(int number) {

  Zmm {
    if (number < 0 || number > 31) {
      throw new IllegalArgumentException("no vector register has number " + number);
    }
  }

  static Zmm of(int number) {
    return new Zmm(number);
  }
}
