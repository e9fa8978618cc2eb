package dev.freehold.tensor.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/// Linux's calls about pages of memory, for what Java does not ask for. Stateless; addresses and
/// sizes are bytes.
final class Pages {

  static final int READ = 1;
  static final int WRITE = 2;
  static final int EXECUTE = 4;

  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int LARGE = 14; // MADV_HUGEPAGE
  private static final long FAILED = -1;

  private final MethodHandle mmap;
  private final MethodHandle munmap;
  private final MethodHandle mprotect;
  private final MethodHandle madvise;

  @SuppressWarnings("restricted") // that is what this class is for
  private Pages() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    ValueLayout.OfLong number = ValueLayout.JAVA_LONG;
    ValueLayout.OfInt flags = ValueLayout.JAVA_INT;
    mmap =
        linker.downcallHandle(
            library.findOrThrow("mmap"),
            FunctionDescriptor.of(number, number, number, flags, flags, flags, number));
    munmap =
        linker.downcallHandle(
            library.findOrThrow("munmap"), FunctionDescriptor.of(flags, number, number));
    mprotect =
        linker.downcallHandle(
            library.findOrThrow("mprotect"), FunctionDescriptor.of(flags, number, number, flags));
    madvise =
        linker.downcallHandle(
            library.findOrThrow("madvise"), FunctionDescriptor.of(flags, number, number, flags));
  }

  /// The calls; empty where the system is another, or native access is denied to this module.
  static Optional<Pages> get() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Pages());
    } catch (IllegalCallerException forbidden) {
      return Optional.empty();
    }
  }

  /// A call, with what it may throw.
  private interface Call<T> {
    T call() throws Throwable;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.call();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Maps `size` bytes of zeros to be read and written; empty where there are none.
  Optional<Long> map(long size) {
    long at =
        call(() -> (long) mmap.invokeExact(0L, size, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L));
    return at == FAILED ? Optional.empty() : Optional.of(at);
  }

  void unmap(long at, long size) {
    int _ = call(() -> (int) munmap.invokeExact(at, size));
  }

  /// Changes what may be done to pages; false where the system forbids it.
  boolean protect(long at, long size, int rights) {
    return call(() -> (int) mprotect.invokeExact(at, size, rights)) == 0;
  }

  /// Asks for large pages from where whole ones fit; where there are none nothing changes.
  void wishLarge(long at, long size) {
    int _ = call(() -> (int) madvise.invokeExact(at, size, LARGE));
  }
}
