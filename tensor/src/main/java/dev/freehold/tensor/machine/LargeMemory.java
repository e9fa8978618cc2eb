package dev.freehold.tensor.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Memory outside the heap in pages of 2 MB where the system has them, so that going through it
/// does not wait for the tables of pages.
public final class LargeMemory {

  private static final long PAGE = 2L << 20;

  private static final Optional<Pages> PAGES = Pages.get();

  private LargeMemory() {}

  /// `bytes` bytes of zeros from a multiple of 64 on, for any thread, given back once nothing
  /// refers to them.
  ///
  /// @throws OutOfMemoryError where there are no more
  public static MemorySegment allocate(long bytes) {
    return PAGES
        .filter(_ -> bytes >= PAGE)
        .flatMap(pages -> mapped(pages, bytes))
        .orElseGet(() -> Arena.ofAuto().allocate(bytes, 64));
  }

  @SuppressWarnings("restricted") // what is mapped here has this size, and is unmapped once
  private static Optional<MemorySegment> mapped(Pages pages, long bytes) {
    long size = Math.ceilDiv(bytes, PAGE) * PAGE;
    return pages
        .map(size + PAGE)
        .map(at -> {
          long begin = Math.ceilDiv(at, PAGE) * PAGE;
          pages.wishLarge(begin, size);
          return MemorySegment.ofAddress(at)
              .reinterpret(size + PAGE, Arena.ofAuto(), _ -> pages.unmap(at, size + PAGE))
              .asSlice(begin - at, bytes);
        });
  }
}
