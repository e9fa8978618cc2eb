/// The child process that reads documents.
@org.jspecify.annotations.NullMarked
module dev.freehold.parser {
  requires static org.jspecify;
  requires java.desktop;
  requires java.xml;
  requires org.apache.tika.core;
  requires org.apache.pdfbox;
  requires org.apache.poi.poi;
  requires org.apache.poi.ooxml;
  requires org.jsoup;
  requires org.commonmark;
  requires org.commonmark.ext.gfm.tables;
}
