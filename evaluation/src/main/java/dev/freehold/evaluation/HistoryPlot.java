package dev.freehold.evaluation;

import java.util.List;

/// The scores of incumbent and candidate over time, a line each.
final class HistoryPlot implements Plot {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 300;
  private static final int LEFT = 44;
  private static final int RIGHT = 150;
  private static final int TOP = 20;
  private static final int BOTTOM = 40;

  private final List<History.Point> points;
  private final double low;
  private final double high;

  HistoryPlot(List<History.Point> points) {
    this.points = points;
    double least = 1;
    double most = 0;
    for (History.Point one : points) {
      least = Math.min(least, Math.min(one.incumbentScore(), one.candidateScore()));
      most = Math.max(most, Math.max(one.incumbentScore(), one.candidateScore()));
    }
    this.low = Math.max(0, Math.floor(least * 10 - 0.5) / 10);
    this.high = Math.min(1, Math.max(low + 0.1, Math.ceil(most * 10 + 0.5) / 10));
  }

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public int height() {
    return HEIGHT;
  }

  @Override
  public String label() {
    return "Scores of incumbent and candidate at each look";
  }

  private double x(int i) {
    long first = points.getFirst().at().toEpochMilli();
    long span = points.getLast().at().toEpochMilli() - first;
    double share = span == 0 ? 0.5 : (double) (points.get(i).at().toEpochMilli() - first) / span;
    return LEFT + 12 + share * (WIDTH - LEFT - RIGHT - 24);
  }

  private double y(double score) {
    return TOP + (high - score) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }

  @Override
  public void draw(Canvas canvas) {
    for (double tick = low; tick < high + 1e-9; tick += 0.1) {
      canvas.line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick));
      canvas.text("tick", LEFT - 8, y(tick) + 4, Canvas.Anchor.END, IntervalPlot.tickLabel(tick));
    }
    String first = points.getFirst().at().toString().substring(0, 10);
    String last = points.getLast().at().toString().substring(0, 10);
    canvas.text("tick", LEFT, HEIGHT - 14, Canvas.Anchor.START, first);
    if (!first.equals(last)) {
      canvas.text("tick", WIDTH - RIGHT, HEIGHT - 14, Canvas.Anchor.END, last);
    }
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).anew()) {
        canvas.line("margin", x(i), TOP, x(i), HEIGHT - BOTTOM);
      }
    }
    side(canvas, true);
    side(canvas, false);
  }

  private void side(Canvas canvas, boolean incumbent) {
    History.Point end = points.getLast();
    String name = incumbent ? end.incumbent() : end.candidate();
    canvas.begin(incumbent ? "incumbent" : "candidate", name);
    double[] path = new double[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      History.Point one = points.get(i);
      path[2 * i] = x(i);
      path[2 * i + 1] = y(incumbent ? one.incumbentScore() : one.candidateScore());
    }
    canvas.path("trace", path);
    for (int i = 0; i < points.size(); i++) {
      boolean marked = incumbent && points.get(i).drifted();
      canvas.dot(marked ? "ring" : "point", path[2 * i], path[2 * i + 1], marked ? 7 : 4);
    }
    // Names that would lie on each other part.
    double apart = Math.abs(y(end.incumbentScore()) - y(end.candidateScore()));
    boolean above = incumbent == end.incumbentScore() >= end.candidateScore();
    double shift = apart < 16 ? (above ? -4 : 14) : 4;
    String shown = name.length() > 20 ? name.substring(0, 19) + "…" : name;
    canvas.text(
        "name", WIDTH - RIGHT + 8, path[path.length - 1] + shift, Canvas.Anchor.START, shown);
    canvas.end();
  }
}
