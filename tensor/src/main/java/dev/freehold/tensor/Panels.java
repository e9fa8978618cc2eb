package dev.freehold.tensor;

/// The weights of a matrix, packed once at load so that sixteen rows lie side by side: for each
/// column the sixteen weights of a panel follow each other, so that a vector holds one weight of
/// sixteen outputs and no sum is ever taken across a vector. Numbers keep the width they have in
/// the file. Rows past the last are zero.
///
/// Thread-safe once packed; packing of different panels may run in parallel.
abstract sealed class Panels
    permits FloatPanels, ShortPanels, BytePanels, NibblePanels, CodePanels {

  /// Rows in a panel.
  static final int ROWS = 16;

  /// Columns that share a scale in packed form; K types with shorter sub-blocks have two.
  static final int BLOCK = 32;

  final int columns;

  Panels(int columns) {
    this.columns = columns;
  }

  /// Packs panel `panel`, whose `rows` rows of file blocks stand in `source`.
  abstract void pack(int panel, byte[] source, int rows);

  /// Bytes held.
  abstract long bytes();

  /// Writes a panel's scales and offsets as floats where [#dot] and [#dequantize] find them.
  abstract void scales(int panel, float[] scale, float[] offset);

  /// Writes columns `from` to `to − 1` (multiples of [#BLOCK] or the end) of a panel to `w` as
  /// floats, sixteen to a column.
  abstract void dequantize(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start);

  /// The same one number at a time.
  abstract void dequantizeScalar(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start);

  /// Writes the sixteen sums of a panel's rows with `x` to `y`.
  ///
  /// @param sums the sums of each sixteen numbers of `x`
  abstract void dot(
      int panel, float[] x, float[] sums, float[] scale, float[] offset, float[] y, int start);

  /// What [#dot] does, without vectors of a fixed size: turns the panel into floats first.
  final void dotScalar(
      int panel, float[] x, float[] scale, float[] offset, float[] w, float[] y, int start) {
    dequantizeScalar(panel, 0, columns, scale, offset, w, 0);
    float[] total = new float[ROWS];
    for (int k = 0; k < columns; k++) {
      for (int lane = 0; lane < ROWS; lane++) {
        total[lane] += w[k * ROWS + lane] * x[k];
      }
    }
    System.arraycopy(total, 0, y, start, ROWS);
  }

  /// Numbers of scale (and as many of offset) that [#scales] writes.
  final int scaleCount() {
    return Math.ceilDiv(columns, BLOCK) * 2 * ROWS;
  }

  /// Whether panels of this type hold codes, see [CodePanels].
  static boolean areCodes(TensorType type) {
    return switch (type) {
      case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> false;
      case Q2_K,
          Q3_K,
          IQ1_S,
          IQ1_M,
          IQ2_XXS,
          IQ2_XS,
          IQ2_S,
          IQ3_XXS,
          IQ3_S,
          IQ4_NL,
          IQ4_XS,
          TQ1_0,
          TQ2_0,
          MXFP4,
          NVFP4 ->
          true;
    };
  }

  static Panels of(TensorType type, int rows, int columns) {
    int panels = Math.ceilDiv(rows, ROWS);
    return switch (type) {
      case F32 -> new FloatPanels(panels, columns);
      case F16, BF16 -> new ShortPanels(type, panels, columns);
      case Q8_0 -> new BytePanels(panels, columns);
      case Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> new NibblePanels(type, panels, columns);
      case Q2_K,
          Q3_K,
          IQ1_S,
          IQ1_M,
          IQ2_XXS,
          IQ2_XS,
          IQ2_S,
          IQ3_XXS,
          IQ3_S,
          IQ4_NL,
          IQ4_XS,
          TQ1_0,
          TQ2_0,
          MXFP4,
          NVFP4 ->
          new CodePanels(type, panels, columns);
    };
  }
}
