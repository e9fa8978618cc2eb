package dev.freehold.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// The machine's cores.
final class Processor {

  private Processor() {}

  /// Linux names for each processor the ones it shares a core with; elsewhere every processor the
  /// JVM sees counts as a core. Never more than the JVM may use.
  static int physicalCores() {
    int available = Runtime.getRuntime().availableProcessors();
    Set<String> cores = new HashSet<>();
    for (int i = 0; i < 4096; i++) {
      Path siblings = Path.of("/sys/devices/system/cpu/cpu" + i + "/topology/thread_siblings_list");
      if (!Files.isReadable(siblings)) {
        break;
      }
      try {
        cores.add(Files.readString(siblings).strip());
      } catch (IOException e) {
        return available;
      }
    }
    return cores.isEmpty() ? available : Math.min(cores.size(), available);
  }
}
