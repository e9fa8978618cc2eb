package dev.freehold.cli;

import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.SigningKey;
import dev.freehold.evaluation.TrialProgress;
import dev.freehold.evaluation.Verdict;
import dev.freehold.proving.RecordedVerdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// What `freehold prove` says while it runs and at its end.
record Outcome(Shell shell) {

  /// Says the verdicts under their ids, and where the evidence is.
  ///
  /// @return the exit code
  int tell(Proof proof, List<RecordedVerdict> recorded, Path folder, SigningKey key) {
    for (int i = 0; i < recorded.size(); i++) {
      Verdict verdict = proof.verdicts().get(i);
      shell.out().println(verdict.sentence());
      verdict.notes().forEach(note -> shell.out().println("  " + note));
      shell.out().printf("  Verdict %s%n", recorded.get(i).id());
    }
    proof
        .judge()
        .ifPresent(
            one -> one.warnings().forEach(warning -> shell.out().println("Judge: " + warning)));
    shell.out().printf("Report:   %s (and report.pdf)%n", folder.resolve("report.html"));
    shell
        .out()
        .printf("Evidence: %s, signed by %s%n", folder.resolve("evidence.zip"), key.fingerprint());
    List<Verdict.Outcome> outcomes = proof.verdicts().stream().map(Verdict::outcome).toList();
    return outcomes.contains(Verdict.Outcome.WORSE)
        ? ProveCommand.WORSE
        : outcomes.contains(Verdict.Outcome.NOT_ENOUGH_EVIDENCE) ? ProveCommand.OPEN : ExitCode.OK;
  }

  /// Says how far it is, what it has cost, and how long it will take.
  void progress(TrialProgress progress) {
    String line =
        String.format(
            Locale.ROOT,
            "%d of %d, %s left, %d failed%s",
            progress.done(),
            progress.total(),
            duration(progress.left()),
            progress.failures(),
            costs(progress));
    if (shell.interactive()) {
      shell.err().print("\r\033[K" + line);
      shell.err().flush();
    } else if (progress.done() == progress.total()
        || progress.done() % Math.max(1, progress.total() / 10) == 0) {
      shell.err().println(line);
    }
  }

  private static String costs(TrialProgress progress) {
    double sum = progress.cost().values().stream().mapToDouble(Double::doubleValue).sum();
    return sum == 0 ? "" : String.format(Locale.ROOT, ", cost so far %.4f", sum);
  }

  private static String duration(Duration left) {
    return left.toHours() > 0
        ? "%d h %d min".formatted(left.toHours(), left.toMinutesPart())
        : "%d:%02d min".formatted(left.toMinutes(), left.toSecondsPart());
  }
}
