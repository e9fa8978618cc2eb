package dev.freehold.workload;

import dev.freehold.chat.Unavailable;
import java.nio.file.Path;

/// A process that spools exchanges of more than half the size of the files it may write, and says
/// of each whether it was kept.
final class SpoolingProcess {

  private SpoolingProcess() {}

  public static void main(String[] arguments) {
    Spool spool = new Spool(Path.of(arguments[0]));
    for (int number = 0; number < Integer.parseInt(arguments[1]); number++) {
      try {
        spool.write(ExchangesContract.exchange(number, "w", "anna".repeat(200)));
        System.out.println("kept " + number);
      } catch (Unavailable e) {
        System.out.println("refused " + number);
      }
    }
  }
}
