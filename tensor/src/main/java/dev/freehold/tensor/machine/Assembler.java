package dev.freehold.tensor.machine;

import java.io.ByteArrayOutputStream;

/// Writes instructions of x86-64 one after the other, an instruction a method, named as in Intel's
/// manual (Software Developer's Manual, volume 2; EVEX in its section 2.7). Operands stand as
/// there: the target first. Where several encodings exist, the one that GNU as chooses.
final class Assembler {

  // How an instruction of 512 bits is told apart: map of opcodes, mandatory prefix, W, opcode.
  private record Evex(int map, int prefix, int w, int code) {}

  private static final int MAP_0F = 1;
  private static final int MAP_0F38 = 2;
  private static final int NONE = 0;
  private static final int P66 = 1;
  private static final int PF3 = 2;
  private static final int PF2 = 3;

  private static final Evex LOAD = new Evex(MAP_0F, NONE, 0, 0x10);
  private static final Evex STORE = new Evex(MAP_0F, NONE, 0, 0x11);
  private static final Evex MOVE = new Evex(MAP_0F, P66, 1, 0x6f);
  private static final Evex XOR = new Evex(MAP_0F, P66, 0, 0xef);
  private static final Evex ADD = new Evex(MAP_0F, NONE, 0, 0x58);
  private static final Evex BROADCAST = new Evex(MAP_0F38, P66, 0, 0x58);
  private static final Evex DOT = new Evex(MAP_0F38, PF3, 0, 0x52);
  private static final Evex ROUND = new Evex(MAP_0F38, PF2, 0, 0x72);
  private static final Evex PERMUTE_WORDS = new Evex(MAP_0F38, P66, 1, 0x8d);
  private static final Evex PERMUTE_TWO = new Evex(MAP_0F38, P66, 0, 0x7e);
  private static final Evex PERMUTE_TWO_WORDS = new Evex(MAP_0F38, P66, 1, 0x7d);

  private static final int VECTOR = 64;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  byte[] bytes() {
    return code.toByteArray();
  }

  /// Where the next instruction will stand.
  int here() {
    return code.size();
  }

  /// Fills up with NOPs, so that what follows begins with a line of the cache.
  void align() {
    while (here() % VECTOR != 0) {
      emit(0x90);
    }
  }

  // Vectors

  /// Sixteen floats from memory.
  void vmovups(Zmm target, Address source) {
    evex(LOAD, target, 0, source, VECTOR);
  }

  /// Sixteen floats to memory.
  void vmovups(Address target, Zmm source) {
    evex(STORE, source, 0, target, VECTOR);
  }

  /// All of a register.
  void vmovdqa64(Zmm target, Zmm source) {
    evex(MOVE, target, 0, source);
  }

  /// Exclusive or.
  void vpxord(Zmm target, Zmm a, Zmm b) {
    evex(XOR, target, a.number(), b);
  }

  /// Sums of floats.
  void vaddps(Zmm target, Zmm a, Address b) {
    evex(ADD, target, a.number(), b, VECTOR);
  }

  /// Four bytes from memory, sixteen times.
  void vpbroadcastd(Zmm target, Address source) {
    evex(BROADCAST, target, 0, source, 4);
  }

  /// Adds to each float of `target` the products of the two bf16 numbers there in `a` and `b`.
  void vdpbf16ps(Zmm target, Zmm a, Zmm b) {
    evex(DOT, target, a.number(), b);
  }

  /// Floats as bf16, rounded to nearest even: those of `low` to the lower half of `target`, those
  /// of `high` to the upper.
  void vcvtne2ps2bf16(Zmm target, Zmm high, Address low) {
    evex(ROUND, target, high.number(), low, VECTOR);
  }

  /// Words of `source` in the order that `order` says.
  void vpermw(Zmm target, Zmm order, Zmm source) {
    evex(PERMUTE_WORDS, target, order.number(), source);
  }

  /// Doublewords of `target` (0 to 15) and `second` (16 to 31) in the order that `order` says.
  void vpermt2d(Zmm target, Zmm order, Zmm second) {
    evex(PERMUTE_TWO, target, order.number(), second);
  }

  /// Words of `target` (0 to 31) and `second` (32 to 63) in the order that `order` says.
  void vpermt2w(Zmm target, Zmm order, Zmm second) {
    evex(PERMUTE_TWO_WORDS, target, order.number(), second);
  }

  /// Forgets the upper parts of vector registers, so that older instructions are not slowed down.
  void vzeroupper() {
    emit(0xc5, 0xf8, 0x77);
  }

  // Tiles: registers of up to 16 rows of 64 bytes (AMX)

  /// Takes what shapes tiles have from 64 bytes of memory, and clears all tiles.
  void ldtilecfg(Address source) {
    vex(NONE, 0, source.indexNumber(), source.base().number);
    emit(0x49);
    memory(0, source, 1);
  }

  /// Rows from memory: `source` is the first, its index times its scale the distance to the next.
  void tileloadd(Tmm target, Address source) {
    tile(PF2, target, source);
  }

  /// Rows to memory, likewise.
  void tilestored(Address target, Tmm source) {
    tile(PF3, source, target);
  }

  void tilezero(Tmm target) {
    vex(PF2, 0, 0, 0);
    emit(0x49, direct(target.number(), 0));
  }

  /// Adds products of bf16 numbers to floats: `target[m][n] += a[m][2k] · b[k][2n] + a[m][2k+1] ·
  /// b[k][2n+1]` over all k.
  void tdpbf16ps(Tmm target, Tmm a, Tmm b) {
    vex(PF3, b.number(), 0, 0);
    emit(0x5c, direct(target.number(), a.number()));
  }

  /// Forgets all tiles and their shapes, so that nobody has to save them.
  void tilerelease() {
    vex(NONE, 0, 0, 0);
    emit(0x49, 0xc0);
  }

  // General registers, of 64 bits where nothing else is said

  void mov(Register target, Register source) {
    rex(source.number, 0, target.number);
    emit(0x89, direct(source.number, target.number));
  }

  void mov(Register target, Address source) {
    rex(target.number, source.indexNumber(), source.base().number);
    emit(0x8b);
    memory(target.number, source, 1);
  }

  /// Sets the lower 32 bits of one of the first eight registers and clears the upper.
  void movd(Register target, int value) {
    emit(0xb8 + low(target.number));
    emitInt(value);
  }

  void lea(Register target, Address source) {
    rex(target.number, source.indexNumber(), source.base().number);
    emit(0x8d);
    memory(target.number, source, 1);
  }

  void add(Register target, Register source) {
    rex(source.number, 0, target.number);
    emit(0x01, direct(source.number, target.number));
  }

  /// Not for RAX and large values, which have an encoding of their own.
  void add(Register target, int value) {
    rex(0, 0, target.number);
    if (isByte(value)) {
      emit(0x83, direct(0, target.number), value);
    } else {
      emit(0x81, direct(0, target.number));
      emitInt(value);
    }
  }

  /// Keeps the bits that `value`, widened with its sign, has as well.
  void and(Register target, byte value) {
    rex(0, 0, target.number);
    emit(0x83, direct(4, target.number), value);
  }

  /// Subtracts one; what [#jnz] asks for is whether it became 0.
  void dec(Register target) {
    rex(0, 0, target.number);
    emit(0xff, direct(1, target.number));
  }

  void push(Register source) {
    stack(0x50, source);
  }

  void pop(Register target) {
    stack(0x58, target);
  }

  /// Jumps back to `target` where the last result was not 0.
  void jnz(int target) {
    int distance = target - (here() + 2);
    if (isByte(distance)) {
      emit(0x75, distance);
    } else {
      emit(0x0f, 0x85);
      emitInt(target - (here() + 4));
    }
  }

  /// What the processor has, as EAX and ECX ask; RBX is lost.
  void cpuid() {
    emit(0x0f, 0xa2);
  }

  void ret() {
    emit(0xc3);
  }

  // Encoding

  private void evex(Evex instruction, Zmm reg, int source, Zmm rm) {
    prefix(instruction, reg.number(), source, rm.number() & 15, rm.number() >> 1 & 8);
    emit(instruction.code, direct(reg.number(), rm.number()));
  }

  private void evex(Evex instruction, Zmm reg, int source, Address rm, int unit) {
    prefix(instruction, reg.number(), source, rm.base().number, rm.indexNumber());
    emit(instruction.code);
    memory(reg.number(), rm, unit);
  }

  // Four bytes: bits of registers' numbers that ModRM has no room for stand here, inverted.
  private void prefix(Evex instruction, int reg, int source, int base, int index) {
    emit(
        0x62,
        (~reg & 8) << 4 | (~index & 8) << 3 | (~base & 8) << 2 | (~reg & 16) | instruction.map,
        instruction.w << 7 | (~source & 15) << 3 | 4 | instruction.prefix,
        0x40 | (~source & 16) >> 1);
  }

  private void tile(int prefix, Tmm tile, Address place) {
    vex(prefix, 0, place.indexNumber(), place.base().number);
    emit(0x4b);
    memory(tile.number(), place, 1);
  }

  // Three bytes, for instructions on tiles, which all are in one map.
  private void vex(int prefix, int source, int index, int base) {
    emit(
        0xc4, 0x80 | (~index & 8) << 3 | (~base & 8) << 2 | MAP_0F38, (~source & 15) << 3 | prefix);
  }

  private void rex(int reg, int index, int base) {
    emit(0x48 | (reg & 8) >> 1 | (index & 8) >> 2 | (base & 8) >> 3);
  }

  private static int direct(int reg, int rm) {
    return 0xc0 | low(reg) << 3 | low(rm);
  }

  private static int low(int number) {
    return number & 7;
  }

  // Displacements of a byte count in units of what the instruction reads.
  private void memory(int reg, Address place, int unit) {
    int base = low(place.base().number);
    int displacement = place.displacement();
    boolean needsIndexByte = place.index() != null || base == Register.RSP.number;
    boolean none = displacement == 0 && base != Register.RBP.number;
    boolean small = displacement % unit == 0 && isByte(displacement / unit);
    int mode = none ? 0 : small ? 1 : 2;
    emit(mode << 6 | low(reg) << 3 | (needsIndexByte ? 4 : base));
    if (needsIndexByte) {
      int index = place.index() == null ? 4 : low(place.indexNumber());
      emit(Integer.numberOfTrailingZeros(place.scale()) << 6 | index << 3 | base);
    }
    if (mode == 1) {
      emit(displacement / unit);
    } else if (mode == 2) {
      emitInt(displacement);
    }
  }

  private void stack(int opcode, Register register) {
    if (register.number >= 8) {
      emit(0x41);
    }
    emit(opcode + low(register.number));
  }

  private static boolean isByte(int value) {
    return value == (byte) value;
  }

  private void emit(int... bytes) {
    for (int b : bytes) {
      code.write(b);
    }
  }

  private void emitInt(int value) {
    emit(value, value >> 8, value >> 16, value >> 24);
  }
}
