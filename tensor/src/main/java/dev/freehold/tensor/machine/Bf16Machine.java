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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The kernels of [Bf16Code] and, where the processor has tiles, [TileCode], ready to be called.
/// Stateless and thread-safe. Segments may lie in the heap: a call is short, and no collection
/// moves anything during it. Nothing is checked here: what a call reads and writes must be there.
public final class Bf16Machine {

  /// Rows of a tile.
  public static final int ROWS = TileCode.ROWS;

  /// What numbers of pairs are multiples of.
  public static final int PAIRS = TileCode.PAIRS;

  /// Most panels of sixteen columns of a tile.
  public static final int PANELS = Bf16Code.VECTORS;

  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final int AVX512_BF16 = 1 << 5;
  private static final int AMX = 1 << 22 | 1 << 24;

  private static final List<Bf16Machine> ALL = make();

  private final MethodHandle[] products = new MethodHandle[2 * PANELS]; // one written, one added to
  private final MethodHandle @Nullable [] tileProducts;
  private final MethodHandle round;
  private final MethodHandle pairRows;
  private final MethodHandle pairColumns;
  private final MethodHandle turn;
  private final MemorySegment shapes;
  private final MemorySegment joining;
  private final MemorySegment parting;

  /// The kernels, where this processor has them and this system lets them run: the fastest first.
  public static List<Bf16Machine> all() {
    return ALL;
  }

  private static List<Bf16Machine> make() {
    List<Consumer<Assembler>> functions =
        new ArrayList<>(
            List.of(
                Bf16Code::features,
                Bf16Code::round,
                Bf16Code::pairRows,
                Bf16Code::pairColumns,
                Bf16Code::turn,
                TileCode::features));
    for (int i = 0; i < 2 * PANELS; i++) {
      int vectors = i / 2 + 1;
      boolean adds = i % 2 == 1;
      functions.add(code -> Bf16Code.product(code, vectors, adds));
    }
    for (int i = 0; i < 2 * PANELS; i++) {
      int vectors = i / 2 + 1;
      boolean adds = i % 2 == 1;
      functions.add(code -> TileCode.product(code, vectors, adds));
    }
    Assembler code = new Assembler();
    List<Integer> starts = new ArrayList<>();
    for (Consumer<Assembler> function : functions) {
      code.align();
      starts.add(code.here());
      function.accept(code);
    }
    MemorySegment memory = ExecutableMemory.of(code.bytes()).orElse(null);
    if (memory == null) {
      return List.of();
    }
    List<MemorySegment> entries = starts.stream().map(start -> memory.asSlice(start)).toList();
    if (!has(entries.getFirst(), AVX512_BF16)) {
      return List.of();
    }
    Bf16Machine vectors = new Bf16Machine(entries, false);
    return has(entries.get(5), AMX) && TilePermission.granted()
        ? List.of(new Bf16Machine(entries, true), vectors)
        : List.of(vectors);
  }

  private static boolean has(MemorySegment features, int bits) {
    MethodHandle call = handle(features, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return ((int) call.invokeExact() & bits) == bits;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private Bf16Machine(List<MemorySegment> entries, boolean tiles) {
    FunctionDescriptor turning =
        FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, LONG, ADDRESS);
    round =
        handle(entries.get(1), FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, LONG, LONG));
    pairRows =
        handle(
            entries.get(2),
            FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, LONG, LONG, ADDRESS));
    pairColumns = handle(entries.get(3), turning);
    turn = handle(entries.get(4), turning);
    for (int i = 0; i < products.length; i++) {
      products[i] =
          handle(
              entries.get(6 + i),
              FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, ADDRESS, LONG, LONG, LONG));
    }
    tileProducts =
        tiles ? tileProducts(entries.subList(6 + products.length, entries.size())) : null;
    shapes = Arena.global().allocate(64, 64);
    shapes.copyFrom(MemorySegment.ofArray(TileCode.shapes()));
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

  private static MethodHandle[] tileProducts(List<MemorySegment> entries) {
    FunctionDescriptor shape =
        FunctionDescriptor.ofVoid(ADDRESS, LONG, ADDRESS, LONG, ADDRESS, LONG, LONG, LONG, ADDRESS);
    return entries.stream().map(entry -> handle(entry, shape)).toArray(MethodHandle[]::new);
  }

  /// Whether products go through tiles.
  public boolean hasTiles() {
    return tileProducts != null;
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
  /// @param pairs a multiple of [#PAIRS]
  /// @param tiles of [#ROWS] rows
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
    int kind = 2 * vectors - (adds ? 1 : 2);
    try {
      if (tileProducts == null) {
        long eights = tiles * (ROWS / Bf16Code.ROWS);
        products[kind].invokeExact(a, strideA, b, panel, c, strideC, pairs, eights);
        return;
      }
      tileProducts[kind].invokeExact(
          a, strideA, b, panel, c, strideC, pairs / PAIRS, tiles, shapes);
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
  public void pairRows(
      MemorySegment w, long strideW, MemorySegment panels, long apart, long count, long pairs) {
    try {
      pairRows.invokeExact(w, strideW, panels, apart, count, pairs, joining);
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
