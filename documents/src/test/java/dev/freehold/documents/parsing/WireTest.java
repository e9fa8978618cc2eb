package dev.freehold.documents.parsing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.documents.Block;
import dev.freehold.documents.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {

  private static final Parsed DOCUMENT =
      new Parsed(
          "application/pdf",
          7,
          List.of(
              new Block.Heading(2, "Höhe › 🌍", 1),
              new Block.Paragraph("Some text", null),
              new Block.ListItem(3, "An item", 2),
              new Block.Code("a\n  b", 3),
              new Block.Table(List.of(List.of("a", "b"), List.of("c"), List.of()), 4)),
          List.of(new Problem("page 3", "no text")));

  private static byte[] written() throws IOException {
    var bytes = new ByteArrayOutputStream();
    Wire.write(new DataOutputStream(bytes), DOCUMENT);
    return bytes.toByteArray();
  }

  private static Parsed read(byte[] bytes) throws IOException {
    return Wire.read(new DataInputStream(new ByteArrayInputStream(bytes)), _ -> {});
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    assertThat(read(written())).isEqualTo(DOCUMENT);
  }

  @Test
  void whateverAChildSaysNothingButAnErrorOfOursComesOfIt() throws IOException {
    byte[] sound = written();
    var random = new Random(5);
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = sound.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        int at = random.nextInt(bytes.length);
        bytes[at] =
            switch (random.nextInt(4)) {
              case 0 -> (byte) random.nextInt(256);
              case 1 -> (byte) 0xff;
              case 2 -> 0;
              default -> (byte) (bytes[at] ^ (1 << random.nextInt(8)));
            };
      }
      if (random.nextInt(5) == 0) {
        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        read(bytes);
      } catch (MalformedFile | IOException e) {
        // Refused, or broken off.
      }
    }
  }

  @Test
  void aFrameLargerThanAnyDocumentNeedsIsRefusedBeforeItIsRead() {
    byte[] bytes = {'B', 0x7f, 0, 0, 0};
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(MalformedFile.class);
  }
}
