package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitFilesTest {

  @TempDir Path folder;

  private Path part(int number, int of, String tensor) throws IOException {
    GgufBuilder builder =
        GgufBuilder.header(3, 1, number == 1 ? 4 : 3)
            .entry("split.no", ValueType.UINT16)
            .raw(new byte[] {(byte) (number - 1), 0})
            .entry("split.count", ValueType.UINT16)
            .raw(new byte[] {(byte) of, 0})
            .entry("split.tensors.count", ValueType.INT32)
            .integer(of);
    if (number == 1) {
      builder.text("general.architecture", "llama");
    }
    byte[] bytes =
        builder
            .tensor(tensor, 0, 0, 8)
            .padTo(32)
            .raw(new byte[] {(byte) number})
            .raw(new byte[31])
            .build();
    return Files.write(folder.resolve("m-%05d-of-%05d.gguf".formatted(number, of)), bytes);
  }

  @Test
  void aSplitModelOpensFromAnyPartAndLooksLikeOne() throws IOException {
    Path[] parts = {part(1, 3, "a"), part(2, 3, "b"), part(3, 3, "c")};
    for (Path part : parts) {
      try (GgufFile file = GgufFile.open(part)) {
        assertThat(file.tensorNames()).containsExactly("a", "b", "c");
        assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
        assertThat(
                file.tensor("c")
                    .orElseThrow()
                    .segment()
                    .get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0))
            .isEqualTo((byte) 3);
        assertThat(file.size()).isEqualTo(Files.size(parts[0]) + 2 * Files.size(parts[1]));
      }
    }
  }

  @Test
  void missingPartsAreNamed() throws IOException {
    Path second = part(2, 3, "b");
    assertThatThrownBy(() -> GgufFile.open(second))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("m-00001-of-00003.gguf, m-00003-of-00003.gguf");
  }

  @Test
  void partsThatDoNotBelongTogetherAreRefused() throws IOException {
    Path first = part(1, 2, "a");
    part(2, 2, "a");
    assertThatThrownBy(() -> GgufFile.open(first))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("tensor a is in an earlier part");
    Files.copy(first, folder.resolve("n-00001-of-00002.gguf"));
    Files.copy(first, folder.resolve("n-00002-of-00002.gguf"));
    assertThatThrownBy(() -> GgufFile.open(folder.resolve("n-00001-of-00002.gguf")))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("part 2 of 2");
    Path renamed = Files.copy(first, folder.resolve("renamed.gguf"));
    assertThatThrownBy(() -> GgufFile.open(renamed))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("NAME-00001-of-00002.gguf");
    Path more = Files.copy(first, folder.resolve("m-00001-of-00007.gguf"));
    assertThatThrownBy(() -> GgufFile.open(more))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("one of 2 parts");
  }

  @Test
  void everyMutantOfAPartOpensOrIsRefusedByUs() throws IOException {
    Path[] parts = {part(1, 2, "a"), part(2, 2, "b")};
    byte[][] sound = {Files.readAllBytes(parts[0]), Files.readAllBytes(parts[1])};
    int opened = 0;
    int mutants = Math.min(Integer.getInteger("freehold.mutants", 400), 50_000);
    for (int seed = 0; seed < mutants; seed++) {
      Random random = new Random(seed);
      int which = seed % 2;
      byte[] mutant = sound[which].clone();
      for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
        int at = random.nextInt(mutant.length);
        if (random.nextInt(4) == 0) {
          mutant = Arrays.copyOf(mutant, at + 1);
        } else {
          mutant[at] = (byte) random.nextInt();
        }
      }
      Files.write(parts[which], mutant);
      try (GgufFile file = GgufFile.open(parts[random.nextInt(2)])) {
        opened += file.tensors().isEmpty() ? 0 : 1;
      } catch (FreeholdException refused) {
        assertThat(refused.getMessage()).as("seed " + seed).isNotBlank();
      }
      Files.write(parts[which], sound[which]);
    }
    assertThat(opened).isBetween(1, mutants - 1);
  }
}
