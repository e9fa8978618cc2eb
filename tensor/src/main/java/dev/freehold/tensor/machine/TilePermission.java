package dev.freehold.tensor.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Leave to use tiles, which Linux gives a process that asks for it: their 8 KiB of state are kept
/// for no thread of any other (arch_prctl(2), Documentation/arch/x86/xstate.rst).
final class TilePermission {

  private static final long ARCH_PRCTL = 158;
  private static final long ARCH_REQ_XCOMP_PERM = 0x1023;
  private static final long TILE_DATA = 18;

  private TilePermission() {}

  /// Asks; false where this system does not know of tiles or refuses them.
  @SuppressWarnings("restricted") // no library knows this call
  static boolean granted() {
    Linker linker = Linker.nativeLinker();
    MethodHandle syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    try {
      return (long) syscall.invokeExact(ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
