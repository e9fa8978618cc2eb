package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.FreeholdException;
import dev.freehold.model.adapter.Adapters;
import dev.freehold.model.adapter.GgufAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Seeded mutation of adapters in GGUF: each is read or refused by us.
class AdapterMutationTest {

  private static final int MUTANTS = Integer.getInteger("freehold.mutants", 20_000);
  private static final byte[][] WORDS = {
    "lora".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
    ".lora_a".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
    "model".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
    {0, 0, 0, 0, 0, 0, 0, 0},
    {-1, -1, -1, -1, -1, -1, -1, 127},
    {0, 0, -64, 127}, // NaN
    {0, 0, -128, 127}, // infinity
  };

  @Test
  void everyMutantIsReadOrRefusedByUs() throws IOException {
    byte[] sound = Files.readAllBytes(Adapters.path("qwen2.gguf"));
    int header = header(sound);
    int read = 0;
    for (int seed = 0; seed < MUTANTS; seed++) {
      byte[] mutant = mutant(sound, header, new Random(seed));
      try (GgufFile file = GgufFile.of("mutant", mutant)) {
        var adapter = GgufAdapter.read(file).adapter();
        assertThat(adapter.alpha()).isPositive();
        adapter.pairs().forEach((_, pair) -> assertThat(Float.isFinite(pair.b()[0])).isTrue());
        read++;
      } catch (FreeholdException refused) {
        assertThat(refused.getMessage()).as("seed %d", seed).isNotEmpty();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(read).isBetween(1, MUTANTS - 1);
  }

  /// Bytes before the first tensor.
  private static int header(byte[] file) {
    try (GgufFile gguf = GgufFile.of("sound", file)) {
      long data = gguf.tensors().values().stream().mapToLong(t -> t.segment().byteSize()).sum();
      return (int) (file.length - data);
    }
  }

  private static byte[] mutant(byte[] sound, int header, Random random) {
    byte[] mutant = sound.clone();
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(random.nextInt(8) == 0 ? mutant.length : header);
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] = (byte) random.nextInt(256);
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          byte[] word = WORDS[random.nextInt(WORDS.length)];
          System.arraycopy(word, 0, mutant, at, Math.min(word.length, mutant.length - at));
        }
        default -> mutant = java.util.Arrays.copyOf(mutant, Math.max(header / 2, at));
      }
      header = Math.min(header, mutant.length);
    }
    return mutant;
  }
}
