package dev.freehold.cli;

import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What surrounds a command: its streams, its environment, and whether a person watches.
///
/// @param out what scripts read: UTF-8
/// @param err progress and what went wrong: UTF-8
/// @param in what is piped in
/// @param interactive whether a person sits at it
/// @param environment variables
record Shell(
    PrintStream out,
    PrintStream err,
    InputStream in,
    boolean interactive,
    Map<String, String> environment)
    implements AutoCloseable {

  /// The streams of this process. The script `freehold` keeps standard error for what Java itself
  /// says and names in `freehold.stderr` where ours goes.
  @SuppressWarnings("SystemConsoleNull") // isTerminal is asked as well.
  static Shell ofThisProcess() {
    var console = System.console();
    return new Shell(
        stream(new FileOutputStream(FileDescriptor.out)),
        stream(standardError()),
        System.in,
        console != null && console.isTerminal(),
        System.getenv());
  }

  private static OutputStream standardError() {
    String named = System.getProperty("freehold.stderr", "");
    if (!named.isEmpty()) {
      try {
        return new FileOutputStream(named, true);
      } catch (FileNotFoundException e) {
        return new FileOutputStream(FileDescriptor.err); // A kind of descriptor that has no name.
      }
    }
    return new FileOutputStream(FileDescriptor.err);
  }

  private static PrintStream stream(OutputStream out) {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    out.flush();
    err.flush();
  }
}
