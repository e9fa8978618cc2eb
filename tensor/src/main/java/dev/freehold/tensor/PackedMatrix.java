package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A matrix packed for this processor's vectors; see [Panels].
public final class PackedMatrix implements Matrix {

  private final TensorType type;
  private final int rows;
  private final int columns;
  private final Panels panels;

  private PackedMatrix(TensorType type, int rows, int columns) {
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    this.panels = Panels.of(type, rows, columns);
  }

  /// Packs the matrix whose blocks lie in `segment` row by row; the segment is not kept. Where it
  /// is mapped, the system may take its memory back: it is not there twice.
  static PackedMatrix of(
      TensorType type, int rows, int columns, MemorySegment segment, Workers workers) {
    PackedMatrix matrix = new PackedMatrix(type, rows, columns);
    int rowBytes = Math.toIntExact(type.bytes(columns));
    int atOnce = Math.max(1, (1 << 18) / (rowBytes * Panels.ROWS));
    int panels = matrix.panelCount();
    workers.run(
        Math.ceilDiv(panels, atOnce),
        (part, worker) -> {
          byte[] source = new byte[Math.multiplyExact(rowBytes, Panels.ROWS)];
          for (int p = part * atOnce; p < Math.min(panels, (part + 1) * atOnce); p++) {
            int count = Math.min(Panels.ROWS, rows - p * Panels.ROWS);
            long from = (long) p * Panels.ROWS * rowBytes;
            MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, from, source, 0, count * rowBytes);
            matrix.panels.pack(p, source, count);
          }
        });
    if (segment.isMapped()) {
      segment.unload();
    }
    return matrix;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public TensorType type() {
    return type;
  }

  @Override
  public long bytes() {
    return panels.bytes();
  }

  /// Panels, the last one possibly not full.
  int panelCount() {
    return Math.ceilDiv(rows, Panels.ROWS);
  }

  Panels panels() {
    return panels;
  }

  @Override
  public void row(int row, float[] target, int start) {
    float[] scale = new float[panels.scaleCount()];
    float[] offset = new float[scale.length];
    float[] w = new float[columns * Panels.ROWS];
    int panel = row / Panels.ROWS;
    panels.scales(panel, scale, offset);
    panels.dequantizeScalar(panel, 0, columns, scale, offset, w, 0);
    for (int k = 0; k < columns; k++) {
      target[start + k] = w[k * Panels.ROWS + row % Panels.ROWS];
    }
  }
}
