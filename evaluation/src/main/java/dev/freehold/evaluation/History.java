package dev.freehold.evaluation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What was seen of a watched workload over time, as one HTML page that stands alone.
public final class History {

  private History() {}

  /// One look.
  ///
  /// @param at when
  /// @param incumbent who answered then
  /// @param candidate who was held against it
  /// @param incumbentScore mean on the cases that are asked each time, 0 to 1
  /// @param candidateScore the same of the candidate
  /// @param low lower end of what the difference may be, at every look at once
  /// @param high upper end
  /// @param conversations how many new ones are counted in it
  /// @param outcome what may be said
  /// @param drifted whether the incumbent moved by more than chance
  /// @param anew whether counting began anew
  /// @param same share of answers in the same words as at the first look
  /// @param reason why it was looked at
  /// @param note what else there is to know
  public record Point(
      Instant at,
      String incumbent,
      String candidate,
      double incumbentScore,
      double candidateScore,
      double low,
      double high,
      int conversations,
      Verdict.Outcome outcome,
      boolean drifted,
      boolean anew,
      double same,
      String reason,
      String note) {}

  /// The page.
  ///
  /// @param points the oldest first, at least one
  public static String html(String workload, List<Point> points, double margin) {
    HtmlSheet page = new HtmlSheet();
    Point last = points.getLast();
    page.title(
        "Watch",
        workload,
        "%s against %s · %d looks · %s to %s"
            .formatted(
                last.candidate(),
                last.incumbent(),
                points.size(),
                day(points.getFirst().at()),
                day(last.at())));
    List<String> notes = new ArrayList<>();
    if (last.drifted()) {
      notes.add("%s has moved since the first look.".formatted(last.incumbent()));
    }
    if (!last.note().isEmpty()) {
      notes.add(last.note());
    }
    page.verdict(kind(last), word(last), sentence(last, margin), notes);
    page.heading("Both sides over time");
    page.plot(
        new HistoryPlot(points),
        "Means on the same questions at every look. A ring marks a look at which the incumbent had moved by more than chance; a broken line, a look at which counting began anew.");
    page.heading("Every look");
    List<List<String>> rows = new ArrayList<>();
    for (Point one : points.reversed()) {
      rows.add(
          List.of(
              day(one.at()),
              Ruling.points(one.incumbentScore()),
              Ruling.points(one.candidateScore()),
              Ruling.signed(one.low()) + " to " + Ruling.signed(one.high()),
              Integer.toString(one.conversations()),
              word(one),
              Ruling.points(one.same()) + " %",
              one.drifted() ? "yes" : "no",
              (one.reason() + ". " + one.note()).strip()));
    }
    page.table(
        "Intervals hold at every look at once, over the new conversations counted so far.",
        List.of(
            "When",
            "Incumbent",
            "Candidate",
            "Difference",
            "Counted",
            "Finding",
            "Same words",
            "Moved",
            "Why, and what else"),
        rows);
    return page.toString();
  }

  private static String sentence(Point last, double margin) {
    return "On %d new conversations the difference lies between %s and %s points (an interval that holds at every look at once), with a margin of %s."
        .formatted(
            last.conversations(),
            Ruling.signed(last.low()),
            Ruling.signed(last.high()),
            Ruling.number(100 * margin));
  }

  private static String day(Instant at) {
    return at.toString().substring(0, 16).replace('T', ' ');
  }

  private static String kind(Point point) {
    return switch (point.outcome()) {
      case AS_GOOD -> "good";
      case WORSE -> "worse";
      case NOT_ENOUGH_EVIDENCE -> "open";
    };
  }

  private static String word(Point point) {
    return switch (point.outcome()) {
      case AS_GOOD -> "As good";
      case WORSE -> "Worse";
      case NOT_ENOUGH_EVIDENCE -> "Not enough evidence";
    };
  }
}
