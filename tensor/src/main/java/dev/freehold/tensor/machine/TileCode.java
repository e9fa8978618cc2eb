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
import static dev.freehold.tensor.machine.Register.RBP;
import static dev.freehold.tensor.machine.Register.RBX;
import static dev.freehold.tensor.machine.Register.RCX;
import static dev.freehold.tensor.machine.Register.RDI;
import static dev.freehold.tensor.machine.Register.RDX;
import static dev.freehold.tensor.machine.Register.RSI;
import static dev.freehold.tensor.machine.Register.RSP;

/// The product of [Bf16Code] in instructions of AMX (Intel's manual, volume 1, chapter 18), which
/// take 16 rows by 32 numbers by 16 columns at once. Calling convention as there.
final class TileCode {

  /// Rows of inputs, and of results, that are taken at once: two tiles.
  static final int ROWS = 32;

  /// Most tiles of results beside each other: with two below each other six sums, which leaves two.
  static final int TILES = 3;

  /// Pairs that one instruction takes.
  static final int PAIRS = 16;

  private static final int ROW = 64;
  private static final int TILE_ROWS = 16;
  private static final int TILE = TILE_ROWS * ROW;
  private static final Tmm INPUTS = Tmm.of(6);
  private static final Tmm PANEL = Tmm.of(7);

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
      shapes[16 + 2 * tile] = ROW;
      shapes[48 + tile] = TILE_ROWS;
    }
    return shapes;
  }

  private static Tmm sum(int half, int vector) {
    return Tmm.of(half * TILES + vector);
  }

  /// `void (a, strideA, b, panel, c, strideC, steps, tiles, shapes)`: for `tiles` times [#ROWS]
  /// rows `c += a · b`, or `c = a · b`, over `steps` times [#PAIRS] pairs; operands as in
  /// [Bf16Code#product].
  ///
  /// Sums go by way of the stack: rows of `c` seldom begin with a line of the cache, and storing a
  /// tile across lines costs hundreds of cycles.
  ///
  /// @param vectors of a row of `c`, 1 to [#TILES]
  /// @param adds whether what `c` holds is added to
  static void product(Assembler code, int vectors, boolean adds) {
    Register[] kept = {RBX, RBP, R12, R13, R14, R15};
    for (Register register : kept) {
      code.push(register);
    }
    code.mov(R10, RSP.at(7 * 8)); // steps
    code.mov(R11, RSP.at(8 * 8)); // tiles
    code.mov(RAX, RSP.at(9 * 8)); // shapes
    code.ldtilecfg(RAX.at(0));
    int room = 2 * TILES * TILE + ROW;
    code.add(RSP, -room);
    code.movd(RAX, ROW);
    code.mov(R12, RAX); // from one pair of a panel to the next
    int tile = code.here();
    for (int v = 0; v < vectors; v++) {
      code.tilezero(sum(0, v));
      code.tilezero(sum(1, v));
    }
    code.mov(RBX, RDI);
    code.lea(RBP, RDI.plus(RSI, 8));
    code.lea(RBP, RBP.plus(RSI, 8)); // the seventeenth row
    code.mov(R13, RDX);
    code.lea(R14, RDX.plus(RCX, 1));
    code.lea(R15, RDX.plus(RCX, 2));
    code.mov(RAX, R10);
    int step = code.here();
    multiply(code, vectors);
    for (Register panel : new Register[] {R13, R14, R15}) {
      code.add(panel, PAIRS * ROW);
    }
    code.add(RBX, PAIRS * 4);
    code.add(RBP, PAIRS * 4);
    code.dec(RAX);
    code.jnz(step);
    code.lea(RAX, RSP.at(ROW - 1));
    code.and(RAX, (byte) -ROW);
    store(code, vectors, adds);
    for (int eight = 0; eight < ROWS / 8; eight++) {
      code.lea(RDI, RDI.plus(RSI, 8));
    }
    code.dec(R11);
    code.jnz(tile);
    code.tilerelease();
    code.vzeroupper();
    code.add(RSP, room);
    for (int i = kept.length - 1; i >= 0; i--) {
      code.pop(kept[i]);
    }
    code.ret();
  }

  // The second half takes the panels backwards, so that the last need not be read again.
  private static void multiply(Assembler code, int vectors) {
    Register[] panels = {R13, R14, R15};
    code.tileloadd(INPUTS, RBX.plus(RSI, 1));
    for (int v = 0; v < vectors; v++) {
      code.tileloadd(PANEL, panels[v].plus(R12, 1));
      code.tdpbf16ps(sum(0, v), INPUTS, PANEL);
    }
    code.tileloadd(INPUTS, RBP.plus(RSI, 1));
    for (int v = vectors - 1; v >= 0; v--) {
      if (v < vectors - 1) {
        code.tileloadd(PANEL, panels[v].plus(R12, 1));
      }
      code.tdpbf16ps(sum(1, v), INPUTS, PANEL);
    }
  }

  /// Writes the sums to the rows at R8, which then points past them; RAX is where they go by.
  private static void store(Assembler code, int vectors, boolean adds) {
    for (int half = 0; half < 2; half++) {
      for (int v = 0; v < vectors; v++) {
        int at = (half * TILES + v) * TILE;
        code.tilestored(new Address(RAX, R12, 1, at), sum(half, v));
      }
    }
    for (int half = 0; half < 2; half++) {
      code.movd(RBP, TILE_ROWS);
      int row = code.here();
      for (int v = 0; v < vectors; v++) {
        code.vmovups(Zmm.of(v), RAX.at((half * TILES + v) * TILE));
        if (adds) {
          code.vaddps(Zmm.of(v), Zmm.of(v), R8.at(v * ROW));
        }
        code.vmovups(R8.at(v * ROW), Zmm.of(v));
      }
      code.add(R8, R9);
      code.lea(RAX, RAX.at(ROW));
      code.dec(RBP);
      code.jnz(row);
      code.lea(RAX, RAX.at(-TILE));
    }
  }
}
