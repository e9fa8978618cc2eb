package dev.freehold.tensor.machine;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The kernels of [Bf16Code], ready to be called. Stateless and thread-safe. Segments may lie in
/// the heap: a call is short, and no collection moves anything during it. Nothing is checked here:
/// what a call reads and writes must be there.
public final class Bf16Machine {

  /// Rows of a tile.
  public static final int ROWS = Bf16Code.ROWS;

  /// Most panels of sixteen columns of a tile.
  public static final int PANELS = Bf16Code.VECTORS;

  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final int AVX512_BF16 = 1 << 5;

  private static final @Nullable Bf16Machine ONLY = make();

  private final MethodHandle[] products = new MethodHandle[2 * PANELS]; // one written, one added to
  private final MethodHandle round;
  private final MethodHandle pairRows;
  private final MethodHandle pairColumns;
  private final MethodHandle turn;
  private final MemorySegment joining;
  private final MemorySegment parting;

  /// The kernels, where this processor has them and this system lets them run.
  public static Optional<Bf16Machine> get() {
    return Optional.ofNullable(ONLY);
  }

  private static @Nullable Bf16Machine make() {
    Assembler code = new Assembler();
    List<Integer> starts = new ArrayList<>();
    List<Consumer<Assembler>> functions =
        List.of(
            Bf16Code::features,
            Bf16Code::round,
            Bf16Code::pairRows,
            Bf16Code::pairColumns,
            Bf16Code::turn,
            to -> Bf16Code.product(to, 1, false),
            to -> Bf16Code.product(to, 1, true),
            to -> Bf16Code.product(to, 2, false),
            to -> Bf16Code.product(to, 2, true),
            to -> Bf16Code.product(to, 3, false),
            to -> Bf16Code.product(to, 3, true));
    for (Consumer<Assembler> function : functions) {
      code.align();
      starts.add(code.here());
      function.accept(code);
    }
    MemorySegment memory = ExecutableMemory.of(code.bytes()).orElse(null);
    if (memory == null) {
      return null;
    }
    List<MemorySegment> entries = starts.stream().map(start -> memory.asSlice(start)).toList();
    return hasBf16(entries.getFirst()) ? new Bf16Machine(entries) : null;
  }

  private static boolean hasBf16(MemorySegment features) {
    MethodHandle call = handle(features, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return ((int) call.invokeExact() & AVX512_BF16) != 0;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private Bf16Machine(List<MemorySegment> entries) {
    FunctionDescriptor turning =
        FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, LONG, ADDRESS);
    round =
        handle(entries.get(1), FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, LONG, LONG));
    pairRows =
        handle(entries.get(2), FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, ADDRESS));
    pairColumns = handle(entries.get(3), turning);
    turn = handle(entries.get(4), turning);
    for (int i = 0; i < products.length; i++) {
      products[i] =
          handle(
              entries.get(5 + i),
              FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, ADDRESS, LONG, LONG, LONG));
    }
    joining = Arena.global().allocate(64, 64);
    parting = Arena.global().allocate(256, 64);
    for (int i = 0; i < 32; i++) {
      joining.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (i / 2 + i % 2 * 16));
      parting.setAtIndex(ValueLayout.JAVA_INT, i, i % 16 * 2 + i / 16);
    }
    for (int i = 0; i < 64; i++) {
      parting.setAtIndex(ValueLayout.JAVA_SHORT, 64 + i, (short) (i % 32 * 2 + i / 32));
    }
  }

  @SuppressWarnings("restricted") // the code was written by this room
  private static MethodHandle handle(MemorySegment entry, FunctionDescriptor shape) {
    return Linker.nativeLinker().downcallHandle(entry, shape, Linker.Option.critical(true));
  }

  private static RuntimeException failed(Throwable e) {
    return e instanceof RuntimeException known ? known : new IllegalStateException(e);
  }

  /// See [Bf16Code#product]; distances in bytes.
  ///
  /// @param vectors of a row, 1 to [#PANELS]
  public void multiply(
      MemorySegment a,
      long strideA,
      MemorySegment b,
      long panel,
      MemorySegment c,
      long strideC,
      long pairs,
      long tiles,
      int vectors,
      boolean adds) {
    try {
      products[2 * vectors - (adds ? 1 : 2)].invokeExact(
          a, strideA, b, panel, c, strideC, pairs, tiles);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// See [Bf16Code#round]; distances in bytes.
  public void round(
      MemorySegment x, long strideX, MemorySegment y, long strideY, long blocks, long rows) {
    try {
      round.invokeExact(x, strideX, y, strideY, blocks, rows);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// See [Bf16Code#pairRows]; distances in bytes.
  public void pairRows(MemorySegment w, long strideW, MemorySegment panel, long pairs) {
    try {
      pairRows.invokeExact(w, strideW, panel, pairs, joining);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// See [Bf16Code#pairColumns]; distances in bytes.
  public void pairColumns(
      MemorySegment w, long strideW, MemorySegment panels, long apart, long count) {
    try {
      pairColumns.invokeExact(w, strideW, panels, apart, count, parting);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// See [Bf16Code#turn]; distances in bytes.
  public void turn(MemorySegment w, long strideW, MemorySegment y, long strideY, long count) {
    try {
      turn.invokeExact(w, strideW, y, strideY, count, parting);
    } catch (Throwable e) {
      throw failed(e);
    }
  }
}
