package dev.freehold.tensor.machine;

import static dev.freehold.tensor.machine.Register.R10;
import static dev.freehold.tensor.machine.Register.R11;
import static dev.freehold.tensor.machine.Register.R12;
import static dev.freehold.tensor.machine.Register.R13;
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

/// Kernels over bf16 numbers in instructions of AVX512_BF16. Each is a function of the System V
/// calling convention: arguments come in RDI, RSI, RDX, RCX, R8, R9 and then on the stack; RBX, RBP
/// and R12 to R15 are given back as they were.
final class Bf16Code {

  /// Rows of inputs, and of results, that one tile takes.
  static final int ROWS = 8;

  /// Most vectors of results in a row of a tile: with 8 rows 24 sums, which leaves 8 registers.
  static final int VECTORS = 3;

  private static final int SUMS = ROWS * VECTORS;
  private static final int VECTOR = 64;

  private Bf16Code() {}

  /// `int ()`: the bits of CPUID's leaf 7, subleaf 1, EAX. Bit 5 is AVX512_BF16.
  static void features(Assembler code) {
    code.push(RBX);
    code.movd(RAX, 7);
    code.movd(RCX, 1);
    code.cpuid();
    code.pop(RBX);
    code.ret();
  }

  /// `void (a, strideA, b, panel, c, strideC, pairs, tiles)`: for tiles of eight rows `c += a · b`,
  /// or `c = a · b`.
  ///
  /// `a` holds rows of bf16, `strideA` bytes apart; `b` as many panels as there are vectors,
  /// `panel` bytes apart, each `[pairs, 16, 2]`, so that a vector holds for sixteen columns the two
  /// numbers of one pair; `c` rows of floats, `strideC` bytes apart.
  ///
  /// @param vectors of a row of `c`, 1 to [#VECTORS]
  /// @param adds whether what `c` holds is added to
  static void product(Assembler code, int vectors, boolean adds) {
    code.push(RBX);
    code.push(RBP);
    code.push(R12);
    code.push(R13);
    code.mov(R10, RSP.at(5 * 8)); // pairs
    code.mov(R11, RSP.at(6 * 8)); // tiles
    code.lea(R12, RSI.plus(RSI, 2)); // three rows of a
    int tile = code.here();
    begin(code, vectors, adds);
    code.mov(RBX, RDI);
    code.lea(RBP, RDI.plus(RSI, 4));
    code.add(RBP, RSI); // the fifth row, since an address takes no multiple of 5 or 7
    code.mov(R13, RDX);
    code.mov(RAX, R10);
    int pair = code.here();
    multiply(code, vectors);
    code.add(R13, VECTOR);
    code.add(RBX, 4);
    code.add(RBP, 4);
    code.dec(RAX);
    code.jnz(pair);
    end(code, vectors);
    code.lea(RDI, RDI.plus(RSI, 8));
    code.lea(R8, R8.plus(R9, 8));
    code.dec(R11);
    code.jnz(tile);
    code.vzeroupper();
    code.pop(R13);
    code.pop(R12);
    code.pop(RBP);
    code.pop(RBX);
    code.ret();
  }

  private static Zmm sum(int row, int vector) {
    return Zmm.of(row * VECTORS + vector);
  }

  private static void begin(Assembler code, int vectors, boolean adds) {
    code.mov(RBX, R8);
    for (int row = 0; row < ROWS; row++) {
      for (int v = 0; v < vectors; v++) {
        if (adds) {
          code.vmovups(sum(row, v), RBX.at(v * VECTOR));
        } else {
          code.vpxord(sum(row, v), sum(row, v), sum(row, v));
        }
      }
      code.add(RBX, R9);
    }
  }

  private static void end(Assembler code, int vectors) {
    code.mov(RBX, R8);
    for (int row = 0; row < ROWS; row++) {
      for (int v = 0; v < vectors; v++) {
        code.vmovups(RBX.at(v * VECTOR), sum(row, v));
      }
      code.add(RBX, R9);
    }
  }

  private static void multiply(Assembler code, int vectors) {
    Zmm[] weights = {Zmm.of(SUMS), Zmm.of(SUMS + 1), Zmm.of(SUMS + 2)};
    Address[] panels = {R13.at(0), R13.plus(RCX, 1), R13.plus(RCX, 2)};
    for (int v = 0; v < vectors; v++) {
      code.vmovups(weights[v], panels[v]);
    }
    Address[] inputs = {
      RBX.at(0),
      RBX.plus(RSI, 1),
      RBX.plus(RSI, 2),
      RBX.plus(R12, 1),
      RBX.plus(RSI, 4),
      RBP.at(0),
      RBX.plus(R12, 2),
      RBP.plus(RSI, 2)
    };
    for (int row = 0; row < ROWS; row++) {
      // Five registers in turn, so that no load waits for the products before it.
      Zmm input = Zmm.of(SUMS + VECTORS + row % 5);
      code.vpbroadcastd(input, inputs[row]);
      for (int v = 0; v < vectors; v++) {
        code.vdpbf16ps(sum(row, v), weights[v], input);
      }
    }
  }

  /// `void (x, strideX, y, strideY, blocks, rows)`: rounds `blocks` times 32 floats of each row to
  /// bf16; rows are so many bytes apart.
  static void round(Assembler code) {
    int row = code.here();
    code.mov(RAX, R8);
    code.mov(R10, RDI);
    code.mov(R11, RDX);
    int block = code.here();
    code.vmovups(Zmm.of(0), R10.at(VECTOR));
    code.vcvtne2ps2bf16(Zmm.of(0), Zmm.of(0), R10.at(0));
    code.vmovups(R11.at(0), Zmm.of(0));
    code.add(R10, 2 * VECTOR);
    code.add(R11, VECTOR);
    code.dec(RAX);
    code.jnz(block);
    code.add(RDI, RSI);
    code.add(RDX, RCX);
    code.dec(R9);
    code.jnz(row);
    code.vzeroupper();
    code.ret();
  }

  /// `void (w, strideW, panels, apart, count, pairs, order)`: rounds `2 · pairs` rows of `16 ·
  /// count` floats, `strideW` bytes apart, to bf16: of each sixteen columns a panel `[pairs, 16,
  /// 2]`, `apart` bytes from one to the next. Goes along the rows, which are far from near memory.
  ///
  /// `order` holds the words 0, 16, 1, 17 … 15, 31.
  static void pairRows(Assembler code) {
    code.mov(RAX, RSP.at(8));
    code.vmovups(Zmm.of(1), RAX.at(0));
    int pair = code.here();
    code.mov(RAX, R8);
    code.mov(R10, RDI);
    code.mov(R11, RDX);
    int panel = code.here();
    code.vmovups(Zmm.of(0), R10.plus(RSI, 1));
    code.vcvtne2ps2bf16(Zmm.of(0), Zmm.of(0), R10.at(0));
    code.vpermw(Zmm.of(0), Zmm.of(1), Zmm.of(0));
    code.vmovups(R11.at(0), Zmm.of(0));
    code.add(R10, VECTOR);
    code.add(R11, RCX);
    code.dec(RAX);
    code.jnz(panel);
    code.lea(RDI, RDI.plus(RSI, 2));
    code.add(RDX, VECTOR);
    code.dec(R9);
    code.jnz(pair);
    code.vzeroupper();
    code.ret();
  }

  /// `void (w, strideW, panels, apart, count, order)`: rounds `16 · count` rows of sixteen floats,
  /// `strideW` bytes apart, to bf16, turned round: of each sixteen rows the eight pairs of columns
  /// as `[8, 16, 2]`, `apart` bytes from one such panel to the next.
  ///
  /// `order` holds the doublewords 0, 2 … 30 and 1, 3 … 31.
  static void pairColumns(Assembler code) {
    Zmm even = Zmm.of(30);
    Zmm odd = Zmm.of(31);
    code.vmovups(even, R9.at(0));
    code.vmovups(odd, R9.at(VECTOR));
    int panel = code.here();
    Zmm[] pairs = zmm(0, 8);
    readRows(code, RDI, pairs);
    part(code, pairs, Zmm.of(8), even, odd);
    for (int i = 0; i < pairs.length; i++) {
      code.vmovups(RDX.at(i * VECTOR), pairs[i]);
    }
    code.add(RDX, RCX);
    code.dec(R8);
    code.jnz(panel);
    code.vzeroupper();
    code.ret();
  }

  private static Zmm[] zmm(int first, int count) {
    Zmm[] registers = new Zmm[count];
    for (int i = 0; i < count; i++) {
      registers[i] = Zmm.of(first + i);
    }
    return registers;
  }

  /// Reads and rounds sixteen rows, two to a register; `from` then points past them.
  private static void readRows(Assembler code, Register from, Zmm[] pairs) {
    for (Zmm pair : pairs) {
      code.vmovups(pair, from.plus(RSI, 1));
      code.vcvtne2ps2bf16(pair, pair, from.at(0));
      code.lea(from, from.plus(RSI, 2));
    }
  }

  /// Turns eight registers of two rows each, a doubleword being a pair of columns, into eight of
  /// one pair of columns each, a doubleword being a row: three times two registers are parted into
  /// their even and their odd doublewords.
  ///
  /// @param pairs the registers; those that hold the results afterwards
  private static void part(Assembler code, Zmm[] pairs, Zmm spare, Zmm even, Zmm odd) {
    Zmm free = spare;
    for (int apart = 1; apart < pairs.length; apart *= 2) {
      for (int i = 0; i < pairs.length; i++) {
        if ((i & apart) == 0) {
          code.vmovdqa64(free, pairs[i]);
          code.vpermt2d(pairs[i], even, pairs[i + apart]);
          code.vpermt2d(free, odd, pairs[i + apart]);
          Zmm spent = pairs[i + apart];
          pairs[i + apart] = free;
          free = spent;
        }
      }
    }
    // Whoever calls again with the same spare register must find it free.
    for (int i = 0; i < pairs.length; i++) {
      if (pairs[i].equals(spare)) {
        code.vmovdqa64(free, spare);
        pairs[i] = free;
      }
    }
  }

  /// `void (w, strideW, y, strideY, count, order)`: rounds 32 rows of `16 · count` floats,
  /// `strideW` bytes apart, to bf16, turned round: `16 · count` rows of 32 numbers, `strideY` bytes
  /// apart.
  ///
  /// `order` holds the doublewords 0, 2 … 30 and 1, 3 … 31, then the words 0, 2 … 62 and 1, 3 … 63.
  static void turn(Assembler code) {
    Zmm[] orders = zmm(28, 4);
    for (int i = 0; i < orders.length; i++) {
      code.vmovups(orders[i], R9.at(i * VECTOR));
    }
    Zmm spare = Zmm.of(16);
    int columns = code.here();
    code.mov(R10, RDI);
    Zmm[] upper = zmm(0, 8);
    Zmm[] lower = zmm(8, 8);
    readRows(code, R10, upper);
    part(code, upper, spare, orders[0], orders[1]);
    readRows(code, R10, lower);
    part(code, lower, spare, orders[0], orders[1]);
    for (int i = 0; i < upper.length; i++) {
      code.vmovdqa64(spare, upper[i]);
      code.vpermt2w(spare, orders[2], lower[i]);
      code.vmovups(RDX.at(0), spare);
      code.vpermt2w(upper[i], orders[3], lower[i]);
      code.vmovups(RDX.plus(RCX, 1), upper[i]);
      code.lea(RDX, RDX.plus(RCX, 2));
    }
    code.add(RDI, VECTOR);
    code.dec(R8);
    code.jnz(columns);
    code.vzeroupper();
    code.ret();
  }
}
