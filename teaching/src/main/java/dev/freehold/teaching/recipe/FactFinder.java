package dev.freehold.teaching.recipe;

import dev.freehold.documents.Block;
import dev.freehold.documents.Document;
import dev.freehold.evaluation.grader.Texts;
import dev.freehold.teaching.lesson.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The statements of documents: sentences, items of lists, cells of tables with their row and
/// column. What several documents say alike is one fact with several origins.
///
/// Used by one thread.
final class FactFinder {

  private static final int FEWEST_WORDS = 4;
  private static final int MOST_WORDS = 60;

  /// A label with a number or a code says something in fewer.
  private static final int FEWEST_WITH_ANSWER = 3;

  /// A row of fewer cells is said by each of them.
  private static final int CELLS_OF_A_ROW = 3;

  /// A line that comes this often in one document is a running head.
  private static final int RUNNING_HEAD = 4;

  private final Map<String, Fact> facts = new LinkedHashMap<>();
  private int tooShort;
  private int tooLong;
  private int running;

  /// What was passed over, by why.
  Map<String, Integer> passedOver() {
    return Map.of("too short", tooShort, "too long", tooLong, "running heads", running);
  }

  /// What was found, in reading order.
  List<Fact> facts() {
    return List.copyOf(facts.values());
  }

  /// Takes in one document.
  void read(Document document, List<Block> blocks) {
    String title = title(document.name());
    String language = document.language();
    Map<String, Long> lines =
        blocks.stream()
            .filter(block -> !(block instanceof Block.Table))
            .collect(Collectors.groupingBy(block -> block.text().strip(), Collectors.counting()));
    List<Block.Heading> path = new ArrayList<>();
    for (Block block : blocks) {
      if (lines.getOrDefault(block.text().strip(), 0L) >= RUNNING_HEAD) {
        running++;
        continue;
      }
      String heading = path.stream().map(Block.Heading::text).collect(Collectors.joining(" › "));
      Place place =
          new Place(heading, title, language, List.of(new Origin.Document(document.id())));
      switch (block) {
        case Block.Heading next -> {
          path.removeIf(above -> above.level() >= next.level());
          path.add(next);
        }
        case Block.Paragraph paragraph -> sentences(paragraph.text(), place);
        case Block.ListItem item -> sentences(item.text(), place);
        case Block.Code code -> sentences(code.text(), place);
        case Block.Table table -> cells(table, place);
      }
    }
  }

  private record Place(String heading, String title, String language, List<Origin> origins) {}

  private static String title(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    return (dot > 0 ? file.substring(0, dot) : file).replace('-', ' ').replace('_', ' ');
  }

  private void sentences(String text, Place place) {
    Wordings words = Wordings.in(place.language());
    List<String> sentences = Sentences.of(text, place.language());
    for (int i = 0; i < sentences.size(); i++) {
      String sentence = sentences.get(i);
      int count = Sentences.words(sentence).size();
      List<Span> answers = Span.in(sentence, words);
      boolean few = count < FEWEST_WORDS && (answers.isEmpty() || count < FEWEST_WITH_ANSWER);
      if (few || sentence.endsWith("?") || sentence.contains("....")) {
        tooShort++;
      } else if (count > MOST_WORDS) {
        tooLong++;
      } else {
        String before = i > 0 ? sentences.get(i - 1) : "";
        String after = i + 1 < sentences.size() ? sentences.get(i + 1) : "";
        add(
            new Fact(
                sentence,
                answers,
                Optional.empty(),
                (before + " " + after).strip(),
                place.heading(),
                place.title(),
                place.language(),
                place.origins()));
      }
    }
  }

  private void cells(Block.Table table, Place place) {
    List<List<String>> rows = table.rows();
    boolean headed = rows.size() > 1 && head(rows.getFirst());
    List<String> columns = headed ? rows.getFirst() : List.of();
    for (List<String> row : rows.subList(headed ? 1 : 0, rows.size())) {
      if (row.isEmpty() || row.getFirst().isBlank()) {
        continue;
      }
      String named = columns.isEmpty() ? "" : columns.getFirst().strip();
      List<String> said = new ArrayList<>();
      List<Fact.Cell> cells = new ArrayList<>();
      for (int i = 1; i < row.size(); i++) {
        String value = row.get(i).strip();
        if (!value.isEmpty() && !value.equals("–") && !value.equals("-")) {
          String column = i < columns.size() ? columns.get(i).strip() : "";
          cells.add(new Fact.Cell(row.getFirst().strip(), column, value, named));
          said.add(column.isEmpty() ? value : column + ": " + value);
        }
      }
      for (int i = 0; i < cells.size(); i++) {
        List<String> others = new ArrayList<>(cells.stream().map(Fact.Cell::value).toList());
        others.remove(i);
        add(cell(cells.get(i), place).beside(String.join("; ", others)));
      }
      if (cells.size() + 1 >= CELLS_OF_A_ROW) {
        add(row(cells.getFirst(), said, place));
      }
    }
  }

  // A row as one statement: what belongs together is asked for together as well.
  private static Fact row(Fact.Cell first, List<String> said, Place place) {
    String name = first.rows().isEmpty() ? first.row() : first.rows() + " " + first.row();
    return new Fact(
        name + " – " + String.join("; ", said),
        List.of(),
        Optional.empty(),
        "",
        place.heading(),
        place.title(),
        place.language(),
        place.origins());
  }

  // Column names are words, now and then with a year or a number; a row that is mostly numbers is
  // one of values.
  private static boolean head(List<String> row) {
    long values = row.stream().skip(1).filter(cell -> VALUE.matcher(cell.strip()).find()).count();
    return values * 2 < row.size() - 1 || row.size() == 1;
  }

  private static final Pattern VALUE = Pattern.compile("^[-+±−~<>≤≥€£$(]{0,2}\\s?\\d");

  private static Fact cell(Fact.Cell cell, Place place) {
    String before =
        cell.column().isEmpty() ? cell.row() + ": " : cell.row() + ", " + cell.column() + ": ";
    String statement = before + cell.value();
    Span answer = new Span(Span.Type.CELL, before.length(), statement.length(), cell.value());
    return new Fact(
        statement,
        List.of(answer),
        Optional.of(cell),
        "",
        place.heading(),
        place.title(),
        place.language(),
        place.origins());
  }

  private void add(Fact fact) {
    // The same cell under another heading says something else.
    String key =
        Texts.normalised(
            fact.cell().isPresent()
                ? fact.title() + " " + fact.heading() + " " + fact.statement()
                : fact.statement());
    facts.merge(key, fact, (before, again) -> before.saidAlsoBy(again.origins()));
  }
}
