package dev.freehold.cli;

/// The program: reads the command line, runs one command, ends with its code.
public final class Freehold {

  private Freehold() {}

  /// Runs and exits.
  public static void main(String[] arguments) {
    int code;
    try (Shell shell = Shell.ofThisProcess()) {
      code = new Commands(shell).run(arguments);
    }
    System.exit(code);
  }
}
