package dev.freehold.tensor.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/// Memory that the processor may run. It is written while it cannot be run and never again once it
/// can: at no time is it both. It stays until the process ends.
final class ExecutableMemory {

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final long FAILED = -1;

  private ExecutableMemory() {}

  /// Maps `code` to be run; empty where the system is another than Linux on x86-64, or forbids it,
  /// or where native access is denied to this module.
  static Optional<MemorySegment> of(byte[] code) {
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
    String processor = System.getProperty("os.arch", "");
    if (!linux || !(processor.equals("amd64") || processor.equals("x86_64"))) {
      return Optional.empty();
    }
    try {
      return map(code);
    } catch (IllegalCallerException forbidden) {
      return Optional.empty();
    }
  }

  @SuppressWarnings("restricted") // that is what this class is for
  private static Optional<MemorySegment> map(byte[] code) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    MethodHandle mmap =
        linker.downcallHandle(
            library.findOrThrow("mmap"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    MethodHandle mprotect =
        linker.downcallHandle(
            library.findOrThrow("mprotect"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    try {
      long size = code.length;
      long at = (long) mmap.invokeExact(0L, size, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
      if (at == FAILED) {
        return Optional.empty();
      }
      MemorySegment memory =
          MemorySegment.ofAddress(at)
              .reinterpret(size, Arena.global(), null)
              .copyFrom(MemorySegment.ofArray(code));
      int refused = (int) mprotect.invokeExact(at, size, READ | EXECUTE);
      return refused == 0 ? Optional.of(memory) : Optional.empty();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
