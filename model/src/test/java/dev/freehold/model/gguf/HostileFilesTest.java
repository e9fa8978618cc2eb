package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What readers of GGUF were attacked with is refused by its fault. With
/// `-Dfreehold.write.docs=true` the table of `docs/models.md` is written; otherwise it must be as
/// it would be written.
class HostileFilesTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "models.md");
  private static final String BEGIN = "<!-- hostile files -->\n";
  private static final String END = "<!-- end of hostile files -->\n";

  static List<HostileFiles> all() {
    return HostileFiles.ALL;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  void aFileThatDidHarmElsewhereIsRefusedByItsFault(HostileFiles hostile) {
    assertThatThrownBy(() -> GgufFile.of("file.gguf", hostile.file()))
        .isInstanceOfAny(MalformedFile.class, Unsupported.class)
        .hasMessageContaining(hostile.refusal());
  }

  @Test
  void theDocumentNamesEachOfThem() throws IOException {
    String document = Files.readString(DOCUMENT);
    String table =
        HostileFiles.ALL.stream()
            .map(hostile -> "| %s | %s |\n".formatted(hostile.fault(), hostile.attacked()))
            .collect(Collectors.joining("", "| Fault | Did harm to |\n|---|---|\n", ""));
    String written =
        document.substring(0, document.indexOf(BEGIN) + BEGIN.length())
            + table
            + document.substring(document.indexOf(END));
    if (Boolean.getBoolean("freehold.write.docs")) {
      Files.writeString(DOCUMENT, written);
    } else {
      assertThat(document).isEqualTo(written);
    }
  }
}
