package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unsupported;
import dev.freehold.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {

  @TempDir Path folder;

  @Test
  void aSoundFileIsReadWhole() throws IOException {
    Path path = Files.write(folder.resolve("sound.gguf"), GgufBuilder.sound());
    try (GgufFile file = GgufFile.open(path)) {
      Metadata metadata = file.metadata();
      assertThat(metadata.string("general.architecture")).isEqualTo("llama");
      assertThat(metadata.integer("a.byte")).isEqualTo(200);
      assertThat(metadata.integer("a.short")).isEqualTo(-2);
      assertThat(metadata.integer("a.long")).isEqualTo(7);
      assertThat(metadata.number("a.float")).isEqualTo(1.5f);
      assertThat(metadata.flag("a.flag", false)).isTrue();
      assertThat(metadata.strings("tokens")).containsExactly("a", "", "é");
      assertThat(metadata.numbers("scores")).containsExactly(-1f, 2f);
      assertThat(metadata.length("tokens")).isEqualTo(3);
      assertThat(metadata.integer("absent", 5)).isEqualTo(5);
      assertThat(metadata.findString("absent")).isEmpty();
      assertThat(metadata.names()).hasSize(9).startsWith("general.architecture");
      assertThat(file.tensorNames()).containsExactly("w", "norm");
      GgufTensor w = file.tensor("w").orElseThrow();
      assertThat(w.type()).isEqualTo(TensorType.Q8_0);
      assertThat(w.shape()).isEqualTo(List.of(64L, 2L));
      assertThat(w.weights()).isEqualTo(128);
      assertThat(w.segment().byteSize()).isEqualTo(136);
    }
  }

  @Test
  void aMissingFileIsNotFound() {
    assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void aMissingKeyAndOneOfAnotherTypeAreNamed() {
    Metadata metadata = GgufFile.of("file", GgufBuilder.sound()).metadata();
    assertThatThrownBy(() -> metadata.string("absent"))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("absent");
    assertThatThrownBy(() -> metadata.integer("tokens"))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("tokens");
    assertThatThrownBy(() -> metadata.strings("scores")).isInstanceOf(MalformedFile.class);
    assertThatThrownBy(() -> metadata.flag("a.byte", true)).isInstanceOf(MalformedFile.class);
  }

  @Test
  void aFileCutShortAnywhereIsRefused() {
    byte[] sound = GgufBuilder.sound();
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> GgufFile.of("cut.gguf", cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(MalformedFile.class)
          .hasMessageContaining("cut.gguf");
    }
  }

  @Test
  void anEmptyFileOnDiskIsRefused() throws IOException {
    Path path = Files.write(folder.resolve("empty.gguf"), new byte[0]);
    assertThatThrownBy(() -> GgufFile.open(path)).isInstanceOf(MalformedFile.class);
  }

  @Test
  void hostileCountsAndLengthsAreRefusedWithTheirOffset() {
    refused(GgufBuilder.header(3, Long.MAX_VALUE, 0), "at byte 8");
    refused(GgufBuilder.header(3, -1, 0), "at byte 8");
    refused(GgufBuilder.header(3, 0, 1L << 40), "at byte 16");
    refused(GgufBuilder.header(3, 0, 1).number(-1).number(0), "at byte 24");
    refused(GgufBuilder.header(3, 0, 1).number(Long.MAX_VALUE).number(0), "at byte 24");
    refused(array(ValueType.UINT64, Long.MAX_VALUE / 4), "at byte 41");
    refused(array(ValueType.STRING, 2).number(Long.MAX_VALUE - 3), "");
    refused(GgufBuilder.header(3, 0, 1).entry("k", ValueType.STRING).number(-5), "at byte 37");
    refused(GgufBuilder.header(3, 0, 1).string("k").integer(13).integer(0), "unknown type 13");
  }

  private static GgufBuilder array(ValueType element, long count) {
    return GgufBuilder.header(3, 0, 1)
        .entry("k", ValueType.ARRAY)
        .integer(element.ordinal())
        .number(count)
        .padTo(8);
  }

  @Test
  void tensorsThatOverflowOverlapTheEndOrAreNotAlignedAreRefused() {
    byte[] data = new byte[64];
    refused(tensor(0, 0, 1L << 32, 1L << 32).raw(data), "larger than any file");
    refused(tensor(0, 0, Long.MAX_VALUE).raw(data), "larger than any file");
    refused(tensor(0, 0, 17).raw(data), "cut short");
    refused(tensor(0, Long.MAX_VALUE - 31, 1).raw(data), "cut short");
    refused(tensor(0, -32, 1).raw(data), "not aligned");
    refused(tensor(0, 4, 1).raw(data), "not aligned");
    refused(tensor(8, 0, 33).raw(data), "do not fill blocks of 32");
    refused(tensor(0, 0, 0).raw(data), "dimension 0");
    refused(tensor(0, 0, -4).raw(data), "dimension");
    refused(tensor(0, 0).raw(data), "0 dimensions");
    refused(tensor(0, 0, 1, 1, 1, 1, 1).raw(data), "5 dimensions");
  }

  private static GgufBuilder tensor(int type, long offset, long... shape) {
    return GgufBuilder.header(3, 1, 0).tensor("t", type, offset, shape).padTo(32);
  }

  @Test
  void whatIsNotServedIsNamed() {
    unsupported(GgufBuilder.header(1, 0, 0), "version 1");
    unsupported(GgufBuilder.header(Integer.reverseBytes(3), 0, 0), "big-endian");
    unsupported(tensor(24, 0, 32).raw(new byte[64]), "Tensor type 24");
    unsupported(array(ValueType.ARRAY, 1), "array of arrays");
  }

  @Test
  void doubledNamesAndBrokenTextAreRefused() {
    refused(GgufBuilder.header(3, 0, 2).text("k", "v").text("k", "v"), "occurs twice");
    refused(
        GgufBuilder.header(3, 2, 0)
            .tensor("t", 0, 0, 1)
            .tensor("t", 0, 0, 1)
            .padTo(32)
            .raw(new byte[4]),
        "occurs twice");
    refused(
        GgufBuilder.header(3, 0, 1)
            .number(2)
            .raw(new byte[] {'k', (byte) 0xff})
            .integer(0)
            .integer(0),
        "not UTF-8");
  }

  private static void refused(GgufBuilder bytes, String reason) {
    assertThatThrownBy(() -> GgufFile.of("file.gguf", bytes.build()))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining(reason);
  }

  private static void unsupported(GgufBuilder bytes, String what) {
    assertThatThrownBy(() -> GgufFile.of("file.gguf", bytes.build()))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(what);
  }
}
