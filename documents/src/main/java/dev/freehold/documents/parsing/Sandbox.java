package dev.freehold.documents.parsing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// How a child that reads documents is started, and what keeps it from doing anything else.
///
/// By the operating system, where it offers `unshare`: a network namespace with nothing in it. By
/// the JVM, always: a limited heap, no name resolution, no sockets, no URL handlers but the files
/// of its own class path. By us, always: an empty environment, a folder of its own, no path of
/// ours, the bytes come through a pipe; and an end to every document that takes too long.
public final class Sandbox {

  private static final System.Logger LOG = System.getLogger(Sandbox.class.getName());

  private static final String READER = "dev.freehold.parser.Main";
  // A machine that is busy may take seconds to start a process; one that cannot says so at once.
  private static final Duration PROBE = Duration.ofSeconds(10);
  private static final int PROBES = 3;

  private final List<Path> classPath;
  private final int heapMegabytes;
  private final List<String> prefix;
  private final String main;

  /// @param classPath jars and folders of the child
  /// @param heapMegabytes its largest heap
  public Sandbox(List<Path> classPath, int heapMegabytes) {
    this(classPath, heapMegabytes, READER);
  }

  /// With another program in the reader's place.
  Sandbox(List<Path> classPath, int heapMegabytes, String main) {
    this.main = main;
    this.classPath = List.copyOf(classPath);
    this.heapMegabytes = heapMegabytes;
    this.prefix = withoutNetwork();
    if (prefix.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The system offers no network namespace: only their own JVM keeps the processes that read documents from the network.");
    }
  }

  /// Whether the operating system itself keeps the child from the network.
  public boolean networkUnshared() {
    return !prefix.isEmpty();
  }

  List<String> command(Path scratch) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-Xss2m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    // What the JVM says of its own end must not get between the frames.
    command.add("-XX:+DisplayVMOutputToStderr");
    command.add("-XX:-UsePerfData");
    command.add("-XX:MaxDirectMemorySize=64m");
    command.add("-Djava.awt.headless=true");
    command.add("-Djava.io.tmpdir=" + scratch.toAbsolutePath());
    command.add("-Duser.home=" + scratch.toAbsolutePath());
    command.add(
        "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory");
    command.add("-Dorg.apache.logging.log4j.simplelog.level=OFF");
    command.add("-Djava.nio.channels.spi.SelectorProvider=dev.freehold.parser.NoChannels");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        classPath.stream()
            .map(path -> path.toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(main);
    return command;
  }

  private static List<String> withoutNetwork() {
    for (String program : List.of("/usr/bin/unshare", "/bin/unshare")) {
      if (Files.isExecutable(Path.of(program))) {
        for (List<String> flags :
            List.of(List.of("--net"), List.of("--user", "--map-current-user", "--net"))) {
          List<String> command = new ArrayList<>(List.of(program));
          command.addAll(flags);
          command.add("--");
          List<String> probe = new ArrayList<>(command);
          probe.add("/bin/true");
          if (works(probe, PROBE)) {
            return command;
          }
        }
        return List.of();
      }
    }
    return List.of();
  }

  /// Whether a program ends well. One that does not end says nothing, is ended and asked again.
  static boolean works(List<String> probe, Duration patience) {
    for (int i = 0; i < PROBES; i++) {
      try {
        Process process =
            new ProcessBuilder(probe)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
          if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return process.exitValue() == 0;
          }
        } finally {
          process.destroyForcibly();
        }
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }
}
