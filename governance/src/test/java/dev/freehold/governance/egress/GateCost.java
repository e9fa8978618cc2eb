package dev.freehold.governance.egress;

import java.util.Arrays;
import java.util.Locale;

/// How long the gate looks at a text of 8 KiB with one identifier in it. Not a test: run by hand,
/// alone on the machine.
final class GateCost {

  private GateCost() {}

  public static void main(String[] arguments) {
    var generated = new Generated(1);
    StringBuilder text = new StringBuilder();
    while (text.length() < 8100) {
      text.append(generated.sentence(generated.decoy())).append(' ');
    }
    text.append("IBAN DE89370400440532013000");
    Scanner scanner = new StandardScanner();
    for (int pass = 0; pass < 3; pass++) {
      long[] times = new long[1000];
      for (int i = 0; i < times.length; i++) {
        long began = System.nanoTime();
        if (scanner.scan(text.toString()).isEmpty()) {
          throw new IllegalStateException();
        }
        times[i] = System.nanoTime() - began;
      }
      Arrays.sort(times);
      System.out.printf(
          Locale.ROOT,
          "%d characters: first %.2f, p50 %.3f ms, p99 %.3f ms%n",
          text.length(),
          times[999] / 1e6,
          times[500] / 1e6,
          times[990] / 1e6);
    }
  }
}
