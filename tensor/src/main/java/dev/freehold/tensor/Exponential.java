package dev.freehold.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// `eˣ` for vectors, to about two units in the last place: the argument is reduced to `n·ln 2 + r`
/// and a polynomial of degree six in `r` is scaled by `2ⁿ`. Polynomial and split of ln 2 are those
/// of the Cephes library's `expf`. Below −87 the result is 0, above 88 it is that of 88.
final class Exponential {

  private static final float LOWEST = -87f;
  private static final float HIGHEST = 88f;

  // Adding and subtracting 1.5 · 2²³ rounds to a whole number, which the sum's low bits then hold.
  private static final float ROUNDING = 12582912f;

  private Exponential() {}

  static FloatVector of(FloatVector x) {
    FloatVector bounded = x.max(LOWEST).min(HIGHEST);
    FloatVector shifted = bounded.fma(Lanes.broadcast(1.442695f), Lanes.broadcast(ROUNDING));
    FloatVector n = shifted.sub(ROUNDING);
    FloatVector r = n.fma(Lanes.broadcast(-0.6933594f), bounded);
    r = n.fma(Lanes.broadcast(2.12194440e-4f), r);
    FloatVector p = r.fma(Lanes.broadcast(1.9875691e-4f), Lanes.broadcast(1.3981999e-3f));
    p = p.fma(r, Lanes.broadcast(8.333452e-3f));
    p = p.fma(r, Lanes.broadcast(4.1665796e-2f));
    p = p.fma(r, Lanes.broadcast(0.16666666f));
    p = p.fma(r, Lanes.broadcast(0.5f));
    p = p.fma(r.mul(r), r).add(1);
    FloatVector power =
        p.reinterpretAsInts()
            .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats();
    return power
        .blend(0, x.compare(VectorOperators.LT, LOWEST))
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, HIGHEST));
  }
}
