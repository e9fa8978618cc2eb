package dev.freehold.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory in large pages is memory like any other.
class LargeMemoryTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 9_999_999})
  void allOfItIsThereZeroAndAligned(long bytes) {
    for (int again = 0; again < 3; again++) {
      MemorySegment memory = LargeMemory.allocate(bytes);
      assertThat(memory.byteSize()).isEqualTo(bytes);
      assertThat(memory.address() % 64).isZero();
      for (long at = 0; at < bytes; at += 4093) {
        assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).isZero();
      }
      memory.fill((byte) 7);
      assertThat(memory.get(ValueLayout.JAVA_BYTE, bytes - 1)).isEqualTo((byte) 7);
    }
  }
}
