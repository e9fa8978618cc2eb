package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyPartRunsOnceHoweverOftenTheTeamIsCalled(int threads) {
    try (Workers workers = new Workers(threads)) {
      for (int run = 0; run < 2_000; run++) {
        int parts = run % 13;
        AtomicIntegerArray done = new AtomicIntegerArray(parts);
        workers.run(parts, (part, _) -> done.incrementAndGet(part));
        for (int part = 0; part < parts; part++) {
          assertThat(done.get(part)).isOne();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aPartThatThrowsIsHeardOfAndTheTeamGoesOn(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertThatThrownBy(() ->
              workers.run(
                  8,
                  (part, _) -> {
                    if (part == 5) {
                      throw new IllegalArgumentException("five");
                    }
                  }))
          .hasRootCauseMessage("five");
      AtomicIntegerArray done = new AtomicIntegerArray(8);
      workers.run(8, (part, _) -> done.incrementAndGet(part));
      assertThat(done.toString()).isEqualTo("[1, 1, 1, 1, 1, 1, 1, 1]");
    }
  }
}
