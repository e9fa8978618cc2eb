package dev.freehold.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// A command line that was run in this process.
///
/// @param code what it ended with
/// @param out what scripts read
/// @param err what people read
record Ran(int code, String out, String err) {

  static Ran command(Path home, String... arguments) {
    return piped(home, "", arguments);
  }

  static Ran piped(Path home, String in, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try (Shell shell =
        new Shell(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            false,
            Map.of("FREEHOLD_HOME", home.toString()))) {
      code = new Commands(shell).run(arguments);
    }
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
