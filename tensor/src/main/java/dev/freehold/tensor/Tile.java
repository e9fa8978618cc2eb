package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.load;
import static dev.freehold.tensor.Lanes.zero;

import jdk.incubator.vector.FloatVector;

/// The innermost product: a few tokens by a few panels of weights, all sums in registers.
///
/// With vectors of 512 bits and 32 registers 8 tokens × 3 panels (24 sums); with 256 bits and 16
/// registers 4 tokens × 1 panel of two vectors (8 sums). Written out because C2 keeps sums in
/// registers only where each is a variable; larger tiles make it give up.
final class Tile {

  /// Tokens in a tile.
  static final int TOKENS = Lanes.COUNT == 16 ? 8 : 4;

  /// Panels in a tile.
  static final int PANELS = Lanes.COUNT == 16 ? 3 : 1;

  /// Outputs in a tile.
  static final int ROWS = PANELS * Panels.ROWS;

  private Tile() {}

  /// Multiplies `columns` columns of [#TOKENS] inputs with [#PANELS] panels.
  ///
  /// @param x inputs, `[columns, TOKENS]` from `xStart`
  /// @param w weights, `[PANELS, size]`, a panel being `[columns, Panels.ROWS]`
  /// @param y sums, `[TOKENS, stride]` from `start`
  /// @param first whether `y` is set and not added to
  static void multiply(
      float[] x,
      int xStart,
      float[] w,
      int size,
      int columns,
      float[] y,
      int start,
      int stride,
      boolean first) {
    if (Lanes.COUNT == 16) {
      eightByThree(x, xStart, w, size, columns, y, start, stride, first);
    } else {
      fourByTwo(x, xStart, w, columns, y, start, stride, first);
    }
  }

  private static FloatVector sum(float[] y, int at, boolean first) {
    return first ? zero() : load(y, at);
  }


  private static void eightByThree(
      float[] x,
      int xStart,
      float[] w,
      int size,
      int columns,
      float[] y,
      int start,
      int stride,
      boolean first) {
    FloatVector s00 = sum(y, start, first);
    FloatVector s01 = sum(y, start + 16, first);
    FloatVector s02 = sum(y, start + 32, first);
    FloatVector s10 = sum(y, start + stride, first);
    FloatVector s11 = sum(y, start + stride + 16, first);
    FloatVector s12 = sum(y, start + stride + 32, first);
    FloatVector s20 = sum(y, start + 2 * stride, first);
    FloatVector s21 = sum(y, start + 2 * stride + 16, first);
    FloatVector s22 = sum(y, start + 2 * stride + 32, first);
    FloatVector s30 = sum(y, start + 3 * stride, first);
    FloatVector s31 = sum(y, start + 3 * stride + 16, first);
    FloatVector s32 = sum(y, start + 3 * stride + 32, first);
    FloatVector s40 = sum(y, start + 4 * stride, first);
    FloatVector s41 = sum(y, start + 4 * stride + 16, first);
    FloatVector s42 = sum(y, start + 4 * stride + 32, first);
    FloatVector s50 = sum(y, start + 5 * stride, first);
    FloatVector s51 = sum(y, start + 5 * stride + 16, first);
    FloatVector s52 = sum(y, start + 5 * stride + 32, first);
    FloatVector s60 = sum(y, start + 6 * stride, first);
    FloatVector s61 = sum(y, start + 6 * stride + 16, first);
    FloatVector s62 = sum(y, start + 6 * stride + 32, first);
    FloatVector s70 = sum(y, start + 7 * stride, first);
    FloatVector s71 = sum(y, start + 7 * stride + 16, first);
    FloatVector s72 = sum(y, start + 7 * stride + 32, first);
    for (int k = 0, at = xStart; k < columns; k++, at += 8) {
      FloatVector w0 = load(w, k * 16);
      FloatVector w1 = load(w, size + k * 16);
      FloatVector w2 = load(w, 2 * size + k * 16);
      FloatVector x0 = Lanes.broadcast(x[at]);
      s00 = w0.fma(x0, s00);
      s01 = w1.fma(x0, s01);
      s02 = w2.fma(x0, s02);
      FloatVector x1 = Lanes.broadcast(x[at + 1]);
      s10 = w0.fma(x1, s10);
      s11 = w1.fma(x1, s11);
      s12 = w2.fma(x1, s12);
      FloatVector x2 = Lanes.broadcast(x[at + 2]);
      s20 = w0.fma(x2, s20);
      s21 = w1.fma(x2, s21);
      s22 = w2.fma(x2, s22);
      FloatVector x3 = Lanes.broadcast(x[at + 3]);
      s30 = w0.fma(x3, s30);
      s31 = w1.fma(x3, s31);
      s32 = w2.fma(x3, s32);
      FloatVector x4 = Lanes.broadcast(x[at + 4]);
      s40 = w0.fma(x4, s40);
      s41 = w1.fma(x4, s41);
      s42 = w2.fma(x4, s42);
      FloatVector x5 = Lanes.broadcast(x[at + 5]);
      s50 = w0.fma(x5, s50);
      s51 = w1.fma(x5, s51);
      s52 = w2.fma(x5, s52);
      FloatVector x6 = Lanes.broadcast(x[at + 6]);
      s60 = w0.fma(x6, s60);
      s61 = w1.fma(x6, s61);
      s62 = w2.fma(x6, s62);
      FloatVector x7 = Lanes.broadcast(x[at + 7]);
      s70 = w0.fma(x7, s70);
      s71 = w1.fma(x7, s71);
      s72 = w2.fma(x7, s72);
    }
    s00.intoArray(y, start);
    s01.intoArray(y, start + 16);
    s02.intoArray(y, start + 32);
    s10.intoArray(y, start + stride);
    s11.intoArray(y, start + stride + 16);
    s12.intoArray(y, start + stride + 32);
    s20.intoArray(y, start + 2 * stride);
    s21.intoArray(y, start + 2 * stride + 16);
    s22.intoArray(y, start + 2 * stride + 32);
    s30.intoArray(y, start + 3 * stride);
    s31.intoArray(y, start + 3 * stride + 16);
    s32.intoArray(y, start + 3 * stride + 32);
    s40.intoArray(y, start + 4 * stride);
    s41.intoArray(y, start + 4 * stride + 16);
    s42.intoArray(y, start + 4 * stride + 32);
    s50.intoArray(y, start + 5 * stride);
    s51.intoArray(y, start + 5 * stride + 16);
    s52.intoArray(y, start + 5 * stride + 32);
    s60.intoArray(y, start + 6 * stride);
    s61.intoArray(y, start + 6 * stride + 16);
    s62.intoArray(y, start + 6 * stride + 32);
    s70.intoArray(y, start + 7 * stride);
    s71.intoArray(y, start + 7 * stride + 16);
    s72.intoArray(y, start + 7 * stride + 32);
  }

  private static void fourByTwo(
      float[] x,
      int xStart,
      float[] w,
      int columns,
      float[] y,
      int start,
      int stride,
      boolean first) {
    FloatVector s00 = sum(y, start, first);
    FloatVector s01 = sum(y, start + 8, first);
    FloatVector s10 = sum(y, start + stride, first);
    FloatVector s11 = sum(y, start + stride + 8, first);
    FloatVector s20 = sum(y, start + 2 * stride, first);
    FloatVector s21 = sum(y, start + 2 * stride + 8, first);
    FloatVector s30 = sum(y, start + 3 * stride, first);
    FloatVector s31 = sum(y, start + 3 * stride + 8, first);
    for (int k = 0, at = xStart; k < columns; k++, at += 4) {
      FloatVector w0 = load(w, k * 16);
      FloatVector w1 = load(w, k * 16 + 8);
      FloatVector x0 = Lanes.broadcast(x[at]);
      s00 = w0.fma(x0, s00);
      s01 = w1.fma(x0, s01);
      FloatVector x1 = Lanes.broadcast(x[at + 1]);
      s10 = w0.fma(x1, s10);
      s11 = w1.fma(x1, s11);
      FloatVector x2 = Lanes.broadcast(x[at + 2]);
      s20 = w0.fma(x2, s20);
      s21 = w1.fma(x2, s21);
      FloatVector x3 = Lanes.broadcast(x[at + 3]);
      s30 = w0.fma(x3, s30);
      s31 = w1.fma(x3, s31);
    }
    s00.intoArray(y, start);
    s01.intoArray(y, start + 8);
    s10.intoArray(y, start + stride);
    s11.intoArray(y, start + stride + 8);
    s20.intoArray(y, start + 2 * stride);
    s21.intoArray(y, start + 2 * stride + 8);
    s30.intoArray(y, start + 3 * stride);
    s31.intoArray(y, start + 3 * stride + 8);
  }
}
