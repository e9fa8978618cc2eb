package dev.freehold.parser;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/// Takes the lines of a page with the fonts and places of their pieces, in the order in which the
/// page was written, which keeps columns apart.
final class PdfLines extends PDFTextStripper {

  /// A gap wider than this many times the size of the font divides pieces.
  private static final float GAP = 1.1f;

  /// What stands before the text of a list item, with a gap of its own.
  private static final Pattern LABEL =
      Pattern.compile("[•·▪◦‣∙●○■□–—*-]|\\(?(?:[0-9]{1,2}|[a-z])[.)]");

  private final Map<PDFont, Boolean> bold = new HashMap<>();
  private List<PdfLine> lines = new ArrayList<>();
  private List<PdfLine.Piece> pieces = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private float x0;
  private float x1;
  private float y;
  private float size;
  private final Map<Float, Integer> sizes = new HashMap<>();
  private int boldCharacters;
  private int number;
  private float width;
  private float height;

  PdfLines() {
    setSuppressDuplicateOverlappingText(true);
    setShouldSeparateByBeads(true);
  }

  /// The lines of one page, from 1.
  List<PdfLine> page(PDDocument document, int page) throws IOException {
    lines = new ArrayList<>();
    pieces = new ArrayList<>();
    text.setLength(0);
    number = page;
    PDRectangle box = document.getPage(page - 1).getCropBox();
    boolean turned = document.getPage(page - 1).getRotation() % 180 != 0;
    width = turned ? box.getHeight() : box.getWidth();
    height = turned ? box.getWidth() : box.getHeight();
    setStartPage(page);
    setEndPage(page);
    writeText(document, Writer.nullWriter());
    endLine();
    return lines;
  }

  @Override
  protected void writeString(String word, List<TextPosition> positions) {
    if (positions.isEmpty() || word.isBlank()) {
      return;
    }
    TextPosition first = positions.getFirst();
    TextPosition last = positions.getLast();
    float wordSize = Math.max(1, Math.round(Math.abs(first.getYScale()) * 2) / 2f);
    float start = first.getXDirAdj();
    if (!text.isEmpty()) {
      boolean label = LABEL.matcher(text).matches();
      if ((start - x1 > GAP * Math.max(size, wordSize) && !label) || start < x0 - size) {
        endPiece();
      } else {
        text.append(' ');
      }
    }
    if (text.isEmpty()) {
      x0 = start;
      y = first.getYDirAdj();
    }
    // The number of a list item is often set smaller than its text.
    sizes.merge(wordSize, word.length(), Integer::sum);
    size =
        sizes.getOrDefault(wordSize, 0) > sizes.getOrDefault(size, 0) || sizes.size() == 1
            ? wordSize
            : size;
    text.append(word);
    x1 = last.getXDirAdj() + last.getWidthDirAdj();
    if (isBold(first.getFont())) {
      boldCharacters += word.length();
    }
  }

  private void endPiece() {
    if (!text.toString().isBlank()) {
      String whole = text.toString().strip();
      pieces.add(new PdfLine.Piece(whole, x0, x1, y, size, boldCharacters >= whole.length() * 0.8));
    }
    text.setLength(0);
    sizes.clear();
    boldCharacters = 0;
  }

  private void endLine() {
    endPiece();
    if (!pieces.isEmpty()) {
      lines.add(new PdfLine(number, pieces, width, height));
      pieces = new ArrayList<>();
    }
  }

  @Override
  protected void writeLineSeparator() {
    endLine();
  }

  @Override
  protected void writeParagraphEnd() {
    endLine();
  }

  private boolean isBold(PDFont font) {
    return bold.computeIfAbsent(
        font,
        key -> {
          String name = String.valueOf(key.getName()).toLowerCase(Locale.ROOT);
          PDFontDescriptor descriptor = key.getFontDescriptor();
          return name.contains("bold")
              || name.contains("black")
              || name.contains("heavy")
              || name.contains("demi")
              || (descriptor != null
                  && (descriptor.getFontWeight() >= 600 || descriptor.isForceBold()));
        });
  }
}
