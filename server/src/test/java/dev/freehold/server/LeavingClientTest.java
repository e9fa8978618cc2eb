package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that closes its connection stops the generation, wherever it is.
class LeavingClientTest {

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = House.in(folder);
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private static String ask(boolean stream, int words) {
    return """
    {"model":"echo","stream":%s,"messages":[{"role":"user","content":"%s"}]}\
    """
        .formatted(stream, "word ".repeat(words).strip());
  }

  @Test
  void aClientThatLeavesAStreamStopsTheGenerationWithinAStep() throws Exception {
    house.model.millisPerWord = 50;
    try (var client = new RawClient(house.server.port())) {
      client.post("/v1/chat/completions", house.anna.secret(), ask(true, 2000));
      client.readUntil("word", 10_000);
    }
    int steps = house.model.steps.get();
    eventually(() -> house.model.cancelled.get() == 1);
    eventually(() -> house.server.connections() == 0);
    // A word may have been on its way while the connection was closed.
    assertThat(house.model.steps.get() - steps).isLessThan(10);
    int after = house.model.steps.get();
    Thread.sleep(200);
    assertThat(house.model.steps.get()).isEqualTo(after);
  }

  @Test
  void aClientThatLeavesWhileThePromptIsReadStopsIt() throws Exception {
    house.model.firstWordMay = new CountDownLatch(1);
    try (var client = new RawClient(house.server.port())) {
      client.post("/v1/chat/completions", house.anna.secret(), ask(true, 20));
      client.readUntil("assistant", 10_000);
    }
    eventually(() -> house.model.cancelled.get() == 1);
    assertThat(house.model.steps.get()).isZero();
  }

  @Test
  void aClientThatLeavesWithoutAStreamStopsTheGenerationToo() throws Exception {
    house.model.millisPerWord = 20;
    for (String path : new String[] {"/v1/chat/completions", "/v1/completions"}) {
      int before = house.model.cancelled.get();
      try (var client = new RawClient(house.server.port())) {
        client.post(
            path,
            house.anna.secret(),
            path.endsWith("chat/completions")
                ? ask(false, 2000)
                : "{\"model\":\"echo\",\"max_tokens\":5000,\"prompt\":\"%s\"}"
                    .formatted("word ".repeat(2000)));
        eventually(() -> house.model.running.get() == 1);
      }
      eventually(() -> house.model.cancelled.get() == before + 1);
      assertThat(house.model.running.get()).isZero();
    }
  }

  @Test
  void aClientThatLeavesStopsAllChoicesItAskedFor() throws Exception {
    house.model.millisPerWord = 20;
    try (var client = new RawClient(house.server.port())) {
      client.post(
          "/v1/chat/completions",
          house.anna.secret(),
          ask(true, 2000).replace("{\"model\"", "{\"n\":3,\"model\""));
      client.readUntil("word", 10_000);
    }
    eventually(() -> house.model.cancelled.get() == 3);
  }

  @Test
  void aClientThatStopsReadingIsCutWhileOthersAreServed() throws Exception {
    house.close();
    house =
        new House(
            folder,
            configuration ->
                configuration.withPace(
                    new ServerConfiguration.ClientPace(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofMillis(700),
                        Duration.ofSeconds(5))));
    house.model.script = _ -> "x".repeat(50_000).concat(" ").repeat(600);
    try (var deaf = new RawClient(house.server.port())) {
      deaf.post("/v1/chat/completions", house.anna.secret(), ask(true, 1));
      eventually(() -> house.model.running.get() == 1);
      assertThat(house.get(house.bruno, "/v1/models").statusCode()).isEqualTo(200);
      eventually(() -> house.model.cancelled.get() == 1);
    }
  }

  @Test
  void closingTheServerStopsWhatRunsForItsClients() throws Exception {
    house.model.millisPerWord = 50;
    try (var client = new RawClient(house.server.port())) {
      client.post("/v1/chat/completions", house.anna.secret(), ask(true, 2000));
      client.readUntil("word", 10_000);
      house.server.close();
      eventually(() -> house.model.running.get() == 0);
    }
  }
}
