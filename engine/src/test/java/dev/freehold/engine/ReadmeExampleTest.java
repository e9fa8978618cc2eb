package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.fixture.DefaultModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Runs the README's example, and sees that the README shows it as it runs here.
class ReadmeExampleTest {

  @Test
  void theExampleAnswersAndEmbeds() throws Exception {
    var out = new ByteArrayOutputStream();
    ReadmeExample.run(DefaultModel.path(), new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Paris").contains("576 dimensions");
  }

  @Test
  void theReadmeShowsTheExample() throws Exception {
    String source =
        Files.readString(Path.of("src/test/java/dev/freehold/engine/ReadmeExample.java"));
    String region =
        source.substring(source.indexOf("// tag::example"), source.indexOf("// end::example"));
    String shown = region.substring(region.indexOf('\n') + 1).stripIndent().strip();
    assertThat(Files.readString(Path.of("..", "README.md")).replace("\r\n", "\n")).contains(shown);
  }
}
