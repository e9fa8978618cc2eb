package dev.freehold.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.freehold.store.Catalogue;
import dev.freehold.store.CatalogueEntry;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Set;

/// What this machine, or the container around the process, has to offer.
final class Machine {

  /// What the engine of this version runs.
  static final Set<String> ARCHITECTURES = Set.of("llama");

  private Machine() {}

  /// Bytes of memory.
  static long memory() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /// The most able model of the catalogue that leaves half of the memory to everybody else.
  static Optional<CatalogueEntry> suggestion() {
    return Catalogue.shipped().suggest(memory() / 2, ARCHITECTURES);
  }
}
