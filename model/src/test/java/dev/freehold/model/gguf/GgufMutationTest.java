package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.FreeholdException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Seeded mutation of a small file's header, in a JVM of little memory.
class GgufMutationTest {

  private static final int MUTANTS = 40_000;
  private static final long[] NASTY = {
    0, -1, 1, 255, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  @Test
  void everyMutantLoadsOrIsRefusedByUsInTwentyFourMegabytes()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                GgufMutationTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output).contains(MUTANTS + " mutants");
  }

  /// What the child runs: anything but a [FreeholdException] ends it with a stack trace.
  public static void main(String[] arguments) {
    byte[] sound = GgufBuilder.sound();
    int loaded = 0;
    for (int seed = 0; seed < MUTANTS; seed++) {
      byte[] mutant = mutant(sound, new Random(seed));
      try {
        touch(GgufFile.of("mutant", mutant));
        loaded++;
      } catch (FreeholdException refused) {
        if (refused.getMessage().isEmpty()) {
          throw new AssertionError("a refusal without a reason, seed " + seed, refused);
        }
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    if (loaded == 0 || loaded == MUTANTS) {
      throw new AssertionError("mutation does nothing: " + loaded);
    }
    System.out.println(MUTANTS + " mutants, " + loaded + " loaded");
  }

  private static byte[] mutant(byte[] sound, Random random) {
    byte[] mutant = sound.clone();
    int header = sound.length - 204;
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
