package dev.freehold.evaluation;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.state.RenderingMode;
import org.jspecify.annotations.Nullable;

/// A4 pages that are filled from top to bottom; a new one begins where the last is full.
///
/// Lengths are points, y upwards as PDF has it. Belongs to one thread.
final class PdfPages implements AutoCloseable {

  static final Color SOFT = new Color(0x6b6a65);
  private static final Color INK = new Color(0x1d1d1b);
  private static final Color LINE = new Color(0xdcd9d0);
  private static final Map<String, Color> COLOURS =
      Map.of(
          "good", new Color(0x1c7a4a),
          "worse", new Color(0xb3362b),
          "open", new Color(0x8a6100),
          "control", new Color(0x5b6470),
          "incumbent", new Color(0x5b6470),
          "candidate", new Color(0x1c7a4a));
  private static final float EDGE = 50;

  /// How a text looks.
  record Style(double size, boolean heavy, Color colour) {
    static Style of(double size) {
      return new Style(size, false, INK);
    }

    Style bold() {
      return new Style(size, true, colour);
    }

    Style in(Color value) {
      return new Style(size, heavy, value);
    }
  }

  private final PDDocument document = new PDDocument();
  private final PDFont font;
  private final Map<Integer, Boolean> known = new HashMap<>();
  private @Nullable PDPageContentStream content;
  private double y;
  private double indent;
  private int missing;

  PdfPages() {
    // PDFBox brings it for files whose own fonts are missing: Latin, Greek and Cyrillic.
    try (InputStream in =
        PDDocument.class.getResourceAsStream(
            "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf")) {
      font = PDType0Font.load(document, Objects.requireNonNull(in), true);
      turn();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Color colour(String kind) {
    return COLOURS.getOrDefault(kind, INK);
  }

  private PDPageContentStream content() {
    return Objects.requireNonNull(content);
  }

  private void turn() throws IOException {
    if (content != null) {
      content.close();
    }
    PDPage page = new PDPage(PDRectangle.A4);
    document.addPage(page);
    content = new PDPageContentStream(document, page);
    y = PDRectangle.A4.getHeight() - EDGE;
  }

  int number() {
    return document.getNumberOfPages();
  }

  int missing() {
    return missing;
  }

  double y() {
    return y;
  }

  double left() {
    return EDGE + indent;
  }

  double width() {
    return PDRectangle.A4.getWidth() - 2 * EDGE - indent;
  }

  /// Begins a new page unless there is so much room left.
  void keep(double height) {
    if (y - height < EDGE && y < PDRectangle.A4.getHeight() - EDGE) {
      try {
        turn();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void space(double height) {
    y -= height;
  }

  void indented(double by, Runnable work) {
    indent += by;
    work.run();
    indent -= by;
  }

  /// A text in as many lines as it needs.
  void text(String text, Style style) {
    double line = style.size() * 1.35;
    for (String one : wrap(text, style, width())) {
      keep(line);
      put(one, left(), y - style.size(), style);
      space(line);
    }
  }

  /// One line of text at a place.
  void put(String text, double x, double at, Style style) {
    String shown = shown(text);
    if (shown.isEmpty()) {
      return;
    }
    try {
      PDPageContentStream out = content();
      out.beginText();
      out.setFont(font, (float) style.size());
      out.setNonStrokingColor(style.colour());
      out.setStrokingColor(style.colour());
      out.setLineWidth((float) style.size() / 50);
      out.setRenderingMode(style.heavy() ? RenderingMode.FILL_STROKE : RenderingMode.FILL);
      out.newLineAtOffset((float) x, (float) at);
      out.showText(shown);
      out.endText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double width(String text, Style style) {
    double widest = 0;
    for (String line : text.split("\n", -1)) {
      widest = Math.max(widest, measured(drawable(line), style));
    }
    return widest;
  }

  private double measured(String drawable, Style style) {
    try {
      return font.getStringWidth(drawable) / 1000 * style.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String shown(String text) {
    String drawable = drawable(text);
    missing +=
        (int) drawable.codePoints().filter(c -> c == '?').count()
            - (int) text.codePoints().filter(c -> c == '?').count();
    return drawable;
  }

  /// With a question mark for what the font has no sign for.
  private String drawable(String text) {
    StringBuilder all = new StringBuilder();
    text.codePoints()
        .forEach(c ->
            all.appendCodePoint(c == '\t' ? ' ' : known.computeIfAbsent(c, this::has) ? c : '?'));
    return all.toString();
  }

  private boolean has(int codePoint) {
    if (Character.isISOControl(codePoint)) {
      return false;
    }
    try {
      font.encode(Character.toString(codePoint));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /// The lines of a text in a column; a word too long for a line is cut.
  List<String> wrap(String text, Style style, double column) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : text.split("\\R", -1)) {
      StringBuilder line = new StringBuilder();
      for (String word : paragraph.split(" ", -1)) {
        String rest = word;
        while (true) {
          String longer = line.isEmpty() ? rest : line + " " + rest;
          if (measured(drawable(longer), style) <= column) {
            line.setLength(0);
            line.append(longer);
            break;
          }
          if (!line.isEmpty()) {
            lines.add(line.toString());
            line.setLength(0);
          } else {
            int fits = fitting(rest, style, column);
            lines.add(rest.substring(0, fits));
            rest = rest.substring(fits);
            if (rest.isEmpty()) {
              break;
            }
          }
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }

  /// How many characters of a word fit, at least one whole code point.
  private int fitting(String word, Style style, double column) {
    int end = word.offsetByCodePoints(0, 1);
    while (end < word.length()) {
      int next = word.offsetByCodePoints(end, 1);
      if (measured(drawable(word.substring(0, next)), style) > column) {
        break;
      }
      end = next;
    }
    return end;
  }

  /// A thin line under what was written.
  void rule() {
    line(left(), y, left() + width(), y, 0.4, LINE, false);
  }

  /// A bar beside what was written between two heights.
  void bar(Color colour, double top, double bottom) {
    line(left() + 3, top, left() + 3, bottom, 3, colour, false);
  }

  void line(
      double x1, double y1, double x2, double y2, double weight, Color colour, boolean dashed) {
    try {
      PDPageContentStream out = content();
      out.setStrokingColor(colour);
      out.setLineWidth((float) weight);
      out.setLineDashPattern(dashed ? new float[] {3, 2} : new float[] {}, 0);
      out.moveTo((float) x1, (float) y1);
      out.lineTo((float) x2, (float) y2);
      out.stroke();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void area(double x, double bottom, double width, double height, Color colour) {
    try {
      PDPageContentStream out = content();
      out.setNonStrokingColor(colour);
      out.addRect((float) x, (float) bottom, (float) width, (float) height);
      out.fill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() {
    try {
      content().close();
      content = null;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      document.save(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (content != null) {
        content.close();
      }
      document.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
