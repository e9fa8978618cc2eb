package dev.freehold.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Busy;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class CaptureTest {

  private static final int KILLS = Integer.getInteger("freehold.kills", 3);

  @TempDir Path folder;

  private static Exchange exchange(int number) {
    return ExchangesContract.exchange(number, "w", "anna");
  }

  @Test
  void whatIsKeptIsStoredSoonAndTheSpoolIsEmptyThen() throws Exception {
    Exchanges exchanges = new MemoryExchanges();
    try (Capture capture = Capture.open(folder, exchanges);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2000; i++) {
        int number = i;
        threads.submit(() -> capture.keep(exchange(number)));
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      capture.flush();
      assertThat(exchanges.count("w")).isEqualTo(2000);
    }
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  /// Repositories that fail or wait as told.
  private static final class Stubborn extends MemoryExchanges {
    volatile boolean failing;
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public void append(List<Exchange> all) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new Unavailable("Interrupted.", e);
      }
      if (failing) {
        throw new Unavailable("The disk is full.");
      }
      super.append(all);
    }
  }

  @Test
  void whatTheRepositoryDoesNotTakeWaitsInTheSpoolForTheNextStart() throws Exception {
    Stubborn exchanges = new Stubborn();
    exchanges.failing = true;
    try (Capture capture = Capture.open(folder, exchanges)) {
      for (int i = 0; i < 10; i++) {
        capture.keep(exchange(i));
      }
      assertThatThrownBy(capture::flush)
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("disk is full");
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
    exchanges.failing = false;
    try (Capture capture = Capture.open(folder, exchanges)) {
      assertThat(exchanges.count("w")).isEqualTo(10);
      capture.keep(exchange(11));
      capture.flush();
    }
    assertThat(exchanges.count("w")).isEqualTo(11);
  }

  @Test
  void aLineThatWasCutWasNeverAcknowledgedAndHarmsNothing() throws Exception {
    Exchanges exchanges = new MemoryExchanges();
    String line = Json.MAPPER.writeValueAsString(exchange(1));
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    int inside = line.substring(0, line.indexOf('ü')).getBytes(StandardCharsets.UTF_8).length + 1;
    for (int cut : new int[] {40, inside}) {
      ByteArrayOutputStream left = new ByteArrayOutputStream();
      left.write(bytes);
      left.write('\n');
      left.write(bytes, 0, cut);
      Files.write(folder.resolve("%016x.exchanges".formatted(3)), left.toByteArray());
      try (Capture _ = Capture.open(folder, exchanges)) {
        assertThat(exchanges.newest("w", Optional.empty(), 9)).containsExactly(exchange(1));
      }
    }
    try (Capture capture = Capture.open(folder, exchanges)) {
      capture.keep(exchange(2));
      capture.flush();
    }
    assertThat(exchanges.count("w")).isEqualTo(2);
  }

  @Test
  void whatAThreadKeepsThatWasInterruptedIsKeptAndSoIsWhatComesAfterIt() {
    Exchanges exchanges = new MemoryExchanges();
    try (Capture capture = Capture.open(folder, exchanges)) {
      Thread.currentThread().interrupt();
      try {
        capture.keep(exchange(1));
      } finally {
        assertThat(Thread.interrupted()).as("it is interrupted still").isTrue();
      }
      capture.keep(exchange(2));
      capture.flush();
    }
    assertThat(exchanges.newest("w", Optional.empty(), 9))
        .containsExactlyInAnyOrder(exchange(1), exchange(2));
  }

  @Test
  void oneFailureOfTheDiskLosesNothingThatWasAcknowledgedAndRefusesNothingAfterIt()
      throws Exception {
    // A limit on the size of files refuses the second line of a segment as a full disk does.
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 2; exec \"$@\"",
                "limited",
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SpoolingProcess.class.getName(),
                folder.toString(),
                "6")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertThat(process.waitFor()).isZero();
    assertThat(lines)
        .containsExactly("kept 0", "refused 1", "kept 2", "refused 3", "kept 4", "refused 5");
    Exchanges exchanges = new MemoryExchanges();
    try (Capture _ = Capture.open(folder, exchanges)) {
      assertThat(exchanges.newest("w", Optional.empty(), 9))
          .extracting(Exchange::id)
          .containsExactlyInAnyOrder(exchange(0).id(), exchange(2).id(), exchange(4).id());
    }
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void tooMuchThatWaitsRefusesNewRequestsInsteadOfForgettingThem() {
    Stubborn exchanges = new Stubborn();
    exchanges.gate = new CountDownLatch(1);
    try (Capture capture = Capture.open(folder, exchanges)) {
      int kept = 0;
      try {
        for (; kept < 30_000; kept++) {
          capture.admit();
          capture.keep(exchange(kept));
        }
      } catch (Busy e) {
        assertThat(e.getMessage()).contains("Nothing is answered without it");
      }
      assertThat(kept).isEqualTo(20_000);
      exchanges.gate.countDown();
      capture.flush();
      assertThat(exchanges.count("w")).isEqualTo(kept);
      capture.admit();
    }
  }

  /// A repository that takes what it is given once it may.
  private static final class Turns extends MemoryExchanges {
    final Semaphore turns = new Semaphore(0);

    @Override
    public void append(List<Exchange> all) {
      turns.acquireUninterruptibly();
      super.append(all);
    }
  }

  @Test
  void whatIsStoredWaitsNoMoreAlsoWhereSomethingAlwaysWaits() throws Exception {
    Turns exchanges = new Turns();
    String answer = "x".repeat(4 << 20);
    try (Capture capture = Capture.open(folder, exchanges)) {
      for (int i = 0; i < 20; i++) {
        capture.admit();
        ObjectNode json = Json.MAPPER.valueToTree(exchange(i));
        capture.keep(Json.MAPPER.treeToValue(json.put("answer", answer), Exchange.class));
        if (i > 0) {
          exchanges.turns.release();
          while (exchanges.count("w") < i) {
            Thread.sleep(1);
          }
        }
      }
      capture.admit();
      exchanges.turns.release(20);
    }
  }

  @Test
  void twoHundredAtOnceLoseNoAcknowledgedExchangeWhenTheProcessIsKilled() throws Exception {
    Set<String> acknowledged = new HashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Process process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "--enable-native-access=ALL-UNNAMED",
                  CapturingProcess.class.getName(),
                  folder.toString(),
                  "k" + kill)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        int before = acknowledged.size();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.matches("k[0-9]+-[0-9]+-[0-9]+")) { // The last one may be cut.
            acknowledged.add(line);
          }
          if (acknowledged.size() - before == 300 + 700 * kill) {
            process.toHandle().destroyForcibly(); // Its output stays open: what it said counts.
          }
        }
      }
      process.waitFor();
    }
    try (Database database = Database.open(folder.resolve("freehold.db"))) {
      Exchanges exchanges = SqliteExchanges.in(database);
      try (Capture _ = Capture.open(folder.resolve("spool"), exchanges)) {
        Set<String> kept = new HashSet<>();
        for (Exchange one : exchanges.newest("w", Optional.empty(), 10_000_000)) {
          assertThat(kept.add(one.answer().replace("old says ", ""))).as("none twice").isTrue();
        }
        assertThat(acknowledged).hasSizeGreaterThan(300);
        Set<String> lost = new HashSet<>(acknowledged);
        lost.removeAll(kept);
        assertThat(lost).isEmpty();
      }
    }
  }
}
