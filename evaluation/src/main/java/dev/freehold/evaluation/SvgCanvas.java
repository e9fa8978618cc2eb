package dev.freehold.evaluation;

import java.util.Locale;

/// A plot as SVG that takes its colours from the page.
final class SvgCanvas implements Canvas {

  private final StringBuilder svg = new StringBuilder();

  SvgCanvas(int width, int height, String label) {
    append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
        width, height, Html.escaped(label));
  }

  @Override
  public void begin(String kind, String title) {
    append("<g class=\"%s\"><title>%s</title>", kind, Html.escaped(title));
  }

  @Override
  public void end() {
    svg.append("</g>\n");
  }

  @Override
  public void area(String kind, double x, double y, double width, double height) {
    append(
        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
        kind, x, y, Math.max(0, width), height);
  }

  @Override
  public void line(String kind, double x1, double y1, double x2, double y2) {
    append(
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        kind, x1, y1, x2, y2);
  }

  @Override
  public void path(String kind, double[] points) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i + 1 < points.length; i += 2) {
      list.append(String.format(Locale.ROOT, "%.1f,%.1f ", points[i], points[i + 1]));
    }
    append("<polyline class=\"%s\" points=\"%s\"/>", kind, list.toString().strip());
  }

  @Override
  public void dot(String kind, double x, double y, double radius) {
    append("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", kind, x, y, radius);
  }

  @Override
  public void text(String kind, double x, double y, Anchor anchor, String text) {
    append(
        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        kind, x, y, anchor.name().toLowerCase(Locale.ROOT), Html.escaped(text));
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a library of its own.
  private void append(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  @Override
  public String toString() {
    return svg + "</svg>";
  }
}
