package dev.freehold.parser;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.io.MemoryUsageSetting;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineItem;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineNode;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDField;
import org.apache.tika.metadata.Metadata;

/// PDF: lines with their fonts and places become headings, paragraphs, lists and tables; pages that
/// are pictures are named.
final class PdfFormat implements DocumentReader.Format {

  private static final int MOST_PAGES = 5000;
  private static final int MOST_OUTLINE = 5000;

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    try (PDDocument document =
        Loader.loadPDF(
            file.toFile(), "", null, null, MemoryUsageSetting.setupMixed(64L << 20).streamCache)) {
      int pages = document.getNumberOfPages();
      int read = Math.min(pages, MOST_PAGES);
      if (pages > read) {
        out.problem("page " + (read + 1), "The pages from here on were left out.");
      }
      var stripper = new PdfLines();
      List<List<PdfLine>> lines = new ArrayList<>();
      var unread = new PageRanges();
      for (int page = 1; page <= read; page++) {
        List<PdfLine> found = List.of();
        try {
          found = stripper.page(document, page);
        } catch (IOException | RuntimeException e) {
          out.problem("page " + page, "The page is broken and was left out.");
        }
        if (found.isEmpty() && hasPicture(document.getPage(page - 1))) {
          unread.add(page);
        }
        lines.add(found);
        out.progress((double) page / read);
      }
      unread.tell(out);
      new PdfLayout(lines, outline(document), out).write();
      form(document, out);
      if (document.getDocumentCatalog().getNames() != null
          && document.getDocumentCatalog().getNames().getEmbeddedFiles() != null) {
        out.problem("attachments", "The files attached to this document were not read.");
      }
      return pages;
    }
  }

  private static boolean hasPicture(PDPage page) {
    PDResources resources = page.getResources();
    if (resources != null) {
      for (COSName name : resources.getXObjectNames()) {
        if (resources.isImageXObject(name)) {
          return true;
        }
      }
      return resources.getXObjectNames().iterator().hasNext();
    }
    return false;
  }

  private static void form(PDDocument document, Output out) {
    PDAcroForm form = document.getDocumentCatalog().getAcroForm(null);
    if (form == null) {
      return;
    }
    if (form.hasXFA()) {
      out.problem("form", "This is an XFA form, whose fields are not read.");
      return;
    }
    for (PDField field : form.getFieldTree()) {
      String value = field.getValueAsString();
      if (value != null && !value.isBlank() && value.length() < 2000) {
        String name = field.getAlternateFieldName();
        out.paragraph((name == null ? field.getPartialName() : name) + ": " + value, 0);
      }
    }
  }

  // The document's own table of contents, by page: the titles and how deep they stand.
  private static Map<Integer, Map<String, Integer>> outline(PDDocument document) {
    Map<Integer, Map<String, Integer>> outline = new HashMap<>();
    PDOutlineNode root = document.getDocumentCatalog().getDocumentOutline();
    if (root != null) {
      outline(document, root, 1, outline, new int[1]);
    }
    return outline;
  }

  private static void outline(
      PDDocument document,
      PDOutlineNode node,
      int depth,
      Map<Integer, Map<String, Integer>> into,
      int[] count) {
    if (depth > 6) {
      return;
    }
    for (PDOutlineItem item : node.children()) {
      if (++count[0] > MOST_OUTLINE) {
        return;
      }
      try {
        PDPage page = item.findDestinationPage(document);
        if (page != null && item.getTitle() != null) {
          into.computeIfAbsent(document.getPages().indexOf(page) + 1, _ -> new HashMap<>())
              .put(PdfLayout.normal(item.getTitle()), depth);
        }
      } catch (IOException e) {
        // A bookmark that leads nowhere is no loss.
        continue;
      }
      outline(document, item, depth + 1, into, count);
    }
  }

  /// Page numbers told as ranges.
  private static final class PageRanges {

    private final List<int[]> ranges = new ArrayList<>();

    void add(int page) {
      if (!ranges.isEmpty() && ranges.getLast()[1] == page - 1) {
        ranges.getLast()[1] = page;
      } else {
        ranges.add(new int[] {page, page});
      }
    }

    void tell(Output out) {
      for (int[] range : ranges) {
        out.problem(
            range[0] == range[1] ? "page " + range[0] : "pages %d–%d".formatted(range[0], range[1]),
            "There is no text, only a picture: the page was probably scanned. Add a version with recognised text.");
      }
    }
  }
}
