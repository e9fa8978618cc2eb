package dev.freehold.parser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.tika.metadata.Metadata;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// Web pages: what a person came to read, without what surrounds it.
final class HtmlFormat implements DocumentReader.Format {

  private static final String NO_TEXT =
      "script, style, noscript, template, svg, canvas, iframe, object, form button, select, input,"
          + " [hidden], nav, footer, [role=navigation], [role=banner], [role=search],"
          + " .navheader, .navfooter, .breadcrumb, .breadcrumbs, .headerlink, .navigation";

  private static final int LITTLE = 300;

  private static final String MAIN = "main, [role=main], article, #main, #content, .content";

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    Document page;
    try (InputStream in = Files.newInputStream(file)) {
      // Null: by byte order mark, then by what the page says, then UTF-8.
      page = Jsoup.parse(in, null, "");
    }
    read(page, out);
    return 1;
  }

  static void read(Document page, Output out) {
    page.select(NO_TEXT).remove();
    Element root = root(page);
    // A page that is nothing but a table of contents is one; elsewhere it repeats what follows.
    var contents = root.select(".toc, .table-of-contents");
    if (root.text().length() - contents.text().length() > LITTLE) {
      contents.remove();
    }
    String title = page.title();
    Element first = root.selectFirst("h1, h2, h3");
    boolean said =
        first != null
            && (first.normalName().equals("h1")
                || PdfLayout.normal(first.text()).equals(PdfLayout.normal(title)));
    if (!said && !title.isBlank()) {
      out.heading(1, title, 0);
    }
    new HtmlBlocks(out, false).walk(root);
  }

  // A part that calls itself the main one is believed when it holds most of the words.
  private static Element root(Document page) {
    Element body = page.body();
    int whole = body.text().length();
    for (Element part : page.select(MAIN)) {
      if (part.text().length() * 2 > whole) {
        return part;
      }
    }
    return body;
  }
}
