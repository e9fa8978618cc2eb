package dev.freehold.parser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds tables among the lines of a page: pieces side by side in at least two rows.
///
/// Pages are written row by row, or cell by cell with the lines of a wrapped cell under each other;
/// both are seen by where the pieces stand.
final class PdfTables {

  private static final int LONGEST_CELL_LINES = 8;

  /// Lines of one cell are at most this many times the size of the font apart.
  private static final float LINE_PITCH = 1.36f;

  private PdfTables() {}

  /// A table and how many lines of the page it takes.
  record Region(List<List<String>> rows, int lines) {}

  /// The table that begins at this line, or null.
  static @Nullable Region at(List<PdfLine> page, int start) {
    int end = start;
    float top = page.get(start).y();
    float bottom = top;
    int aligned = 0;
    List<PdfLine.Piece> pieces = new ArrayList<>();
    while (end < page.size()) {
      int cell = cellLines(page, end);
      PdfLine line = page.get(end);
      boolean besides = line.pieces().size() > 1;
      boolean wraps =
          !pieces.isEmpty()
              && line.y() - bottom < line.size() * 1.5f
              && line.y() > top - line.size()
              && (insideColumn(line.pieces().getFirst(), pieces) || rises(line, pieces));
      if (!besides && cell == 0 && !wraps) {
        break;
      }
      if (!pieces.isEmpty() && line.y() - bottom > line.size() * 3.2f) {
        break;
      }
      int taken = Math.max(1, cell);
      for (PdfLine each : page.subList(end, end + taken)) {
        pieces.addAll(each.pieces());
        bottom = Math.max(bottom, each.y());
        top = Math.min(top, each.y());
      }
      aligned += besides || cell > 0 ? 1 : 0;
      end += taken;
    }
    if (aligned < 2) {
      return null;
    }
    List<List<String>> rows = rows(pieces);
    return rows == null ? null : new Region(rows, end - start);
  }

  // How many lines a wrapped cell takes that begins here and has its neighbour beside it, else 0.
  private static int cellLines(List<PdfLine> page, int i) {
    PdfLine first = page.get(i);
    if (first.pieces().size() > 1) {
      return 0;
    }
    int n = 1;
    while (i + n < page.size() && n <= LONGEST_CELL_LINES) {
      PdfLine next = page.get(i + n);
      boolean beside =
          next.x0() > first.x1()
              && Math.abs(next.y() - first.y()) < first.size() * 0.6f
              && next.page() == first.page();
      if (beside) {
        return n;
      }
      boolean below =
          Math.abs(next.x0() - first.x0()) < 2
              && next.y() > page.get(i + n - 1).y()
              && next.y() - page.get(i + n - 1).y() < first.size() * 1.5f;
      if (!below) {
        return 0;
      }
      n++;
    }
    return 0;
  }

  // Stands to the right of what is already there, on a line of its own row.
  private static boolean rises(PdfLine line, List<PdfLine.Piece> pieces) {
    return pieces.stream()
        .anyMatch(
            piece -> Math.abs(piece.y() - line.y()) < line.size() * 0.4f && piece.x1() < line.x0());
  }

  private static boolean insideColumn(PdfLine.Piece piece, List<PdfLine.Piece> pieces) {
    float left = Float.MAX_VALUE;
    for (PdfLine.Piece each : pieces) {
      left = Math.min(left, each.x0());
    }
    boolean known = pieces.stream().anyMatch(each -> Math.abs(each.x0() - piece.x0()) < 2.5f);
    return known && (piece.x0() > left + 2.5f || piece.x1() < left + 220);
  }

  private static @Nullable List<List<String>> rows(List<PdfLine.Piece> pieces) {
    List<float[]> columns = columns(pieces);
    if (columns.size() < 2 || columns.size() > 40) {
      return null;
    }
    List<PdfLine.Piece> ordered = new ArrayList<>(pieces);
    ordered.sort(
        Comparator.comparingDouble(PdfLine.Piece::y).thenComparingDouble(PdfLine.Piece::x0));
    boolean padded = padded(ordered);
    List<StringBuilder[]> rows = new ArrayList<>();
    float lastY = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < ordered.size(); ) {
      float y = ordered.get(i).y();
      float size = ordered.get(i).size();
      int next = i;
      boolean first = false;
      while (next < ordered.size() && ordered.get(next).y() - y < size * 0.4f) {
        first |= column(ordered.get(next), columns) == 0;
        next++;
      }
      // Where rows have air between them, lines without it are one row; elsewhere a line goes on
      // with the row before when it leaves the first column empty.
      boolean goesOn = !rows.isEmpty() && y - lastY < size * LINE_PITCH && (padded || !first);
      if (!goesOn) {
        var row = new StringBuilder[columns.size()];
        Arrays.setAll(row, _ -> new StringBuilder());
        rows.add(row);
      }
      ordered.subList(i, next).sort(Comparator.comparingDouble(PdfLine.Piece::x0));
      for (PdfLine.Piece piece : ordered.subList(i, next)) {
        StringBuilder cell = rows.getLast()[column(piece, columns)];
        cell.append(cell.isEmpty() ? "" : " ").append(piece.text());
      }
      lastY = y;
      i = next;
    }
    return rows.size() < 2
        ? null
        : rows.stream()
            .map(row -> Arrays.stream(row).map(StringBuilder::toString).toList())
            .toList();
  }

  private static boolean padded(List<PdfLine.Piece> ordered) {
    int wide = 0;
    int narrow = 0;
    for (int i = 1; i < ordered.size(); i++) {
      float gap = ordered.get(i).y() - ordered.get(i - 1).y();
      if (gap > ordered.get(i).size() * LINE_PITCH) {
        wide++;
      } else if (gap > ordered.get(i).size() * 0.4f) {
        narrow++;
      }
    }
    return wide > 0 && wide * 4 >= narrow;
  }

  // Where columns begin and end: what overlaps stands in one, judged by the fullest rows only,
  // since
  // a title may span several.
  private static List<float[]> columns(List<PdfLine.Piece> pieces) {
    List<PdfLine.Piece> ordered = new ArrayList<>(pieces);
    ordered.sort(Comparator.comparingDouble(PdfLine.Piece::y));
    int most = 0;
    for (PdfLine.Piece piece : ordered) {
      most = Math.max(most, beside(piece, ordered));
    }
    int full = most;
    List<PdfLine.Piece> fullest =
        new ArrayList<>(ordered.stream().filter(piece -> beside(piece, ordered) >= full).toList());
    fullest.sort(Comparator.comparingDouble(PdfLine.Piece::x0));
    List<float[]> columns = new ArrayList<>();
    for (PdfLine.Piece piece : fullest) {
      if (!columns.isEmpty() && piece.x0() < columns.getLast()[1]) {
        columns.getLast()[1] = Math.max(columns.getLast()[1], piece.x1());
      } else {
        columns.add(new float[] {piece.x0(), piece.x1()});
      }
    }
    return columns;
  }

  private static int beside(PdfLine.Piece piece, List<PdfLine.Piece> pieces) {
    return (int)
        pieces.stream()
            .filter(other -> Math.abs(other.y() - piece.y()) < piece.size() * 0.4f)
            .count();
  }

  private static int column(PdfLine.Piece piece, List<float[]> columns) {
    int best = 0;
    float nearest = Float.MAX_VALUE;
    for (int c = 0; c < columns.size(); c++) {
      float overlap =
          Math.min(piece.x1(), columns.get(c)[1]) - Math.max(piece.x0(), columns.get(c)[0]);
      // The leftmost column it overlaps counts; where there is none, the nearest.
      float distance = overlap > 0 ? -1 : -overlap;
      if (distance < nearest) {
        nearest = distance;
        best = c;
      }
    }
    return best;
  }
}
