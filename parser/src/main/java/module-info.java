/// The child process that reads documents.
@org.jspecify.annotations.NullMarked
module dev.freehold.parser {
  requires static org.jspecify;
  requires java.desktop;
  requires java.xml;
  requires apache.mime4j.core;
  requires apache.mime4j.dom;
  requires com.github.albfernandez.juniversalchardet;
  requires org.apache.commons.csv;
  requires org.apache.pdfbox;
  requires org.apache.pdfbox.io;
  requires org.apache.poi.ooxml;
  requires org.apache.poi.poi;
  requires org.apache.tika.core;
  requires org.commonmark;
  requires org.commonmark.ext.gfm.tables;
  requires org.jsoup;
  requires org.apache.tika.parser.microsoft;

  provides java.net.spi.InetAddressResolverProvider with
      dev.freehold.parser.NoNames;
}
