package dev.freehold.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.logging.LogManager;

/// The program: reads the command line, runs one command, ends with its code.
public final class Freehold {

  private Freehold() {}

  /// Runs and exits.
  public static void main(String[] arguments) {
    quietLibraries();
    int code;
    try (Shell shell = Shell.ofThisProcess()) {
      code = new Commands(shell).run(arguments);
    }
    System.exit(code);
  }

  /// What libraries log is shown from warnings up; `-Djava.util.logging.config.file` overrides.
  private static void quietLibraries() {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    try (InputStream in = Freehold.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
