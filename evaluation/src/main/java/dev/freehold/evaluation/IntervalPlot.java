package dev.freehold.evaluation;

import dev.freehold.evaluation.statistics.Interval;
import java.util.List;
import java.util.Locale;

/// Intervals of differences below each other, with zero and the margin drawn in: an SVG that takes
/// its colours from the page.
final class IntervalPlot {

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

  String svg() {
    int bottom = TOP + rows.size() * ROW;
    int height = bottom + 46;
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Differences in points with their intervals and the margin\">",
        WIDTH,
        height);
    append(
        svg,
        "<rect class=\"beyond\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
        x(low),
        TOP,
        x(-margin) - x(low),
        bottom - TOP);
    double step = step();
    for (double tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
      append(
          svg,
          "<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
          x(tick),
          TOP,
          bottom);
      append(
          svg,
          "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(tick),
          bottom + 18,
          tickLabel(tick));
    }
    append(
        svg,
        "<line class=\"zero\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
        x(0),
        TOP,
        bottom);
    append(
        svg,
        "<line class=\"margin\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
        x(-margin),
        TOP - 8,
        bottom);
    append(
        svg,
        "<text class=\"margin-label\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">margin −%s</text>",
        x(-margin),
        TOP - 14,
        Ruling.number(100 * margin));
    append(
        svg,
        "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">candidate minus incumbent, points of 100</text>",
        (x(low) + x(high)) / 2,
        bottom + 38);
    for (int i = 0; i < rows.size(); i++) {
      row(svg, rows.get(i), TOP + i * ROW + ROW / 2);
    }
    return svg.append("</svg>").toString();
  }

  private void row(StringBuilder svg, Row row, int y) {
    String label = row.label().length() > 30 ? row.label().substring(0, 29) + "…" : row.label();
    append(
        svg,
        "<g class=\"%s\"><title>%s</title>",
        row.kind(),
        Html.escaped(
            row.label()
                + ": "
                + Ruling.signed(row.difference())
                + " ("
                + Ruling.signed(row.interval().low())
                + " to "
                + Ruling.signed(row.interval().high())
                + ")"));
    append(
        svg,
        "<text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        LEFT - 14,
        y + 4,
        Html.escaped(label));
    append(
        svg,
        "<line class=\"bar\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$d\" y2=\"%3$d\"/>",
        x(row.interval().low()),
        x(row.interval().high()),
        y);
    for (double end : new double[] {row.interval().low(), row.interval().high()}) {
      append(
          svg,
          "<line class=\"bar\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
          x(end),
          y - 5,
          y + 5);
    }
    append(
        svg, "<circle class=\"point\" cx=\"%.1f\" cy=\"%d\" r=\"5\"/></g>", x(row.difference()), y);
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

  private static String tickLabel(double tick) {
    String text =
        String.format(Locale.ROOT, "%.1f", 100 * tick).replace(".0", "").replace('-', '−');
    return text.equals("−0") ? "0" : text;
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a library of its own.
  private static void append(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
