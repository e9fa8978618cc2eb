package dev.freehold.parser;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.tika.metadata.Metadata;

/// Comma- or tab-separated values as one table; a semicolon is seen for what it is.
final class CsvFormat implements DocumentReader.Format {

  private static final int MOST_ROWS = 100_000;

  private final char usual;

  CsvFormat(char usual) {
    this.usual = usual;
  }

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    String text = Charsets.decode(file, out).replaceFirst("^\\uFEFF", "");
    String first = text.lines().findFirst().orElse("");
    char delimiter =
        first.chars().filter(c -> c == ';').count() > first.chars().filter(c -> c == usual).count()
            ? ';'
            : usual;
    List<List<String>> rows = new ArrayList<>();
    var format = CSVFormat.DEFAULT.builder().setDelimiter(delimiter).get();
    try (CSVParser parser = format.parse(new StringReader(text))) {
      for (CSVRecord row : parser) {
        if (rows.size() >= MOST_ROWS) {
          out.problem("row " + (MOST_ROWS + 1), "The rows from here on were left out.");
          break;
        }
        rows.add(row.toList());
      }
    }
    out.table(rows, 0);
    return 1;
  }
}
