package dev.freehold.model.gguf;

import dev.freehold.chat.FreeholdException;
import dev.freehold.fixture.Mutants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Seeded mutation of small files' headers, in a JVM of little memory: a sound file and one for
/// each class of fault that readers of GGUF were attacked with. More of them: [Mutants].
class GgufMutationTest {

  private static final int USUAL = 200_000;
  private static final long[] NASTY = {
    0, -1, 1, 255, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  @Test
  void everyMutantLoadsOrIsRefusedByUsInTwentyFourMegabytes() {
    Mutants.checkApart(GgufMutationTest.class, "GGUF headers", USUAL, "24m");
  }

  public static void main(String[] arguments) {
    List<byte[]> seeds = seeds();
    Mutants.each(
        arguments[0],
        seed -> {
          touch(GgufFile.of("mutant", mutant(seeds.get(seed % seeds.size()), new Random(seed))));
          return true;
        });
  }

  /// The first two are sound; the others begin where attacks of the past ended. A part of nothing
  /// is read as a file of its own.
  private static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>(List.of(GgufBuilder.sound(), GgufBuilder.sound()));
    HostileFiles.ALL.forEach(hostile -> seeds.add(hostile.file()));
    seeds.add(
        GgufBuilder.header(3, 1, 2)
            .entry("split.no", ValueType.UINT16)
            .raw(new byte[] {9, 0})
            .entry("split.count", ValueType.UINT16)
            .raw(new byte[] {(byte) 255, (byte) 255})
            .tensor("t", 12, 0, 256)
            .padTo(32)
            .raw(new byte[204])
            .build());
    return seeds;
  }

  private static byte[] mutant(byte[] sound, Random random) {
    byte[] mutant = sound.clone();
    int header = sound.length - Math.min(204, sound.length / 2);
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(header);
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          long nasty = NASTY[random.nextInt(NASTY.length)];
          int width = random.nextBoolean() ? 4 : 8;
          for (int b = 0; b < width && at + b < mutant.length; b++) {
            mutant[at + b] = (byte) (nasty >>> (8 * b));
          }
        }
        default -> mutant = Arrays.copyOf(mutant, random.nextInt(mutant.length + 1));
      }
      if (mutant.length <= header) {
        return mutant;
      }
    }
    return mutant;
  }

  private static void touch(GgufFile file) {
    Metadata metadata = file.metadata();
    for (String key : metadata.names()) {
      try {
        if (!metadata.isArray(key)) {
          metadata.findString(key);
        } else {
          metadata.strings(key);
        }
      } catch (FreeholdException otherType) {
        metadata.contains(key);
      }
    }
    for (GgufTensor tensor : file.tensors().values()) {
      tensor.segment().asSlice(tensor.segment().byteSize() - 1, 1);
    }
  }
}
