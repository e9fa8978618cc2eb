package dev.freehold.tensor.machine;

import org.jspecify.annotations.Nullable;

/// A place in memory, `base + index · scale + displacement`.
///
/// @param index null where there is none; never RSP
/// @param scale 1, 2, 4 or 8
record Address(Register base, @Nullable Register index, int scale, int displacement) {

  Address {
    if (index == Register.RSP || Integer.bitCount(scale) != 1 || scale > 8 || scale < 1) {
      throw new IllegalArgumentException("no address has " + index + " times " + scale);
    }
  }

  int indexNumber() {
    return index == null ? 0 : index.number;
  }
}
