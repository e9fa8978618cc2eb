package dev.freehold.evaluation;

import dev.freehold.evaluation.PdfPages.Style;
import java.awt.Color;

/// A plot on a page of a PDF.
final class PdfCanvas implements Canvas {

  private static final Color GRID = new Color(0xdcd9d0);
  private static final Color BEYOND = new Color(0xf9ecea);

  private final PdfPages pages;
  private final double left;
  private final double top;
  private final double scale;
  private String group = "";

  /// @param left x of the plot's left edge on the page
  /// @param top y of its upper edge
  /// @param scale from the plot's units to points
  PdfCanvas(PdfPages pages, double left, double top, double scale) {
    this.pages = pages;
    this.left = left;
    this.top = top;
    this.scale = scale;
  }

  private double x(double value) {
    return left + value * scale;
  }

  private double y(double value) {
    return top - value * scale;
  }

  private Color colour(String kind) {
    return switch (kind) {
      case "grid" -> GRID;
      case "tick", "zero" -> PdfPages.SOFT;
      case "margin", "margin-label" -> PdfPages.colour("worse");
      case "label" -> PdfPages.colour("");
      default -> PdfPages.colour(group);
    };
  }

  @Override
  public void begin(String kind, String title) {
    group = kind;
  }

  @Override
  public void end() {
    group = "";
  }

  @Override
  public void area(String kind, double x, double y, double width, double height) {
    if (width > 0) {
      pages.area(x(x), y(y + height), width * scale, height * scale, BEYOND);
    }
  }

  @Override
  public void line(String kind, double x1, double y1, double x2, double y2) {
    double weight =
        switch (kind) {
          case "grid" -> 0.4;
          case "bar" -> 1.6;
          default -> 0.9;
        };
    pages.line(x(x1), y(y1), x(x2), y(y2), weight, colour(kind), kind.equals("margin"));
  }

  @Override
  public void path(String kind, double[] points) {
    for (int i = 0; i + 3 < points.length; i += 2) {
      pages.line(
          x(points[i]),
          y(points[i + 1]),
          x(points[i + 2]),
          y(points[i + 3]),
          1.4,
          colour(kind),
          false);
    }
  }

  @Override
  public void dot(String kind, double x, double y, double radius) {
    double side = radius * scale * 1.7;
    pages.area(x(x) - side / 2, y(y) - side / 2, side, side, colour(kind));
  }

  @Override
  public void text(String kind, double x, double y, Anchor anchor, String text) {
    Style style = Style.of(12.5 * scale).in(colour(kind));
    double width = pages.width(text, style);
    double from =
        switch (anchor) {
          case START -> x(x);
          case MIDDLE -> x(x) - width / 2;
          case END -> x(x) - width;
        };
    pages.put(text, from, y(y), style);
  }
}
