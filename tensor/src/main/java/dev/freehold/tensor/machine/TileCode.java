package dev.freehold.tensor.machine;

import static dev.freehold.tensor.machine.Register.R10;
import static dev.freehold.tensor.machine.Register.R11;
import static dev.freehold.tensor.machine.Register.R12;
import static dev.freehold.tensor.machine.Register.R13;
import static dev.freehold.tensor.machine.Register.R14;
import static dev.freehold.tensor.machine.Register.R15;
import static dev.freehold.tensor.machine.Register.R8;
import static dev.freehold.tensor.machine.Register.R9;
import static dev.freehold.tensor.machine.Register.RAX;
import static dev.freehold.tensor.machine.Register.RBX;
import static dev.freehold.tensor.machine.Register.RCX;
import static dev.freehold.tensor.machine.Register.RDI;
import static dev.freehold.tensor.machine.Register.RDX;
import static dev.freehold.tensor.machine.Register.RSI;
import static dev.freehold.tensor.machine.Register.RSP;

/// The product of [Bf16Code] in instructions of AMX (Intel's manual, volume 1, chapter 18), which
/// take 16 rows by 32 numbers by 16 columns at once. Calling convention as there.
final class TileCode {

  /// Rows of inputs, and of results, that one tile takes.
  static final int ROWS = 16;

  /// Most tiles of results beside each other.
  static final int TILES = 3;

  /// Pairs that one instruction takes.
  static final int PAIRS = 16;

  /// Pairs that one instruction takes where fewer are left.
  static final int FEW_PAIRS = 8;

  private static final int ROW = 64;

  // Which tile is what. Two for panels, so that the second is read while the first is multiplied.
  private static final Tmm INPUTS = Tmm.of(3);
  private static final Tmm[] PANELS = {Tmm.of(4), Tmm.of(5), Tmm.of(4)};
  private static final Tmm FEW_INPUTS = Tmm.of(6);
  private static final Tmm FEW = Tmm.of(7);

  private TileCode() {}

  /// `int ()`: EDX of CPUID's leaf 7. Bit 22 is AMX-BF16, bit 24 AMX-TILE.
  static void features(Assembler code) {
    code.push(RBX);
    code.movd(RAX, 7);
    code.movd(RCX, 0);
    code.cpuid();
    code.mov(RAX, RDX);
    code.pop(RBX);
    code.ret();
  }

  /// The shapes of the eight tiles, as LDTILECFG takes them: bytes of a row from byte 16 on, two
  /// bytes each, rows from byte 48 on.
  static byte[] shapes() {
    byte[] shapes = new byte[64];
    shapes[0] = 1;
    for (int tile = 0; tile < 8; tile++) {
      shapes[16 + 2 * tile] = (byte) (tile == FEW_INPUTS.number() ? 4 * FEW_PAIRS : ROW);
      shapes[48 + tile] = (byte) (tile == FEW.number() ? FEW_PAIRS : ROWS);
    }
    return shapes;
  }

  /// `void (a, strideA, b, panel, c, strideC, steps, tiles, shapes)`: for tiles of sixteen rows `c
  /// += a · b`, or `c = a · b`; operands as in [Bf16Code#product].
  ///
  /// @param vectors of a row of `c`, 1 to [#TILES]
  /// @param adds whether what `c` holds is added to
  /// @param whole whether `steps` times [#PAIRS] pairs are taken
  /// @param few whether [#FEW_PAIRS] pairs are taken after them
  static void product(Assembler code, int vectors, boolean adds, boolean whole, boolean few) {
    Register[] kept = {RBX, R12, R13, R14, R15};
    for (Register register : kept) {
      code.push(register);
    }
    code.mov(R10, RSP.at(6 * 8)); // steps
    code.mov(R11, RSP.at(7 * 8)); // tiles
    code.mov(RAX, RSP.at(8 * 8)); // shapes
    code.ldtilecfg(RAX.at(0));
    code.movd(RAX, ROW);
    code.mov(R12, RAX); // from one pair of a panel to the next
    int tile = code.here();
    begin(code, vectors, adds);
    code.mov(RBX, RDI);
    code.mov(R13, RDX);
    code.lea(R14, RDX.plus(RCX, 1));
    code.lea(R15, RDX.plus(RCX, 2));
    if (whole) {
      code.mov(RAX, R10);
      int step = code.here();
      multiply(code, vectors, INPUTS, PANELS);
      for (Register panel : new Register[] {R13, R14, R15}) {
        code.add(panel, PAIRS * ROW);
      }
      code.add(RBX, PAIRS * 4);
      code.dec(RAX);
      code.jnz(step);
    }
    if (few) {
      multiply(code, vectors, FEW_INPUTS, new Tmm[] {FEW, FEW, FEW});
    }
    for (int v = 0; v < vectors; v++) {
      code.tilestored(results(v), Tmm.of(v));
    }
    for (int half = 0; half < 2; half++) { // an address takes no multiple of 16
      code.lea(RDI, RDI.plus(RSI, 8));
      code.lea(R8, R8.plus(R9, 8));
    }
    code.dec(R11);
    code.jnz(tile);
    code.tilerelease();
    for (int i = kept.length - 1; i >= 0; i--) {
      code.pop(kept[i]);
    }
    code.ret();
  }

  private static Address results(int vector) {
    return new Address(R8, R9, 1, vector * ROW);
  }

  private static void begin(Assembler code, int vectors, boolean adds) {
    for (int v = 0; v < vectors; v++) {
      if (adds) {
        code.tileloadd(Tmm.of(v), results(v));
      } else {
        code.tilezero(Tmm.of(v));
      }
    }
  }

  private static void multiply(Assembler code, int vectors, Tmm inputs, Tmm[] panels) {
    Register[] places = {R13, R14, R15};
    code.tileloadd(inputs, RBX.plus(RSI, 1));
    for (int v = 0; v < vectors; v++) {
      code.tileloadd(panels[v], places[v].plus(R12, 1));
      code.tdpbf16ps(Tmm.of(v), inputs, panels[v]);
    }
  }
}
