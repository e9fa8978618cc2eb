package dev.freehold.cli;

import dev.freehold.teaching.exam.Column;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.Gate;
import dev.freehold.teaching.exam.Standing;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/// What an exam found, as a table for people.
final class TeachReport {

  private TeachReport() {}

  static void print(PrintStream out, Examined examined) {
    out.printf(
        Locale.ROOT,
        "%-9s %-13s %8s %9s %7s %9s %5s%n",
        "",
        "",
        "4 opt.",
        "surprise",
        "asked",
        "contains",
        "F1");
    for (ExamItem.Group group : ExamItem.Group.values()) {
      for (Column column : Column.values()) {
        Optional<Standing> found = examined.standing(group, column);
        if (found.isPresent()) {
          Standing standing = found.get();
          out.printf(
              Locale.ROOT,
              "%-9s %-13s %7.1f%% %9.3f %7d %9s %5s%n",
              group.word(),
              column.word(),
              standing.accuracy() * 100,
              standing.surprise(),
              standing.asked(),
              standing.spoken() == 0 ? "" : percent(standing.contains()),
              standing.spoken() == 0 ? "" : String.format(Locale.ROOT, "%.2f", standing.f1()));
        }
      }
    }
    examined
        .adapterBesideDocuments()
        .ifPresent(one ->
            out.printf(
                Locale.ROOT,
                "adapter and documents against documents alone: %+.1f points (%+.1f to %+.1f) on"
                    + " %d%n",
                one.difference() * 100,
                one.low() * 100,
                one.high() * 100,
                one.cases()));
    out.printf(
        Locale.ROOT, "answers to everyday prompts agree: %s%n", percent(examined.agreement()));
    for (Gate gate : examined.gates()) {
      String outcome =
          switch (gate.outcome()) {
            case HELD -> "holds";
            case MISSED -> "MISSED";
            case NOT_MEASURED -> "not measured";
          };
      out.printf("%-12s %s; found %s%n", outcome, gate.demand(), gate.found());
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }
}
