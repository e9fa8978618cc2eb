package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import picocli.CommandLine.ParseResult;

/// Numbers on the command line.
final class Numbers {

  private Numbers() {}

  /// The value of a flag, within bounds.
  ///
  /// @throws InvalidRequest naming the flag and the bounds
  static int of(ParseResult parsed, String flag, int least, int most) {
    // Also where it was not given and has its default.
    String text = parsed.commandSpec().findOption(flag).getValue();
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw refused(flag, least, most, text);
    }
    throw refused(flag, least, most, text);
  }

  private static InvalidRequest refused(String flag, int least, int most, String text) {
    return new InvalidRequest(
        "%s takes a number from %d to %d, not \"%s\".".formatted(flag, least, most, text), flag);
  }

  /// A number that may have a fraction, within bounds.
  ///
  /// @param name how errors call it
  /// @throws InvalidRequest naming it and the bounds
  static double decimal(String text, String name, double least, double most) {
    try {
      double number = Double.parseDouble(text.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      throw outside(text, name, least, most);
    }
    throw outside(text, name, least, most);
  }

  private static InvalidRequest outside(String text, String name, double least, double most) {
    return new InvalidRequest(
        "%s takes a number from %s to %s, not \"%s\"."
            .formatted(name, plain(least), plain(most), text),
        name);
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
