package dev.freehold.cli;

import dev.freehold.teaching.exam.Column;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.Gate;
import dev.freehold.teaching.exam.HeldOut;
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
    examined.heldOut().ifPresent(found -> heldOut(out, found));
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

  private static void heldOut(PrintStream out, HeldOut heldOut) {
    switch (heldOut) {
      case HeldOut.Answers answers ->
          out.printf(
              Locale.ROOT,
              "answers that were held out: %.3f nats a token after %.3f; words in common with free"
                  + " answers: F1 %.2f after %.2f on %d%n",
              answers.surprise().after(),
              answers.surprise().before(),
              answers.words().after(),
              answers.words().before(),
              answers.words().cases());
      case HeldOut.Pairs pairs ->
          out.printf(
              Locale.ROOT,
              "pairs that were held out: the preferred answer is the likelier one in %s after %s of"
                  + " %d%n",
              percent(pairs.likelier().after()),
              percent(pairs.likelier().before()),
              pairs.likelier().cases());
    }
    if (heldOut.tooLong() > 0) {
      out.printf("%d of them are too long for the model.%n", heldOut.tooLong());
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }
}
