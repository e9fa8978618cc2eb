package dev.freehold.tensor.machine;

/// The sixteen general registers of x86-64.
enum Register {
  RAX(0),
  RCX(1),
  RDX(2),
  RBX(3),
  RSP(4),
  RBP(5),
  RSI(6),
  RDI(7),
  R8(8),
  R9(9),
  R10(10),
  R11(11),
  R12(12),
  R13(13),
  R14(14),
  R15(15);

  /// What instructions know it by.
  final int number;

  Register(int number) {
    this.number = number;
  }

  /// The memory it points to.
  Address at(int displacement) {
    return new Address(this, null, 1, displacement);
  }

  /// The memory at `this + index · scale`.
  Address plus(Register index, int scale) {
    return new Address(this, index, scale, 0);
  }
}
