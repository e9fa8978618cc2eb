package dev.freehold.model.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.Folders;
import dev.freehold.model.tokenizer.Tokenizer;
import dev.freehold.tensor.Dequantizer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportanceMeasureTest {

  private static final String TEXT =
      "Do not Bodies act upon Light at a distance, and by their action bend its Rays; and is not "
          + "this action strongest at the least distance?";

  @TempDir Path folder;

  private static ModelFile oracle(String name) throws URISyntaxException {
    return Models.file(
        Path.of(
            ImportanceMeasureTest.class
                .getResource("/dev/freehold/model/oracle/" + name + ".gguf")
                .toURI()));
  }

  private static float[] floats(ModelFile file, String name) {
    GgufTensor tensor = file.tensor(name).orElseThrow();
    float[] floats = new float[(int) tensor.weights()];
    Dequantizer.dequantize(tensor.type(), tensor.segment(), 0, floats, 0, floats.length);
    return floats;
  }

  @Test
  void whatGoesIntoTheFirstProjectionIsItsMeanSquare() throws Exception {
    try (ModelFile file = oracle("tiny-f32")) {
      ImportanceMeasure.Result measured = ImportanceMeasure.of(file, 1, TEXT, 16, 2, (_, _) -> {});
      assertThat(measured.windows()).isEqualTo(2);
      float[] embedding = floats(file, "token_embd.weight");
      float[] norm = floats(file, "blk.0.attn_norm.weight");
      float epsilon = file.metadata().number("llama.attention.layer_norm_rms_epsilon");
      Tokenizer tokenizer = Tokenizer.read(file.metadata());
      int[] tokens = tokenizer.encode(TEXT);
      int width = norm.length;
      double[] expected = new double[width];
      for (int i = 0; i < 32; i++) {
        // Each window begins with the token that begins a text.
        int token = i % 16 == 0 ? tokenizer.vocabulary().beginningOfText().getAsInt() : tokens[i];
        double square = 0;
        for (int j = 0; j < width; j++) {
          square += Math.pow(embedding[token * width + j], 2);
        }
        for (int j = 0; j < width; j++) {
          double x = embedding[token * width + j] / Math.sqrt(square / width + epsilon) * norm[j];
          expected[j] += x * x / 32;
        }
      }
      float[] means = measured.importance().of("blk.0.attn_q.weight").orElseThrow();
      for (int j = 0; j < width; j++) {
        assertThat((double) means[j]).isCloseTo(expected[j], within(1e-5 * (1 + expected[j])));
      }
      assertThat(measured.importance().of("blk.0.attn_k.weight").orElseThrow()).isEqualTo(means);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral"})
  void whatWasMeasuredIsWrittenReadAndHonoured(String name) throws Exception {
    Path source = Folders.path(name);
    try (ModelFile file = Models.file(name.equals("llama") ? source : withTokenizer(source))) {
      ImportanceMeasure.Result measured = ImportanceMeasure.of(file, 1, TEXT, 8, 4, (_, _) -> {});
      Path path = folder.resolve("importance.gguf");
      measured.importance().write(path, "a text", measured.windows(), 8);
      Importance read = Importance.read(path);
      String down = name.equals("llama") ? "blk.1.ffn_down.weight" : "blk.1.ffn_down_exps.weight";
      float[] means = read.of(down).orElseThrow();
      assertThat(means).isEqualTo(measured.importance().of(down).orElseThrow());
      assertThat(means).hasSize(name.equals("llama") ? 48 : 4 * 48);
      Path plain = folder.resolve("plain.gguf");
      Path weighted = folder.resolve("weighted.gguf");
      Mixture mixture = Mixture.of("Q4_0");
      ModelWriter.write(file, plain, mixture, null, 1);
      ModelWriter.write(file, weighted, mixture, read, 1);
      String query = "blk.0.attn_q.weight";
      float[] by = read.of(query).orElseThrow();
      assertThat(error(file, weighted, query, by)).isLessThan(error(file, plain, query, by));
    }
  }

  /// The folder with the tokenizer of another that has as many tokens.
  private Path withTokenizer(Path source) throws Exception {
    Path copy = java.nio.file.Files.createDirectories(folder.resolve("copy"));
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      java.nio.file.Files.copy(source.resolve(file), copy.resolve(file));
    }
    for (String file : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      java.nio.file.Files.copy(Folders.path("llama").resolve(file), copy.resolve(file));
    }
    return copy;
  }

  /// The mean square error of a matrix, each input weighed by what goes into it.
  private static double error(ModelFile source, Path written, String name, float[] means) {
    float[] before = floats(source, name);
    double error = 0;
    try (ModelFile file = Models.file(written)) {
      float[] after = floats(file, name);
      for (int i = 0; i < before.length; i++) {
        error += means[i % means.length] * Math.pow(before[i] - after[i], 2);
      }
    }
    return error;
  }

  @Test
  void aTextShorterThanAWindowIsRefused() throws Exception {
    try (ModelFile file = oracle("tiny-f32")) {
      assertThatThrownBy(() -> ImportanceMeasure.of(file, 1, "Light", 16, 2, (_, _) -> {}))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("one window of 16");
    }
  }
}
