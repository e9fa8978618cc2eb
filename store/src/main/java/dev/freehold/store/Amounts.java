package dev.freehold.store;

import java.util.Locale;

/// How amounts of bytes are written for people: decimal units, as disks and downloads are sold.
public final class Amounts {

  private Amounts() {}

  /// E.g. `98 MB`, `1.06 GB`.
  public static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double value = bytes / 1e3;
    String unit = "kB";
    for (String larger : new String[] {"MB", "GB", "TB", "PB", "EB"}) {
      if (value < 1_000) {
        break;
      }
      value /= 1e3;
      unit = larger;
    }
    String digits =
        value < 10 && !unit.equals("kB") && !unit.equals("MB")
            ? String.format(Locale.ROOT, "%.2f", value)
            : value < 10
                ? String.format(Locale.ROOT, "%.1f", value)
                : String.format(Locale.ROOT, "%.0f", value);
    return digits + " " + unit;
  }
}
