package dev.freehold.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  @Test
  void whatIsReadBeforehandIsSound() {
    WarmUp.run();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void itEndsWhereNobodyWaitsForItAnyMore() throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(WarmUp::run);
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
  }
}
