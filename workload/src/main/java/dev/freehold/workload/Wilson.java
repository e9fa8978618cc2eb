package dev.freehold.workload;

/// The interval of a share that was seen in a sample (Wilson 1927): sound also for small samples
/// and for shares near 0 and 1.
final class Wilson {

  private static final double Z = 1.959963984540054;

  private Wilson() {}

  /// The lower end of the 95 % interval.
  static double low(int hits, int of) {
    if (of == 0) {
      return 0;
    }
    double p = (double) hits / of;
    double z2 = Z * Z / of;
    return (p + z2 / 2 - Z * Math.sqrt(p * (1 - p) / of + z2 / (4 * of))) / (1 + z2);
  }
}
