package dev.freehold.parser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFGroupShape;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTableRow;
import org.apache.poi.xslf.usermodel.XSLFTextParagraph;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.tika.metadata.Metadata;

/// Slides: each a page that its title heads, with the speaker's notes after it.
final class SlidesFormat implements DocumentReader.Format {

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    try (InputStream stream = Files.newInputStream(file);
        var show = new XMLSlideShow(stream)) {
      int page = 0;
      for (XSLFSlide slide : show.getSlides()) {
        page++;
        String title = slide.getTitle();
        out.heading(2, title == null || title.isBlank() ? "Slide " + page : title, page);
        shapes(slide.getShapes(), page, out);
        notes(slide, page, out);
        out.progress((double) page / show.getSlides().size());
      }
      return page;
    }
  }

  private static void shapes(List<XSLFShape> shapes, int page, Output out) {
    for (XSLFShape shape : shapes) {
      switch (shape) {
        case XSLFTable table -> out.table(rows(table), page);
        case XSLFTextShape text -> text(text, page, out);
        case XSLFGroupShape group -> shapes(group.getShapes(), page, out);
        default -> {}
      }
    }
  }

  private static void text(XSLFTextShape shape, int page, Output out) {
    Placeholder kind = shape.getTextType();
    if (kind == Placeholder.TITLE
        || kind == Placeholder.CENTERED_TITLE
        || kind == Placeholder.SLIDE_NUMBER
        || kind == Placeholder.FOOTER
        || kind == Placeholder.DATETIME) {
      return;
    }
    for (XSLFTextParagraph paragraph : shape.getTextParagraphs()) {
      if (paragraph.isBullet() || kind == Placeholder.BODY) {
        out.listItem(paragraph.getIndentLevel() + 1, paragraph.getText(), page);
      } else {
        out.paragraph(paragraph.getText(), page);
      }
    }
  }

  private static void notes(XSLFSlide slide, int page, Output out) {
    if (slide.getNotes() != null) {
      for (XSLFShape shape : slide.getNotes().getShapes()) {
        if (shape instanceof XSLFTextShape text && text.getTextType() == Placeholder.BODY) {
          out.paragraph(text.getText(), page);
        }
      }
    }
  }

  private static List<List<String>> rows(XSLFTable table) {
    List<List<String>> rows = new ArrayList<>();
    for (XSLFTableRow row : table.getRows()) {
      rows.add(row.getCells().stream().map(XSLFTableCell::getText).toList());
    }
    return rows;
  }
}
