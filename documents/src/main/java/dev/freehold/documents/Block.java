package dev.freehold.documents;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One piece of a document's structure, in reading order. What it holds is data: it is never
/// markup, and nothing in it is obeyed.
public sealed interface Block {

  /// Page, slide or sheet it starts on, from 1; null where the format knows none.
  @Nullable Integer page();

  /// Its words as plain text; a table is one row a line, cells divided by ` | `.
  String text();

  /// A title of what follows.
  ///
  /// @param level 1 to 6, 1 the highest
  record Heading(int level, String text, @Nullable Integer page) implements Block {}

  /// Running text.
  record Paragraph(String text, @Nullable Integer page) implements Block {}

  /// One item of a list.
  ///
  /// @param level depth of the list it is in, from 1
  record ListItem(int level, String text, @Nullable Integer page) implements Block {}

  /// Text whose line breaks and spaces matter.
  record Code(String text, @Nullable Integer page) implements Block {}

  /// A table; the first row holds the column names where there are any.
  ///
  /// @param rows cells by row; rows may differ in length
  record Table(List<List<String>> rows, @Nullable Integer page) implements Block {
    public Table {
      rows = rows.stream().map(List::copyOf).toList();
    }

    @Override
    public String text() {
      return rows.stream().map(row -> String.join(" | ", row)).collect(Collectors.joining("\n"));
    }
  }
}
