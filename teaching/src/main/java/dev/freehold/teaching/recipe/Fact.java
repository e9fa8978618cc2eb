package dev.freehold.teaching.recipe;

import dev.freehold.teaching.lesson.Origin;
import java.util.List;
import java.util.Optional;

/// One statement of the documents and what can be asked of it.
///
/// @param statement a sentence, or a row and column of a table written as one
/// @param answers the pieces of it that can be asked for; may be empty
/// @param cell where it is a cell of a table
/// @param around what stands beside it: the sentences before and after, the other cells of the row
/// @param heading the headings above it; may be empty
/// @param title the name of its document, without its ending
/// @param language ISO 639-1; may be empty
/// @param origins the documents that say so; several where they say the same
record Fact(
    String statement,
    List<Span> answers,
    Optional<Cell> cell,
    String around,
    String heading,
    String title,
    String language,
    List<Origin> origins) {
  Fact {
    answers = List.copyOf(answers);
    origins = List.copyOf(origins);
  }

  /// A cell by what stands at its row's beginning and at its column's top.
  ///
  /// @param row never empty
  /// @param column may be empty where the table has no head
  /// @param value never empty
  /// @param rows what stands at the top of the rows' beginnings; may be empty
  record Cell(String row, String column, String value, String rows) {}

  /// The same beside something else.
  Fact beside(String other) {
    return new Fact(statement, answers, cell, other, heading, title, language, origins);
  }

  /// What it is about, as a person would say where it stands.
  String topic() {
    return heading.isEmpty() ? title : heading;
  }

  Fact saidAlsoBy(List<Origin> others) {
    List<Origin> all =
        java.util.stream.Stream.concat(origins.stream(), others.stream()).distinct().toList();
    return new Fact(statement, answers, cell, around, heading, title, language, all);
  }
}
