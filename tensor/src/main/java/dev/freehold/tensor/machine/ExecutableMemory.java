package dev.freehold.tensor.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Memory that the processor may run. It is written while it cannot be run and never again once it
/// can: at no time is it both. It stays until the process ends.
final class ExecutableMemory {

  private ExecutableMemory() {}

  /// Maps `code` to be run; empty where the system is another than Linux on x86-64, or forbids it,
  /// or where native access is denied to this module.
  static Optional<MemorySegment> of(byte[] code) {
    String processor = System.getProperty("os.arch", "");
    if (!(processor.equals("amd64") || processor.equals("x86_64"))) {
      return Optional.empty();
    }
    return Pages.get().flatMap(pages -> map(pages, code));
  }

  @SuppressWarnings("restricted") // what is mapped here has this size
  private static Optional<MemorySegment> map(Pages pages, byte[] code) {
    long size = code.length;
    return pages
        .map(size)
        .map(at ->
            MemorySegment.ofAddress(at)
                .reinterpret(size, Arena.global(), null)
                .copyFrom(MemorySegment.ofArray(code)))
        .filter(memory -> pages.protect(memory.address(), size, Pages.READ | Pages.EXECUTE));
  }
}
