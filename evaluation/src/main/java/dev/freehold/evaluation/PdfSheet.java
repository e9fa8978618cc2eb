package dev.freehold.evaluation;

import dev.freehold.evaluation.PdfPages.Style;
import java.util.ArrayList;
import java.util.List;

/// The report as a PDF of A4 pages, in one font that is part of the file.
///
/// Belongs to one thread.
final class PdfSheet implements Sheet, AutoCloseable {

  private static final double GAP = 14;
  private static final double CELL = 7;
  private static final double LEADING = 1.35;

  private final PdfPages pages = new PdfPages();

  @Override
  public void title(String kind, String title, String when) {
    pages.text(kind.toUpperCase(java.util.Locale.ROOT), Style.of(8).in(PdfPages.SOFT));
    pages.text(title, Style.of(20).bold());
    pages.text(when, Style.of(9).in(PdfPages.SOFT));
    pages.space(GAP);
  }

  @Override
  public void heading(String text) {
    pages.keep(80);
    pages.space(GAP);
    pages.text(text, Style.of(13).bold());
    pages.space(3);
  }

  @Override
  public void paragraph(String text) {
    pages.text(text, Style.of(9.5));
  }

  @Override
  public void verdict(String kind, String word, String sentence, List<String> notes) {
    pages.keep(60);
    double top = pages.y();
    int page = pages.number();
    pages.indented(
        12,
        () -> {
          pages.text(word, Style.of(14).bold().in(PdfPages.colour(kind)));
          pages.text(sentence, Style.of(10.5));
          notes.forEach(note -> pages.text("• " + note, Style.of(9.5)));
        });
    if (page == pages.number()) {
      pages.bar(PdfPages.colour(kind), top, pages.y());
    }
    pages.space(8);
  }

  @Override
  public void plot(Plot plot, String caption) {
    double scale = pages.width() / plot.width();
    pages.keep(plot.height() * scale + 20);
    double top = pages.y();
    plot.draw(new PdfCanvas(pages, pages.left(), top, scale));
    pages.space(plot.height() * scale);
    if (!caption.isEmpty()) {
      pages.text(caption, Style.of(8).in(PdfPages.SOFT));
    }
  }

  @Override
  public void table(String caption, List<String> heads, List<List<String>> rows) {
    pages.text(caption, Style.of(8).in(PdfPages.SOFT));
    pages.space(3);
    double[] widths = widths(heads, rows);
    if (heads.stream().anyMatch(head -> !head.isEmpty())) {
      row(heads, widths, Style.of(8).bold().in(PdfPages.SOFT));
    }
    rows.forEach(row -> row(row, widths, Style.of(8)));
  }

  /// As wide as what is in them, and where that is too much, the widest give way.
  private double[] widths(List<String> heads, List<List<String>> rows) {
    double[] wanted = new double[heads.size()];
    List<List<String>> all = new ArrayList<>(rows);
    all.add(heads);
    for (List<String> row : all) {
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = Math.max(wanted[i], pages.width(row.get(i), Style.of(8).bold()) + 2 * CELL);
      }
    }
    double limit = pages.width();
    while (sum(wanted) > pages.width() && limit > 30) {
      limit *= 0.97;
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = Math.min(wanted[i], limit);
      }
    }
    double factor = pages.width() / sum(wanted);
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] *= factor;
    }
    return wanted;
  }

  private static double sum(double[] values) {
    return java.util.Arrays.stream(values).sum();
  }

  private void row(List<String> cells, double[] widths, Style style) {
    List<List<String>> lines = new ArrayList<>();
    int most = 1;
    for (int i = 0; i < widths.length; i++) {
      List<String> wrapped = pages.wrap(cells.get(i), style, widths[i] - CELL);
      lines.add(wrapped);
      most = Math.max(most, wrapped.size());
    }
    // A cell longer than a page is cut into pages by its lines.
    double line = style.size() * LEADING;
    for (int at = 0; at < most; at++) {
      pages.keep(line + 4);
      double x = pages.left();
      for (int i = 0; i < widths.length; i++) {
        if (at < lines.get(i).size()) {
          pages.put(lines.get(i).get(at), x, pages.y() - style.size(), style);
        }
        x += widths[i];
      }
      pages.space(line);
    }
    pages.rule();
    pages.space(3);
  }

  @Override
  public void warnings(List<String> lines) {
    lines.forEach(line -> pages.text("• " + line, Style.of(9.5).in(PdfPages.colour("open"))));
  }

  @Override
  public void disagreement(Disagreement one, String incumbent, String candidate) {
    pages.keep(70);
    pages.space(8);
    pages.text(one.one().id(), Style.of(8).in(PdfPages.SOFT));
    pages.text(one.one().asked(), Style.of(9.5).bold());
    if (!one.one().golds().isEmpty()) {
      pages.text(one.gold(), Style.of(9).in(PdfPages.colour("good")));
    }
    side(incumbent, one.incumbentScore(), one.incumbentAnswer());
    side(candidate, one.candidateScore(), one.candidateAnswer());
  }

  private void side(String name, double score, String answer) {
    pages.indented(
        12,
        () -> {
          pages.text(Disagreement.head(name, score), Style.of(8).bold().in(PdfPages.SOFT));
          pages.text(Disagreement.shortened(answer), Style.of(9));
        });
  }

  /// The whole file.
  byte[] bytes() {
    if (pages.missing() > 0) {
      pages.space(GAP);
      pages.text(
          "%d characters have no sign in this file's font and stand as “?”; the HTML report has them."
              .formatted(pages.missing()),
          Style.of(8).in(PdfPages.SOFT));
    }
    return pages.bytes();
  }

  @Override
  public void close() {
    pages.close();
  }
}
