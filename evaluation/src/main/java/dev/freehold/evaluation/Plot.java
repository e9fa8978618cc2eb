package dev.freehold.evaluation;

/// Something drawn, of a size of its own.
interface Plot {
  int width();

  int height();

  /// What it shows, for those who do not see it.
  String label();

  void draw(Canvas canvas);

  /// As SVG.
  default String svg() {
    SvgCanvas canvas = new SvgCanvas(width(), height(), label());
    draw(canvas);
    return canvas.toString();
  }
}
