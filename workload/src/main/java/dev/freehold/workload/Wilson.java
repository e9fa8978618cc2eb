package dev.freehold.workload;

/// The interval of a share that was seen in a sample (Wilson 1927): sound also for small samples
/// and for shares near 0 and 1.
final class Wilson {

  private static final double Z = 1.959963984540054;

  private Wilson() {}

  /// The lower end of the 95 % interval.
  static double low(double hits, int of) {
    return of == 0 ? 0 : end(hits, of, -1);
  }

  /// The upper end of the 95 % interval.
  static double high(double hits, int of) {
    return of == 0 ? 1 : end(hits, of, 1);
  }

  private static double end(double hits, int of, int side) {
    double p = hits / of;
    double z2 = Z * Z / of;
    return (p + z2 / 2 + side * Z * Math.sqrt(p * (1 - p) / of + z2 / (4 * of))) / (1 + z2);
  }
}
