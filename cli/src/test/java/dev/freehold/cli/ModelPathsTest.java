package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.model.gguf.GgufFile;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPathsTest {

  private static final Path FOLDERS =
      Path.of("..", "model", "src", "test", "resources", "dev", "freehold", "model", "folder");
  private static final Path TEXT =
      Path.of("..", "samples", "public-domain", "newton-opticks-queries.txt");

  @TempDir private Path home;
  @TempDir private Path mine;

  private Ran run(String... arguments) {
    return Ran.command(home, arguments);
  }

  /// A folder of Hugging Face whose weights lie in four files, with a card.
  private Path folder() throws IOException {
    Path folder = Files.createDirectories(mine.resolve("Tiny-Mistral"));
    try (var files = Files.list(FOLDERS.resolve("mistral"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.writeString(folder.resolve("README.md"), "---\nlicense: apache-2.0\n---\n# Tiny\n");
    Files.writeString(folder.resolve("training.log"), "not the model's");
    return folder;
  }

  private String text() throws IOException {
    String text = Files.readString(TEXT).substring(0, 1500);
    return Files.writeString(mine.resolve("text.txt"), text).toString();
  }

  @Test
  void aFolderIsMeasuredWhereItLiesAndInTheStoreAlike() throws IOException {
    String folder = folder().toString();
    String text = text();
    Ran there = run("perplexity", folder, "--file", text, "--context", "64");
    assertThat(there.code()).as(there.err()).isZero();
    assertThat(there.out()).contains("PPL = ");
    Ran models = run("models", folder);
    assertThat(models.out()).contains("tiny-mistral", "Apache-2.0", "kB");
    assertThat(run("models").out()).contains("No model is here");
    Ran pull = run("pull", folder);
    assertThat(pull.code()).as(pull.err()).isZero();
    assertThat(pull.out()).contains("tiny-mistral is here", "licence Apache-2.0");
    assertThat(run("models").out()).contains("tiny-mistral", "Apache-2.0");
    assertThat(ModelStore.open(home).resolve("tiny-mistral").file().resolve("training.log"))
        .doesNotExist();
    Ran here = run("perplexity", "tiny-mistral", "--file", text, "--context", "64");
    assertThat(here.out()).isEqualTo(there.out());
    assertThat(run("models", "tiny-mistral").out()).isEqualTo(models.out());
  }

  @Test
  void aModelInPartsIsPulledByAnyOfThem() throws IOException {
    Path oracle = FOLDERS.resolveSibling("oracle").resolve("tiny-mixtral.gguf");
    Path first = mine.resolve("big-00001-of-00002.gguf");
    Parts.write(oracle, first, mine.resolve("big-00002-of-00002.gguf"));
    try (GgufFile whole = GgufFile.open(first)) {
      assertThat(whole.tensors()).hasSizeGreaterThan(10);
    }
    Ran pull = run("pull", first.toString());
    assertThat(pull.code()).as(pull.err()).isZero();
    assertThat(pull.out()).contains("big is here");
    assertThat(run("models", "--json").out()).contains("\"architecture\" : \"llama\"");
    assertThat(
            run(
                    "convert",
                    ModelStore.open(home).resolve("big").file().toString(),
                    "-o",
                    mine.resolve("one.gguf").toString())
                .code())
        .isZero();
    Files.delete(mine.resolve("big-00002-of-00002.gguf"));
    Ran missing = run("pull", first.toString(), "--name", "again");
    assertThat(missing.code()).isEqualTo(66);
    assertThat(missing.err()).contains("big-00002-of-00002.gguf");
  }

  @Test
  void aPathThatIsNothingIsNamed() {
    Ran nothing = run("models", mine.resolve("none.gguf").toString());
    assertThat(nothing.code()).isEqualTo(66);
    assertThat(nothing.err()).contains("none.gguf");
  }
}
