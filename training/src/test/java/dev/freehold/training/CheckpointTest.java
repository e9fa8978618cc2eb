package dev.freehold.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

  private static final int MUTANTS = Integer.getInteger("freehold.test.mutants", 2_000);

  @TempDir Path folder;

  private static Checkpoint sample() {
    float[] some = {1, -2.5f, Float.MIN_VALUE};
    return new Checkpoint(
        new byte[32], 7, 2, 6, 12_345L, 0.5, 1.25, some, some, some, 0.75, 6, 1, some, some);
  }

  private byte[] bytes() throws IOException {
    sample().write(folder);
    return Files.readAllBytes(folder.resolve("training.checkpoint"));
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(Checkpoint.read(folder)).isEmpty();
    sample().write(folder);
    Checkpoint read = Checkpoint.read(folder).orElseThrow();
    assertThat(read).usingRecursiveComparison().isEqualTo(sample());
    assertThat(folder.resolve("training.checkpoint.new")).doesNotExist();
  }

  @Test
  void halfAFileBesideTheOldOneDoesNotMatter() throws IOException {
    sample().write(folder);
    Files.write(folder.resolve("training.checkpoint.new"), new byte[] {1, 2, 3});
    assertThat(Checkpoint.read(folder)).isPresent();
    sample().write(folder);
    assertThat(Checkpoint.read(folder)).isPresent();
  }

  @Test
  void everyCutAndEveryChangedBitIsFound() throws IOException {
    byte[] whole = bytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Checkpoint.parse("cut", cut)).isInstanceOf(MalformedFile.class);
    }
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] changed = whole.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> Checkpoint.parse("changed", changed))
          .isInstanceOf(MalformedFile.class);
    }
  }

  @Test
  void aHostileOneWithTheRightDigestIsReadOrRefused() throws IOException {
    byte[] whole = bytes();
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = Arrays.copyOf(whole, whole.length - 4 * random.nextInt(3));
      int end = mutant.length - 32;
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        mutant[random.nextInt(end)] = (byte) random.nextInt(256);
      }
      MessageDigest digest = Checkpoint.sha256();
      digest.update(mutant, 0, end);
      System.arraycopy(digest.digest(), 0, mutant, end, 32);
      try {
        assertThat(Checkpoint.parse("mutant", mutant).values()).hasSize(3);
      } catch (MalformedFile expected) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
