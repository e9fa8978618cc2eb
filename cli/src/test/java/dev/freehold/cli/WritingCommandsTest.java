package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WritingCommandsTest {

  private static final Path FOLDERS =
      Path.of("..", "model", "src", "test", "resources", "dev", "freehold", "model", "folder");
  private static final Path TEXT =
      Path.of("..", "samples", "public-domain", "newton-opticks-queries.txt");

  @TempDir private Path home;

  private Ran run(String... arguments) {
    return Ran.command(home, arguments);
  }

  private String here(String name) {
    return home.resolve(name).toString();
  }

  @Test
  void aFolderIsConvertedAndQuantizedAndTheCostIsTold() throws IOException {
    Ran convert = run("convert", FOLDERS.resolve("llama").toString(), "-o", here("tiny.gguf"));
    assertThat(convert.code()).as(convert.err()).isZero();
    assertThat(convert.out()).contains("tiny.gguf: ", "BF16");
    String text = Files.readString(TEXT).substring(0, 2000);
    Files.writeString(home.resolve("text.txt"), text);
    Ran quantize =
        run(
            "quantize",
            here("tiny.gguf"),
            here("small.gguf"),
            "q8_0",
            "--text",
            here("text.txt"),
            "--context",
            "64",
            "--windows",
            "3",
            "--json");
    assertThat(quantize.code()).as(quantize.err()).isZero();
    JsonNode report = JsonMapper.shared().readTree(quantize.out());
    assertThat(report.path("requantised").booleanValue()).isFalse();
    assertThat(report.path("weightsByType").path("Q8_0").longValue()).isPositive();
    assertThat(report.path("bytes").longValue()).isLessThan(report.path("bytesBefore").longValue());
    JsonNode cost = report.path("cost");
    assertThat(cost.path("scoredTokens").intValue()).isEqualTo(3 * 31);
    assertThat(cost.path("perplexityBefore").doubleValue()).isGreaterThan(1);
    assertThat(cost.path("divergenceMean").doubleValue()).isBetween(1e-9, 0.05);
    assertThat(cost.path("sameBest").doubleValue()).isGreaterThan(0.8);
    try (GgufFile file = GgufFile.open(home.resolve("small.gguf"))) {
      assertThat(file.metadata().integer("general.file_type")).isEqualTo(7);
    }
    Ran again = run("quantize", here("small.gguf"), here("smaller.gguf"), "Q4_0");
    assertThat(again.out()).contains("quantised before");
  }

  @Test
  void aModelIsGivenAChatTemplateWhichIsPartOfItThen() throws IOException {
    Path template = Files.writeString(home.resolve("plain.jinja"), Company.TEMPLATE);
    Ran convert =
        run(
            "convert",
            FOLDERS.resolve("llama").toString(),
            "--chat-template",
            template.toString(),
            "-o",
            here("tiny.gguf"));
    assertThat(convert.code()).as(convert.err()).isZero();
    try (GgufFile file = GgufFile.open(home.resolve("tiny.gguf"))) {
      assertThat(file.metadata().string("tokenizer.chat_template")).isEqualTo(Company.TEMPLATE);
    }
    Files.writeString(template, "{% for %}");
    Ran broken =
        run(
            "convert",
            here("tiny.gguf"),
            "--chat-template",
            template.toString(),
            "-o",
            here("b.gguf"));
    assertThat(broken.code()).isNotZero();
    assertThat(broken.err()).contains("line 1");
    Ran none =
        run("convert", here("tiny.gguf"), "--chat-template", here("x"), "-o", here("b.gguf"));
    assertThat(none.code()).isEqualTo(66);
    assertThat(Files.exists(home.resolve("b.gguf"))).isFalse();
  }

  @Test
  void whatCannotBeWrittenIsRefusedInASentence() throws IOException {
    Ran none = run("convert", here("none"), "-o", here("x.gguf"));
    assertThat(none.code()).isEqualTo(66);
    Ran name = run("convert", FOLDERS.resolve("llama").toString(), "-o", here("x.bin"));
    assertThat(name.code()).isEqualTo(64);
    assertThat(name.err()).contains(".gguf");
    Ran type = run("quantize", FOLDERS.resolve("llama").toString(), here("x.gguf"), "IQ2_XXS");
    assertThat(type.code()).isNotZero();
    assertThat(type.err()).contains("IQ2_XXS", "Q4_K_M");
    Path notes = Files.writeString(home.resolve("notes.gguf"), "not a model");
    assertThat(run("quantize", notes.toString(), here("x.gguf"), "Q8_0").code()).isEqualTo(65);
    assertThat(Files.exists(home.resolve("x.gguf"))).isFalse();
  }
}
