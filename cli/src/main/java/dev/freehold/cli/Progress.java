package dev.freehold.cli;

import dev.freehold.store.Amounts;
import dev.freehold.store.PullEvent;
import java.util.function.Consumer;

/// Shows a pull: a bar that moves where a person watches, plain lines where a file does.
///
/// Used by one thread.
final class Progress implements Consumer<PullEvent>, AutoCloseable {

  private static final int WIDTH = 30;

  private final Shell shell;
  private final String what;
  private boolean barShown;
  private int toldTenths = -1;

  Progress(Shell shell, String what) {
    this.shell = shell;
    this.what = what;
  }

  @Override
  public void accept(PullEvent event) {
    switch (event) {
      case PullEvent.Trying trying -> line("%s from %s".formatted(what, trying.source()));
      case PullEvent.GaveUp gaveUp -> line("Given up: " + gaveUp.why());
      case PullEvent.Waiting waiting -> line(waiting.what());
      case PullEvent.Note note -> line(note.text());
      case PullEvent.Resuming resuming ->
          line("The connection was cut; going on at %s.".formatted(Amounts.bytes(resuming.from())));
      case PullEvent.Progress progress -> moved(progress);
    }
  }

  private void moved(PullEvent.Progress progress) {
    int percent =
        progress.total() == 0
            ? 0
            : (int) (100 * Math.min(progress.done(), progress.total()) / progress.total());
    String amounts =
        "%3d %%  %s of %s"
            .formatted(
                percent,
                Amounts.bytes(progress.done()),
                progress.total() == 0 ? "?" : Amounts.bytes(progress.total()));
    if (progress.bytesPerSecond() > 0) {
      amounts += "  %s/s".formatted(Amounts.bytes(Math.round(progress.bytesPerSecond())));
    }
    if (shell.interactive()) {
      int full = percent * WIDTH / 100;
      shell.err().print("\r\033[K[" + "█".repeat(full) + "░".repeat(WIDTH - full) + "] " + amounts);
      shell.err().flush();
      barShown = true;
    } else if (percent / 10 > toldTenths) {
      toldTenths = percent / 10;
      shell.err().println(amounts.strip());
    }
  }

  private void line(String text) {
    close();
    toldTenths = -1;
    shell.err().println(text);
  }

  @Override
  public void close() {
    if (barShown) {
      shell.err().println();
      barShown = false;
    }
  }
}
