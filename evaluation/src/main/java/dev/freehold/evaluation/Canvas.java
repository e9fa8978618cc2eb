package dev.freehold.evaluation;

/// What plots draw on: a page of HTML or of a PDF. Kinds name what a mark stands for; the canvas
/// gives it its colour and weight.
///
/// Coordinates are those of the plot, y downwards.
interface Canvas {

  /// Where a text is held at its x.
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /// Marks from here to [#end] belong together.
  ///
  /// @param kind `good`, `worse`, `open`, `control`, `incumbent`, `candidate`
  /// @param title what is said where somebody points at it
  void begin(String kind, String title);

  void end();

  void area(String kind, double x, double y, double width, double height);

  void line(String kind, double x1, double y1, double x2, double y2);

  /// A line through these points.
  ///
  /// @param points x and y in turn
  void path(String kind, double[] points);

  void dot(String kind, double x, double y, double radius);

  void text(String kind, double x, double y, Anchor anchor, String text);
}
