package dev.freehold.training;

import java.time.Duration;

/// What a training will take, known before it starts.
///
/// @param steps steps of the optimiser
/// @param tokens tokens that go forward and back, all epochs counted
/// @param learnt how many of them are learnt
/// @param trainable numbers of the adapter
/// @param baseBytes memory of the frozen base
/// @param adapterBytes memory of the adapter, its gradient and the optimiser
/// @param passBytes memory of what layers write, and of the arrays between them
/// @param keptLayers layers whose numbers are kept; the others are computed again
/// @param layers layers of the base
/// @param availableBytes what the Java heap has for all this
/// @param operations floating-point operations in all
/// @param operationsPerSecond how many of them whole steps will make, by what was measured just
///   before
/// @param time about how long it takes
/// @param remedy what would fit where this does not, a sentence for people; else empty
public record Estimate(
    int steps,
    long tokens,
    long learnt,
    long trainable,
    long baseBytes,
    long adapterBytes,
    long passBytes,
    int keptLayers,
    int layers,
    long availableBytes,
    double operations,
    double operationsPerSecond,
    Duration time,
    String remedy) {

  /// Memory of all of it.
  public long bytes() {
    return baseBytes + adapterBytes + passBytes;
  }

  /// Whether it fits in the heap.
  public boolean fits() {
    return remedy.isEmpty();
  }
}
