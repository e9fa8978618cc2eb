package dev.freehold.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.fixture.Mutants;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SafetensorsTest {

  private static final int USUAL = 20_000;
  private static final String SOUND =
      "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],"
          + "\"data_offsets\":[0,24]},\"b\":{\"dtype\":\"BF16\",\"shape\":[],"
          + "\"data_offsets\":[24,26]}}  ";

  private static byte[] file(String header, int data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  private static Map<String, Safetensors.Tensor> read(byte[] bytes) {
    return Safetensors.read("file", MemorySegment.ofArray(bytes));
  }

  @Test
  void aSoundFileIsRead() {
    Map<String, Safetensors.Tensor> tensors = read(file(SOUND, 26));
    assertThat(tensors).containsOnlyKeys("a", "b");
    assertThat(tensors.get("a").shape()).containsExactly(2L, 3L);
    assertThat(tensors.get("b").segment().byteSize()).isEqualTo(2);
  }

  @Test
  void gapsOverlapsAndTrailingBytesAreRefused() {
    refused(file(SOUND, 27), "bytes follow the last tensor");
    refused(file(SOUND, 25), "cut short");
    refused(file(SOUND.replace("[24,26]", "[25,27]"), 27), "the one before it ends at 24");
    refused(file(SOUND.replace("[24,26]", "[22,24]"), 24), "the one before it ends at 24");
    refused(file(SOUND.replace("[0,24]", "[0,20]"), 26), "needs 24 bytes");
  }

  @Test
  void sizesThatOverflowAreRefused() {
    refused(file(SOUND.replace("[2,3]", "[4611686018427387904,8]"), 26), "larger than any file");
    refused(file(SOUND.replace("[2,3]", "[-2,3]"), 26), "negative");
    refused(file(SOUND.replace("[2,3]", "[1,1,1,1,1,1,1,1,6]"), 26), "oddly");
    byte[] bytes = file(SOUND, 26);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
    refused(bytes, "a header of");
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1);
    refused(bytes, "a header of");
  }

  @Test
  void aHeaderThatIsNoSoundJsonIsRefused() {
    refused(file(SOUND.replace("\"b\":", "\"a\":"), 26), "JSON");
    refused(file(SOUND + "{}", 26), "follows");
    refused(file(" " + SOUND, 26), "does not begin with {");
    refused(file(SOUND.replace("\"pt\"", "1"), 26), "__metadata__");
    refused(file(SOUND.replace("\"shape\"", "\"form\""), 26), "form");
    refused(file("{\"a\":".repeat(1000), 26), "");
    assertThatThrownBy(() -> read(file(SOUND.replace("F32", "F4"), 26)))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("F4");
  }

  @Test
  void everyMutantIsReadOrRefusedByUs() {
    Mutants.check(
        SafetensorsTest.class, "safetensors headers", USUAL, SafetensorsTest::mutantIsRead);
  }

  public static void main(String[] arguments) {
    Mutants.each(arguments[0], SafetensorsTest::mutantIsRead);
  }

  private static boolean mutantIsRead(int seed) {
    Random random = new Random(seed);
    byte[] mutant = file(SOUND, 26);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(mutant.length - 26);
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[at] = (byte) "{}[]\",:0123456789-e".charAt(random.nextInt(19));
        default -> mutant = Arrays.copyOf(mutant, 27 + random.nextInt(mutant.length));
      }
    }
    read(mutant);
    return true;
  }

  private static void refused(byte[] bytes, String reason) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining(reason);
  }
}
