package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/// The innermost products at the edges of [FloatProduct]: eight rows by one vector, and one row by
/// two. Written out like [RowTile], for the same reason.
final class NarrowTile {

  /// Rows of [#several].
  static final int ROWS = 8;

  private NarrowTile() {}

  /// Multiplies `columns` columns of [#ROWS] rows with one vector a column.
  static void several(FloatRows inputs, FloatRows weights, int columns, FloatRows sums) {
    float[] x = inputs.numbers();
    int xStart = inputs.start();
    int xStride = inputs.stride();
    float[] w = weights.numbers();
    int wStride = weights.stride();
    float[] y = sums.numbers();
    int start = sums.start();
    int stride = sums.stride();
    FloatVector s0 = FloatVector.fromArray(FLOATS, y, start);
    FloatVector s1 = FloatVector.fromArray(FLOATS, y, start + stride);
    FloatVector s2 = FloatVector.fromArray(FLOATS, y, start + 2 * stride);
    FloatVector s3 = FloatVector.fromArray(FLOATS, y, start + 3 * stride);
    FloatVector s4 = FloatVector.fromArray(FLOATS, y, start + 4 * stride);
    FloatVector s5 = FloatVector.fromArray(FLOATS, y, start + 5 * stride);
    FloatVector s6 = FloatVector.fromArray(FLOATS, y, start + 6 * stride);
    FloatVector s7 = FloatVector.fromArray(FLOATS, y, start + 7 * stride);
    for (int k = 0, at = weights.start(); k < columns; k++, at += wStride) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, at);
      s0 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + k]), s0);
      s1 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + xStride + k]), s1);
      s2 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + 2 * xStride + k]), s2);
      s3 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + 3 * xStride + k]), s3);
      s4 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + 4 * xStride + k]), s4);
      s5 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + 5 * xStride + k]), s5);
      s6 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + 6 * xStride + k]), s6);
      s7 = w0.fma(FloatVector.broadcast(FLOATS, x[xStart + 7 * xStride + k]), s7);
    }
    s0.intoArray(y, start);
    s1.intoArray(y, start + stride);
    s2.intoArray(y, start + 2 * stride);
    s3.intoArray(y, start + 3 * stride);
    s4.intoArray(y, start + 4 * stride);
    s5.intoArray(y, start + 5 * stride);
    s6.intoArray(y, start + 6 * stride);
    s7.intoArray(y, start + 7 * stride);
  }

  /// Multiplies `columns` columns of one row with two vectors a column.
  static void one(float[] x, int xStart, FloatRows weights, int columns, float[] y, int start) {
    float[] w = weights.numbers();
    int wStride = weights.stride();
    FloatVector s0 = FloatVector.fromArray(FLOATS, y, start);
    FloatVector s1 = FloatVector.fromArray(FLOATS, y, start + Lanes.COUNT);
    for (int k = 0, at = weights.start(); k < columns; k++, at += wStride) {
      FloatVector input = FloatVector.broadcast(FLOATS, x[xStart + k]);
      s0 = FloatVector.fromArray(FLOATS, w, at).fma(input, s0);
      s1 = FloatVector.fromArray(FLOATS, w, at + Lanes.COUNT).fma(input, s1);
    }
    s0.intoArray(y, start);
    s1.intoArray(y, start + Lanes.COUNT);
  }
}
