package dev.freehold.model.gguf;

import dev.freehold.chat.FreeholdException;
import dev.freehold.fixture.Mutants;
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

  /// The first is sound; the others begin where attacks of the past ended.
  private static List<byte[]> seeds() {
    byte[] data = new byte[204];
    return List.of(
        GgufBuilder.sound(),
        GgufBuilder.sound(),
        // A string whose length wraps around when something is added to it.
        GgufBuilder.header(3, 0, 1).number(-8).raw("key").padTo(32).raw(data).build(),
        // An array that is larger than memory, and one of strings without end.
        GgufBuilder.header(3, 0, 1)
            .entry("k", ValueType.ARRAY)
            .integer(ValueType.UINT64.ordinal())
            .number(1L << 60)
            .padTo(32)
            .raw(data)
            .build(),
        GgufBuilder.header(3, 0, 1)
            .entry("k", ValueType.ARRAY)
            .integer(ValueType.STRING.ordinal())
            .number(25)
            .raw(data)
            .build(),
        // Arrays within arrays.
        GgufBuilder.header(3, 0, 1)
            .entry("k", ValueType.ARRAY)
            .integer(ValueType.ARRAY.ordinal())
            .number(1)
            .raw(data)
            .build(),
        // More tensors and entries than the file has bytes for.
        GgufBuilder.header(3, 1L << 61, 1L << 61).raw(data).build(),
        // More dimensions than the reader has places for.
        GgufBuilder.header(3, 1, 0).tensor("t", 0, 0, 1, 1, 1, 1, 1, 1).padTo(32).raw(data).build(),
        // A product of dimensions that wraps around to something small.
        GgufBuilder.header(3, 1, 0)
            .tensor("t", 0, 0, 1L << 32, 1L << 31, 2)
            .padTo(32)
            .raw(data)
            .build(),
        // An offset past the end, and one that wraps around with the size.
        GgufBuilder.header(3, 1, 0).tensor("t", 0, 1L << 40, 8).padTo(32).raw(data).build(),
        GgufBuilder.header(3, 1, 0).tensor("t", 0, -32, 16).padTo(32).raw(data).build(),
        // A dimension of nothing, which sizes are divided by, and a type that is none.
        GgufBuilder.header(3, 1, 0).tensor("t", 0, 0, 0, 8).padTo(32).raw(data).build(),
        GgufBuilder.header(3, 1, 0).tensor("t", 1 << 30, 0, 8).padTo(32).raw(data).build(),
        // An alignment that is divided by.
        GgufBuilder.header(3, 1, 1)
            .entry("general.alignment", ValueType.UINT32)
            .integer(0)
            .tensor("t", 0, 0, 8)
            .padTo(32)
            .raw(data)
            .build(),
        // A part of nothing, and one of more parts than there are names.
        GgufBuilder.header(3, 1, 2)
            .entry("split.no", ValueType.UINT16)
            .raw(new byte[] {9, 0})
            .entry("split.count", ValueType.UINT16)
            .raw(new byte[] {(byte) 255, (byte) 255})
            .tensor("t", 12, 0, 256)
            .padTo(32)
            .raw(data)
            .build());
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
