package dev.freehold.parser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipException;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.poi.EncryptedDocumentException;
import org.apache.poi.openxml4j.util.ZipSecureFile;
import org.apache.tika.config.TikaConfig;
import org.apache.tika.exception.TikaException;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.jspecify.annotations.Nullable;

/// Finds out what a file is by its bytes and has it read by who knows that kind.
///
/// A kind that is not listed here is refused by name: no parser runs that nobody chose.
final class DocumentReader {

  private static final long MOST_ENTRIES = 20_000;
  private static final String OOXML = "application/vnd.openxmlformats-officedocument.";
  private static final String ODF = "application/vnd.oasis.opendocument.";

  /// Reads one kind of document.
  interface Format {
    /// Tells what is in a file and returns how many pages it has, 1 where the kind knows none.
    int read(Path file, Metadata metadata, Output out) throws IOException, TikaException;
  }

  private final Map<String, Format> formats =
      Map.ofEntries(
          Map.entry("application/pdf", new PdfFormat()),
          Map.entry("text/html", new HtmlFormat()),
          Map.entry("application/xhtml+xml", new HtmlFormat()),
          Map.entry("text/markdown", new MarkdownFormat()),
          Map.entry("text/x-web-markdown", new MarkdownFormat()),
          Map.entry("message/rfc822", new MailFormat()),
          Map.entry("text/csv", new CsvFormat(',')),
          Map.entry("text/tab-separated-values", new CsvFormat('\t')),
          Map.entry(OOXML + "presentationml.presentation", new SlidesFormat()),
          Map.entry(OOXML + "presentationml.slideshow", new SlidesFormat()),
          Map.entry(
              "application/vnd.ms-powerpoint.presentation.macroenabled.12", new SlidesFormat()),
          Map.entry(OOXML + "spreadsheetml.sheet", new SheetsFormat()),
          Map.entry("application/vnd.ms-excel.sheet.macroenabled.12", new SheetsFormat()),
          Map.entry(OOXML + "wordprocessingml.document", new TikaFormat()),
          Map.entry(OOXML + "wordprocessingml.template", new TikaFormat()),
          Map.entry("application/vnd.ms-word.document.macroenabled.12", new TikaFormat()),
          Map.entry("application/msword", new TikaFormat()),
          Map.entry("application/vnd.ms-excel", new TikaFormat()),
          Map.entry("application/vnd.ms-powerpoint", new TikaFormat()),
          Map.entry("application/vnd.ms-outlook", new TikaFormat()),
          Map.entry("application/rtf", new TikaFormat()),
          Map.entry("application/epub+zip", new TikaFormat()),
          Map.entry(ODF + "text", new TikaFormat()),
          Map.entry(ODF + "spreadsheet", new TikaFormat()),
          Map.entry(ODF + "presentation", new TikaFormat()),
          Map.entry(ODF + "text-template", new TikaFormat()));

  private final TextFormat text = new TextFormat();

  DocumentReader() {
    ZipSecureFile.setMinInflateRatio(0.005);
    ZipSecureFile.setMaxEntrySize(256L << 20);
    ZipSecureFile.setMaxTextSize(40L << 20);
    ZipSecureFile.setMaxFileCount(10_000);
  }

  /// Loads what the first document would otherwise wait for.
  void warm() {
    TikaConfig.getDefaultConfig().getDetector();
  }

  void read(Path file, String name, Output out) {
    int pages = 0;
    try {
      if (ZipEntries.count(file) > MOST_ENTRIES) {
        out.problem("", "The document is an archive of more parts than any document has.");
        out.end(0);
        return;
      }
      var metadata = new Metadata();
      metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, ending(name));
      MediaType type = detect(file, metadata);
      out.type(type.toString());
      Format format = format(type);
      if (format == null) {
        out.problem("", "This kind of file (%s) is not read.".formatted(type));
      } else {
        pages = format.read(file, metadata, out);
        if (out.silent() && pages > 0) {
          out.problem("", "There is no text in this document.");
        }
      }
    } catch (InvalidPasswordException
        | EncryptedDocumentException
        | org.apache.tika.exception.EncryptedDocumentException e) {
      out.problem(
          "", "The document is encrypted with a password. Add a copy that is not encrypted.");
    } catch (TikaException | IOException | RuntimeException e) {
      out.problem("", reason(e));
    } catch (StackOverflowError e) {
      out.problem("", "The document is nested too deep to be read.");
    }
    out.end(pages);
  }

  // Libraries wrap what happened; the innermost cause tells it.
  private static String reason(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EncryptedDocumentException
          || cause instanceof org.apache.tika.exception.EncryptedDocumentException) {
        return "The document is encrypted with a password. Add a copy that is not encrypted.";
      }
      if (cause instanceof ZipException) {
        return "The document is broken: its archive ends early or is damaged.";
      }
      String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (said.contains("zip bomb") || said.contains("zipsecurefile")) {
        return "The document unpacks to far more than it should and was left alone.";
      }
    }
    return "The document is broken or not what its name says (%s)."
        .formatted(e.getClass().getSimpleName());
  }

  private static String ending(String name) {
    return "document" + name.substring(Math.max(0, name.lastIndexOf('.')));
  }

  private static MediaType detect(Path file, Metadata metadata) throws IOException {
    try (InputStream stream = TikaInputStream.get(file)) {
      MediaType type =
          TikaConfig.getDefaultConfig().getDetector().detect(stream, metadata).getBaseType();
      if (type.equals(MediaType.OCTET_STREAM) && Files.size(file) == 0) {
        return MediaType.EMPTY;
      }
      return type;
    }
  }

  private @Nullable Format format(MediaType type) {
    Format known = formats.get(type.toString().toLowerCase(Locale.ROOT));
    if (known != null) {
      return known;
    }
    var registry = TikaConfig.getDefaultConfig().getMediaTypeRegistry();
    return type.getType().equals("text") || registry.isInstanceOf(type, MediaType.TEXT_PLAIN)
        ? text
        : null;
  }
}
