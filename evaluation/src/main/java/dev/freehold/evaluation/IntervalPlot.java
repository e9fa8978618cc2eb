package dev.freehold.evaluation;

import dev.freehold.evaluation.statistics.Interval;
import java.util.List;
import java.util.Locale;

/// Intervals of differences below each other, with zero and the margin drawn in.
final class IntervalPlot implements Plot {

  private static final int WIDTH = 760;
  private static final int LEFT = 220;
  private static final int RIGHT = 24;
  private static final int ROW = 34;
  private static final int TOP = 34;

  /// One interval.
  ///
  /// @param label what it is of
  /// @param difference the point in it
  /// @param interval in score points of 0 to 1
  /// @param kind its class on the page: `good`, `worse`, `open` or `control`
  record Row(String label, double difference, Interval interval, String kind) {}

  private final List<Row> rows;
  private final double margin;
  private final double low;
  private final double high;

  IntervalPlot(List<Row> rows, double margin) {
    this.rows = rows;
    this.margin = margin;
    double least =
        Math.min(
            -2 * margin, rows.stream().mapToDouble(row -> row.interval().low()).min().orElse(0));
    double most =
        Math.max(margin, rows.stream().mapToDouble(row -> row.interval().high()).max().orElse(0));
    double air = (most - least) * 0.05;
    this.low = least - air;
    this.high = most + air;
  }

  private double x(double difference) {
    return LEFT + (difference - low) / (high - low) * (WIDTH - LEFT - RIGHT);
  }

  private int bottom() {
    return TOP + rows.size() * ROW;
  }

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public int height() {
    return bottom() + 46;
  }

  @Override
  public String label() {
    return "Differences in points with their intervals and the margin";
  }

  @Override
  public void draw(Canvas canvas) {
    int bottom = bottom();
    canvas.area("beyond", x(low), TOP, x(-margin) - x(low), bottom - TOP);
    double step = step();
    for (double tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
      canvas.line("grid", x(tick), TOP, x(tick), bottom);
      canvas.text("tick", x(tick), bottom + 18, Canvas.Anchor.MIDDLE, tickLabel(tick));
    }
    canvas.line("zero", x(0), TOP, x(0), bottom);
    canvas.line("margin", x(-margin), TOP - 8, x(-margin), bottom);
    canvas.text(
        "margin-label",
        x(-margin),
        TOP - 14,
        Canvas.Anchor.MIDDLE,
        "margin −" + Ruling.number(100 * margin));
    canvas.text(
        "tick",
        (x(low) + x(high)) / 2,
        bottom + 38,
        Canvas.Anchor.MIDDLE,
        "candidate minus incumbent, points of 100");
    for (int i = 0; i < rows.size(); i++) {
      row(canvas, rows.get(i), TOP + i * ROW + ROW / 2);
    }
  }

  private void row(Canvas canvas, Row row, int y) {
    canvas.begin(
        row.kind(),
        "%s: %s (%s to %s)"
            .formatted(
                row.label(),
                Ruling.signed(row.difference()),
                Ruling.signed(row.interval().low()),
                Ruling.signed(row.interval().high())));
    String label = row.label().length() > 30 ? row.label().substring(0, 29) + "…" : row.label();
    canvas.text("label", LEFT - 14, y + 4, Canvas.Anchor.END, label);
    canvas.line("bar", x(row.interval().low()), y, x(row.interval().high()), y);
    for (double end : new double[] {row.interval().low(), row.interval().high()}) {
      canvas.line("bar", x(end), y - 5, x(end), y + 5);
    }
    canvas.dot("point", x(row.difference()), y, 5);
    canvas.end();
  }

  private double step() {
    double raw = (high - low) / 8;
    for (double nice : new double[] {0.005, 0.01, 0.02, 0.05, 0.1, 0.2}) {
      if (raw <= nice) {
        return nice;
      }
    }
    return 0.5;
  }

  static String tickLabel(double tick) {
    String text =
        String.format(Locale.ROOT, "%.1f", 100 * tick).replace(".0", "").replace('-', '−');
    return text.equals("−0") ? "0" : text;
  }
}
