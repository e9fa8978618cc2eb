package dev.freehold.parser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.tika.exception.TikaException;
import org.apache.tika.exception.WriteLimitReachedException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.parser.AutoDetectParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.microsoft.OfficeParserConfig;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/// Formats that Tika reads: Word, OpenDocument, EPUB, RTF, Outlook and the old Office formats.
///
/// What is embedded is not read but named, pictures aside.
final class TikaFormat implements DocumentReader.Format {

  private static final int MOST_CHARACTERS = 30_000_000;

  private final Parser parser = new AutoDetectParser();

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException, TikaException {
    var tree = new Tree();
    var embedded = new Embedded();
    var context = new ParseContext();
    context.set(Parser.class, parser);
    context.set(EmbeddedDocumentExtractor.class, embedded);
    var office = new OfficeParserConfig();
    office.setIncludeHeadersAndFooters(false);
    office.setIncludeDeletedContent(false);
    office.setIncludeMoveFromContent(false);
    office.setExtractMacros(false);
    context.set(OfficeParserConfig.class, office);
    try (InputStream stream = TikaInputStream.get(file)) {
      parser.parse(stream, tree, metadata, context);
    } catch (SAXException e) {
      if (!WriteLimitReachedException.isWriteLimitReached(e) && !(e instanceof Enough)) {
        throw new TikaException("unreadable", e);
      }
      out.problem(
          "", "The document is longer than Freehold reads; its end was left out. Split it.");
    }
    String subject = metadata.get(TikaCoreProperties.SUBJECT);
    if (metadata.get(Metadata.MESSAGE_FROM) != null && subject != null) {
      out.heading(1, subject, 0);
    }
    int pages = new HtmlBlocks(out, true).walk(tree.document.body());
    for (String name : embedded.names) {
      out.problem(name, "This embedded file was not read; add it as a document of its own.");
    }
    Integer said = metadata.getInt(org.apache.tika.metadata.Office.PAGE_COUNT);
    return Math.max(1, Math.max(pages, said == null ? 0 : said));
  }

  /// Thrown when a document has said enough.
  private static final class Enough extends SAXException {
    private static final long serialVersionUID = 1;
  }

  /// Builds a tree of what Tika says.
  private static final class Tree extends DefaultHandler {

    private final Document document = Document.createShell("");
    private final List<Element> open = new ArrayList<>();
    private int characters;
    private boolean inBody;

    @Override
    public void startElement(String uri, String name, String qualified, Attributes attributes)
        throws SAXException {
      if (name.equals("body")) {
        inBody = true;
        open.add(document.body());
      } else if (inBody) {
        if (open.size() > 2000) {
          throw new Enough();
        }
        Element element = open.getLast().appendElement(name);
        String kind = attributes.getValue("class");
        if (kind != null) {
          element.attr("class", kind);
        }
        open.add(element);
      }
    }

    @Override
    public void endElement(String uri, String name, String qualified) {
      if (inBody && !open.isEmpty()) {
        open.removeLast();
      }
    }

    @Override
    public void characters(char[] text, int start, int length) throws SAXException {
      characters += length;
      if (characters > MOST_CHARACTERS) {
        throw new Enough();
      }
      if (inBody && !open.isEmpty()) {
        open.getLast().appendChild(new TextNode(new String(text, start, length)));
      }
    }

    @Override
    public void ignorableWhitespace(char[] text, int start, int length) throws SAXException {
      characters(text, start, length);
    }
  }

  /// Notes what is embedded and reads none of it, but for the chapters of a book.
  private static final class Embedded implements EmbeddedDocumentExtractor {

    private final Set<String> names = new LinkedHashSet<>();

    @Override
    public boolean shouldParseEmbedded(Metadata metadata) {
      return false;
    }

    @Override
    public void parseEmbedded(
        InputStream stream, ContentHandler handler, Metadata metadata, boolean outputHtml) {
      note(metadata);
    }

    private void note(Metadata metadata) {
      String type = metadata.get(Metadata.CONTENT_TYPE);
      String name = metadata.get(TikaCoreProperties.RESOURCE_NAME_KEY);
      String kind = metadata.get(TikaCoreProperties.EMBEDDED_RESOURCE_TYPE);
      boolean picture =
          "INLINE".equals(kind)
              || (type != null && type.startsWith("image/"))
              || (name != null
                  && name.toLowerCase(java.util.Locale.ROOT)
                      .matches(".*\\.(png|jpe?g|gif|bmp|emf|wmf|svg|tiff?)"));
      if (!picture && name != null && !name.isBlank()) {
        names.add(name);
      }
    }
  }
}
