package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/// The innermost products of attention: eight or four rows of inputs by two vectors of outputs, all
/// sums in registers; see [Tile] on why it is written out.
final class RowTile {

  private RowTile() {}

  /// Multiplies `columns` columns of `height` rows with two vectors a column.
  ///
  /// @param height rows, 8 or 4
  /// @param x inputs, `[height, xStride]` from `xStart`
  /// @param w weights, `[columns, wStride]` from `wStart`, the second vector `apart` further on
  /// @param y sums that are added to, `[height, stride]` from `start`
  static void multiply(
      int height,
      float[] x,
      int xStart,
      int xStride,
      float[] w,
      int wStart,
      int wStride,
      int apart,
      int columns,
      float[] y,
      int start,
      int stride) {
    if (Lanes.COUNT == 16 && height == 8) {
      eight(x, xStart, xStride, w, wStart, wStride, apart, columns, y, start, stride);
      return;
    }
    for (int at = 0; at < height; at += 4) {
      int input = xStart + at * xStride;
      int output = start + at * stride;
      four(x, input, xStride, w, wStart, wStride, apart, columns, y, output, stride);
    }
  }

  private static void eight(
      float[] x,
      int xStart,
      int xStride,
      float[] w,
      int wStart,
      int wStride,
      int apart,
      int columns,
      float[] y,
      int start,
      int stride) {
    FloatVector s00 = FloatVector.fromArray(FLOATS, y, start);
    FloatVector s01 = FloatVector.fromArray(FLOATS, y, start + Lanes.COUNT);
    FloatVector s10 = FloatVector.fromArray(FLOATS, y, start + stride);
    FloatVector s11 = FloatVector.fromArray(FLOATS, y, start + stride + Lanes.COUNT);
    FloatVector s20 = FloatVector.fromArray(FLOATS, y, start + 2 * stride);
    FloatVector s21 = FloatVector.fromArray(FLOATS, y, start + 2 * stride + Lanes.COUNT);
    FloatVector s30 = FloatVector.fromArray(FLOATS, y, start + 3 * stride);
    FloatVector s31 = FloatVector.fromArray(FLOATS, y, start + 3 * stride + Lanes.COUNT);
    FloatVector s40 = FloatVector.fromArray(FLOATS, y, start + 4 * stride);
    FloatVector s41 = FloatVector.fromArray(FLOATS, y, start + 4 * stride + Lanes.COUNT);
    FloatVector s50 = FloatVector.fromArray(FLOATS, y, start + 5 * stride);
    FloatVector s51 = FloatVector.fromArray(FLOATS, y, start + 5 * stride + Lanes.COUNT);
    FloatVector s60 = FloatVector.fromArray(FLOATS, y, start + 6 * stride);
    FloatVector s61 = FloatVector.fromArray(FLOATS, y, start + 6 * stride + Lanes.COUNT);
    FloatVector s70 = FloatVector.fromArray(FLOATS, y, start + 7 * stride);
    FloatVector s71 = FloatVector.fromArray(FLOATS, y, start + 7 * stride + Lanes.COUNT);
    for (int k = 0, at = wStart; k < columns; k++, at += wStride) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, at);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, at + apart);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[xStart + k]);
      s00 = w0.fma(x0, s00);
      s01 = w1.fma(x0, s01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[xStart + xStride + k]);
      s10 = w0.fma(x1, s10);
      s11 = w1.fma(x1, s11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[xStart + 2 * xStride + k]);
      s20 = w0.fma(x2, s20);
      s21 = w1.fma(x2, s21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[xStart + 3 * xStride + k]);
      s30 = w0.fma(x3, s30);
      s31 = w1.fma(x3, s31);
      FloatVector x4 = FloatVector.broadcast(FLOATS, x[xStart + 4 * xStride + k]);
      s40 = w0.fma(x4, s40);
      s41 = w1.fma(x4, s41);
      FloatVector x5 = FloatVector.broadcast(FLOATS, x[xStart + 5 * xStride + k]);
      s50 = w0.fma(x5, s50);
      s51 = w1.fma(x5, s51);
      FloatVector x6 = FloatVector.broadcast(FLOATS, x[xStart + 6 * xStride + k]);
      s60 = w0.fma(x6, s60);
      s61 = w1.fma(x6, s61);
      FloatVector x7 = FloatVector.broadcast(FLOATS, x[xStart + 7 * xStride + k]);
      s70 = w0.fma(x7, s70);
      s71 = w1.fma(x7, s71);
    }
    s00.intoArray(y, start);
    s01.intoArray(y, start + Lanes.COUNT);
    s10.intoArray(y, start + stride);
    s11.intoArray(y, start + stride + Lanes.COUNT);
    s20.intoArray(y, start + 2 * stride);
    s21.intoArray(y, start + 2 * stride + Lanes.COUNT);
    s30.intoArray(y, start + 3 * stride);
    s31.intoArray(y, start + 3 * stride + Lanes.COUNT);
    s40.intoArray(y, start + 4 * stride);
    s41.intoArray(y, start + 4 * stride + Lanes.COUNT);
    s50.intoArray(y, start + 5 * stride);
    s51.intoArray(y, start + 5 * stride + Lanes.COUNT);
    s60.intoArray(y, start + 6 * stride);
    s61.intoArray(y, start + 6 * stride + Lanes.COUNT);
    s70.intoArray(y, start + 7 * stride);
    s71.intoArray(y, start + 7 * stride + Lanes.COUNT);
  }

  private static void four(
      float[] x,
      int xStart,
      int xStride,
      float[] w,
      int wStart,
      int wStride,
      int apart,
      int columns,
      float[] y,
      int start,
      int stride) {
    FloatVector s00 = FloatVector.fromArray(FLOATS, y, start);
    FloatVector s01 = FloatVector.fromArray(FLOATS, y, start + Lanes.COUNT);
    FloatVector s10 = FloatVector.fromArray(FLOATS, y, start + stride);
    FloatVector s11 = FloatVector.fromArray(FLOATS, y, start + stride + Lanes.COUNT);
    FloatVector s20 = FloatVector.fromArray(FLOATS, y, start + 2 * stride);
    FloatVector s21 = FloatVector.fromArray(FLOATS, y, start + 2 * stride + Lanes.COUNT);
    FloatVector s30 = FloatVector.fromArray(FLOATS, y, start + 3 * stride);
    FloatVector s31 = FloatVector.fromArray(FLOATS, y, start + 3 * stride + Lanes.COUNT);
    for (int k = 0, at = wStart; k < columns; k++, at += wStride) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, at);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, at + apart);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[xStart + k]);
      s00 = w0.fma(x0, s00);
      s01 = w1.fma(x0, s01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[xStart + xStride + k]);
      s10 = w0.fma(x1, s10);
      s11 = w1.fma(x1, s11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[xStart + 2 * xStride + k]);
      s20 = w0.fma(x2, s20);
      s21 = w1.fma(x2, s21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[xStart + 3 * xStride + k]);
      s30 = w0.fma(x3, s30);
      s31 = w1.fma(x3, s31);
    }
    s00.intoArray(y, start);
    s01.intoArray(y, start + Lanes.COUNT);
    s10.intoArray(y, start + stride);
    s11.intoArray(y, start + stride + Lanes.COUNT);
    s20.intoArray(y, start + 2 * stride);
    s21.intoArray(y, start + 2 * stride + Lanes.COUNT);
    s30.intoArray(y, start + 3 * stride);
    s31.intoArray(y, start + 3 * stride + Lanes.COUNT);
  }
}
