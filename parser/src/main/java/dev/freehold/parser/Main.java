package dev.freehold.parser;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The child process that reads documents: takes one after the other from its input and tells what
/// is in them on its output, until the input ends.
///
/// It is expected to be killed at any moment. It has no settings but those of its JVM, needs no
/// environment, and touches no file but below its temporary folder.
public final class Main {

  private static final int LONGEST_NAME = 10_000;

  private Main() {}

  /// Serves until the parent closes the pipe.
  ///
  /// @param arguments none
  public static void main(String[] arguments) throws IOException {
    // Libraries print; what they print must not get between the frames.
    OutputStream protocol = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    Network.cut();
    ProcessHandle.current().parent().ifPresent(Main::dieWith);
    var out = new Output(protocol);
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    var reader = new DocumentReader();
    reader.warm();
    out.ready();
    serve(new DataInputStream(new BufferedInputStream(System.in, 1 << 16)), out, folder, reader);
  }

  // A child that is stuck in a document would outlive a parent that was killed, since nobody is
  // left
  // to end it.
  private static void dieWith(ProcessHandle parent) {
    Thread.ofPlatform()
        .daemon()
        .name("parent")
        .start(() -> {
          try {
            while (parent.isAlive()) {
              Thread.sleep(1000);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          Runtime.getRuntime().halt(1);
        });
  }

  private static void serve(DataInputStream in, Output out, Path folder, DocumentReader reader)
      throws IOException {
    while (true) {
      int version;
      try {
        version = in.readInt();
      } catch (EOFException e) {
        return;
      }
      int nameLength = in.readInt();
      if (version != Output.VERSION || nameLength < 0 || nameLength > LONGEST_NAME) {
        throw new IOException("The parent speaks another language.");
      }
      String name = new String(in.readNBytes(nameLength), StandardCharsets.UTF_8);
      long bytes = in.readLong();
      Path file = folder.resolve("document");
      try (OutputStream copy = Files.newOutputStream(file)) {
        copy(in, copy, bytes);
      }
      out.begin();
      reader.read(file, name, out);
      clear(folder);
    }
  }

  private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = bytes; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException();
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }

  // What one document left must not be there for the next.
  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        if (!file.equals(folder)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
