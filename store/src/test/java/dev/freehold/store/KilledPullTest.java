package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes, killed as `kill -9` kills, at moments drawn from a seed.
class KilledPullTest {

  private static final int KILLS = 15;
  private static final byte[] BYTES = Weights.bytes(6_000_000, 7);

  @TempDir private Path home;

  @Test
  void aPullKilledAtAnyMomentShowsNothingHalfAndGoesOnWhereItWas()
      throws IOException, InterruptedException {
    Random random = new Random(20_261_123);
    try (HubServer hub = new HubServer()) {
      serve(hub);
      int killed = 0;
      int resumed = 0;
      while (killed < KILLS) {
        Process process = start(hub);
        // At any moment, and every other time while bytes arrive, however slow this machine is.
        boolean ended =
            killed % 2 == 0
                ? process.waitFor(300 + random.nextInt(1_200), TimeUnit.MILLISECONDS)
                : endedBefore(process, arrived() + 1 + random.nextInt(1_000_000));
        if (!ended) {
          process.destroyForcibly().waitFor();
          killed++;
        }
        Weights.requireWhole(home);
        if (ended) {
          assertThat(process.exitValue()).isZero();
          assertThat(ModelStore.open(home).list()).hasSize(1);
          ModelStore.open(home).remove("model");
        }
      }
      Process last = start(hub);
      assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(last.exitValue()).isZero();
      resumed += (int) hub.requests.stream().filter(one -> one.from() > 0).count();
      StoredModel model = ModelStore.open(home).resolve("model");
      assertThat(Files.readAllBytes(model.file())).isEqualTo(BYTES);
      assertThat(resumed).isPositive();
    }
  }

  /// Waits until so many bytes are on the disk or the process is at its end, which it says.
  private boolean endedBefore(Process process, long bytes)
      throws IOException, InterruptedException {
    while (arrived() < bytes) {
      if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  private long arrived() throws IOException {
    Path partial = home.resolve("models/partial");
    if (!Files.exists(partial)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(partial)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private void serve(HubServer hub) {
    hub.on(
        "/api/models/maker/model",
        (_, out) ->
            HubServer.text(
                out,
                200,
                "",
                """
                {"sha":"main","siblings":[{"rfilename":"model.gguf","lfs":{"sha256":"%s","size":%d}}]}\
                """
                    .formatted(Weights.digest(BYTES).hex(), BYTES.length)));
    hub.on(
        "/maker/model/resolve/main/model.gguf",
        (request, out) -> {
          int from = request.from();
          HubServer.fileHead(out, BYTES.length, from, "\"v\"");
          for (int at = from; at < BYTES.length; at += 100_000) {
            out.write(BYTES, at, Math.min(100_000, BYTES.length - at));
            out.flush();
            Thread.sleep(15);
          }
        });
  }

  private Process start(HubServer hub) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            PullingProcess.class.getName(),
            home.toString(),
            hub.origin().toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
