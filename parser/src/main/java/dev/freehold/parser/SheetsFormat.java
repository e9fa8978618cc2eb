package dev.freehold.parser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.poi.openxml4j.exceptions.OpenXML4JException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackageAccess;
import org.apache.poi.ss.usermodel.DataFormatter;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.util.XMLHelper;
import org.apache.poi.xssf.eventusermodel.ReadOnlySharedStringsTable;
import org.apache.poi.xssf.eventusermodel.XSSFReader;
import org.apache.poi.xssf.eventusermodel.XSSFSheetXMLHandler;
import org.apache.poi.xssf.usermodel.XSSFComment;
import org.apache.tika.exception.TikaException;
import org.apache.tika.metadata.Metadata;
import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;

/// Workbooks: each sheet a page that its name heads, its cells in the columns they stand in, tables
/// divided where a row is empty.
final class SheetsFormat implements DocumentReader.Format {

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException, TikaException {
    try (OPCPackage workbook = OPCPackage.open(file.toFile(), PackageAccess.READ)) {
      var reader = new XSSFReader(workbook);
      var strings = new ReadOnlySharedStringsTable(workbook);
      var sheets = (XSSFReader.SheetIterator) reader.getSheetsData();
      int page = 0;
      while (sheets.hasNext()) {
        try (InputStream sheet = sheets.next()) {
          page++;
          out.heading(2, sheets.getSheetName(), page);
          var rows = new Rows(page, out);
          XMLReader xml = XMLHelper.newXMLReader();
          xml.setContentHandler(
              new XSSFSheetXMLHandler(
                  reader.getStylesTable(), strings, rows, new DataFormatter(Locale.ROOT), false));
          xml.parse(new InputSource(sheet));
          rows.flush();
        }
      }
      return page;
    } catch (OpenXML4JException | SAXException | ParserConfigurationException e) {
      throw new TikaException("unreadable", e);
    }
  }

  /// Gathers rows to tables.
  private static final class Rows implements XSSFSheetXMLHandler.SheetContentsHandler {

    private static final int MOST_ROWS = 100_000;

    private final int page;
    private final Output out;
    private final List<List<String>> table = new ArrayList<>();
    private List<String> row = new ArrayList<>();
    private int next;
    private int taken;

    Rows(int page, Output out) {
      this.page = page;
      this.out = out;
    }

    @Override
    public void startRow(int number) {
      if (number > next) {
        flush();
      }
      next = number + 1;
      row = new ArrayList<>();
    }

    @Override
    public void cell(
        @Nullable String reference, @Nullable String value, @Nullable XSSFComment comment) {
      int column = reference == null ? row.size() : new CellReference(reference).getCol();
      while (row.size() < column && row.size() < 1000) {
        row.add("");
      }
      row.add(value == null ? "" : value);
    }

    @Override
    public void endRow(int number) {
      boolean blank = row.stream().allMatch(String::isBlank);
      if (blank) {
        flush();
      } else if (++taken <= MOST_ROWS) {
        table.add(row);
      } else if (taken == MOST_ROWS + 1) {
        out.problem("sheet " + page, "The rows after %d were left out.".formatted(MOST_ROWS));
      }
    }

    // A row with a single cell above a table is its title, and not its header.
    void flush() {
      while (table.size() > 1
          && table.getFirst().stream().filter(cell -> !cell.isBlank()).count() == 1
          && table.get(1).stream().filter(cell -> !cell.isBlank()).count() > 1) {
        out.paragraph(String.join(" ", table.removeFirst()), page);
      }
      if (table.stream().allMatch(cells -> cells.stream().filter(c -> !c.isBlank()).count() == 1)) {
        table.forEach(cells -> out.paragraph(String.join(" ", cells), page));
      } else {
        out.table(table, page);
      }
      table.clear();
    }
  }
}
