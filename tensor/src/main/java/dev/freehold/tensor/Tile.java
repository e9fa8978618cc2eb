package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/// The innermost product: a few tokens by two vectors of weights, all sums in registers.
///
/// With vectors of 512 bits and 32 registers 8 tokens × 2 panels (16 sums); with 256 bits and 16
/// registers 4 tokens × 1 panel of two vectors (8 sums). Written out because C2 keeps sums in
/// registers only where each is a variable. Sums are always loaded, never set to zero here, and the
/// vector classes are called directly: C2 has a budget for what it inlines, and past it every
/// vector operation becomes a call, which is a hundred times slower. 8 × 3 is past it.
final class Tile {

  /// Tokens in a tile.
  static final int TOKENS = Lanes.COUNT == 16 ? 8 : 4;

  /// The fewest tokens that are multiplied at once: what is left over of a prompt, or an expert's
  /// share of it, need not cost as much as a whole tile.
  static final int LEAST = Lanes.COUNT == 16 ? 4 : TOKENS;

  /// Panels in a tile.
  static final int PANELS = Lanes.COUNT == 16 ? 2 : 1;

  /// Outputs in a tile.
  static final int ROWS = PANELS * Panels.ROWS;

  private Tile() {}

  /// Multiplies `columns` columns of the first `tokens` of [#TOKENS] inputs with [#PANELS] panels.
  ///
  /// @param tokens [#TOKENS] or [#LEAST]
  /// @param x inputs, `[columns, TOKENS]` from `xStart`
  /// @param w weights, `[PANELS, size]`, a panel being `[columns, Panels.ROWS]`
  /// @param y sums that are added to, `[tokens, stride]` from `start`
  static void multiply(
      int tokens,
      float[] x,
      int xStart,
      float[] w,
      int size,
      int columns,
      float[] y,
      int start,
      int stride) {
    if (!Lanes.USABLE) {
      scalar(tokens, x, xStart, w, columns, y, start, stride);
    } else if (Lanes.COUNT != 16) {
      fourByTwo(x, xStart, w, 8, columns, y, start, stride);
    } else if (tokens == LEAST) {
      fourByTwo(x, xStart, w, size, columns, y, start, stride);
    } else {
      eightByTwo(x, xStart, w, size, columns, y, start, stride);
    }
  }

  private static void scalar(
      int tokens, float[] x, int xStart, float[] w, int columns, float[] y, int start, int stride) {
    for (int i = 0; i < tokens; i++) {
      for (int k = 0; k < columns; k++) {
        float input = x[xStart + k * TOKENS + i];
        for (int r = 0; r < ROWS; r++) {
          y[start + i * stride + r] += w[k * ROWS + r] * input;
        }
      }
    }
  }

  private static void eightByTwo(
      float[] x, int xStart, float[] w, int apart, int columns, float[] y, int start, int stride) {
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
    for (int k = 0, at = xStart; k < columns; k++, at += 8) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, k * 16);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, k * 16 + apart);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      s00 = w0.fma(x0, s00);
      s01 = w1.fma(x0, s01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      s10 = w0.fma(x1, s10);
      s11 = w1.fma(x1, s11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      s20 = w0.fma(x2, s20);
      s21 = w1.fma(x2, s21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
      s30 = w0.fma(x3, s30);
      s31 = w1.fma(x3, s31);
      FloatVector x4 = FloatVector.broadcast(FLOATS, x[at + 4]);
      s40 = w0.fma(x4, s40);
      s41 = w1.fma(x4, s41);
      FloatVector x5 = FloatVector.broadcast(FLOATS, x[at + 5]);
      s50 = w0.fma(x5, s50);
      s51 = w1.fma(x5, s51);
      FloatVector x6 = FloatVector.broadcast(FLOATS, x[at + 6]);
      s60 = w0.fma(x6, s60);
      s61 = w1.fma(x6, s61);
      FloatVector x7 = FloatVector.broadcast(FLOATS, x[at + 7]);
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

  private static void fourByTwo(
      float[] x, int xStart, float[] w, int apart, int columns, float[] y, int start, int stride) {
    FloatVector s00 = FloatVector.fromArray(FLOATS, y, start);
    FloatVector s01 = FloatVector.fromArray(FLOATS, y, start + Lanes.COUNT);
    FloatVector s10 = FloatVector.fromArray(FLOATS, y, start + stride);
    FloatVector s11 = FloatVector.fromArray(FLOATS, y, start + stride + Lanes.COUNT);
    FloatVector s20 = FloatVector.fromArray(FLOATS, y, start + 2 * stride);
    FloatVector s21 = FloatVector.fromArray(FLOATS, y, start + 2 * stride + Lanes.COUNT);
    FloatVector s30 = FloatVector.fromArray(FLOATS, y, start + 3 * stride);
    FloatVector s31 = FloatVector.fromArray(FLOATS, y, start + 3 * stride + Lanes.COUNT);
    for (int k = 0, at = xStart; k < columns; k++, at += TOKENS) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, k * 16);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, k * 16 + apart);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      s00 = w0.fma(x0, s00);
      s01 = w1.fma(x0, s01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      s10 = w0.fma(x1, s10);
      s11 = w1.fma(x1, s11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      s20 = w0.fma(x2, s20);
      s21 = w1.fma(x2, s21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
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
