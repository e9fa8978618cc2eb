package dev.freehold.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The program as a process of its own.
final class UpProcess implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("Freehold is ready: (http://\\S+)");

  private final Process process;
  private final Path err;
  private final List<String> lines = new ArrayList<>();

  private UpProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
  }

  /// Starts a command.
  static UpProcess start(Path home, String... arguments) throws IOException {
    return start(home, List.of(), arguments);
  }

  /// Starts a command below another, such as a shell that sets a limit.
  static UpProcess start(Path home, List<String> before, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx2g",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Dfreehold.parser.classpath=" + System.getProperty("freehold.parser.classpath"),
            "-cp",
            System.getProperty("java.class.path"),
            Freehold.class.getName()));
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile("freehold", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    // Nothing of who runs the tests: no options of theirs, no language of theirs.
    builder
        .environment()
        .keySet()
        .removeIf(name ->
            name.startsWith("FREEHOLD_")
                || Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS").contains(name));
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("FREEHOLD_HOME", home.toString());
    return new UpProcess(builder.start(), err);
  }

  /// Waits until it says where it is.
  String address() throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      lines.add(line);
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        return ready.group(1);
      }
    }
    throw new AssertionError("It ended without being ready: " + err());
  }

  /// Stops it as a service manager does, and returns all it printed.
  String stop() throws IOException, InterruptedException {
    // Process.destroy would close its output before it was read.
    process.toHandle().destroy();
    process.inputReader(StandardCharsets.UTF_8).lines().forEach(lines::add);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("It does not stop.");
    }
    return String.join("\n", lines);
  }

  /// Ends it as `kill -9` does, and waits until it is gone.
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  /// Waits for its end.
  int end() throws InterruptedException {
    process.inputReader(StandardCharsets.UTF_8).lines().forEach(lines::add);
    return process.waitFor();
  }

  /// What it said to people, without what Java says of itself.
  List<String> err() throws IOException {
    return Files.readAllLines(err, StandardCharsets.UTF_8).stream()
        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
        .toList();
  }

  String out() {
    return String.join("\n", lines);
  }

  static HttpResponse<String> get(String address, String key)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join(); // Only then is what it held free.
  }
}
