package dev.freehold.model.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.GgufWriter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.Folders;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.Quantizer;
import dev.freehold.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelWriterTest {

  @TempDir Path scratch;

  private ModelWriter.Report write(Path from, Path to, Mixture mixture) {
    try (ModelFile file = Models.file(from)) {
      return ModelWriter.write(file, to, mixture, null, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3moe", "gemma3"})
  void aFolderBecomesTheFileThatLlamaCppsConverterMakes(String name) throws Exception {
    JsonNode golden =
        JsonMapper.shared().readTree(Files.readString(Folders.path(name + ".gguf.json")));
    Path target = scratch.resolve(name + ".gguf");
    write(Folders.path(name), target, Mixture.F32);
    try (GgufFile file = GgufFile.open(target)) {
      assertThat(file.tensorNames())
          .containsExactlyInAnyOrderElementsOf(
              golden.path("tensors").propertyStream().map(java.util.Map.Entry::getKey).toList());
      for (GgufTensor tensor : file.tensors().values()) {
        JsonNode expected = golden.path("tensors").path(tensor.name());
        assertThat(tensor.shape())
            .isEqualTo(expected.path("shape").valueStream().map(JsonNode::asLong).toList());
        if (!tensor.name().equals("rope_freqs.weight")) {
          assertThat(Folders.digest(tensor))
              .as(tensor.name())
              .isEqualTo(expected.path("sha256").asString());
        }
      }
    }
  }

  @Test
  void whatIsWrittenAsItIsHasTheSameBytesAndKeys() throws IOException {
    Path first = scratch.resolve("first.gguf");
    Path second = scratch.resolve("second.gguf");
    write(Folders.path("llama"), first, Mixture.AS_IS);
    write(first, second, Mixture.AS_IS);
    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
  }

  @ParameterizedTest
  @CsvSource({
    "Q8_0, 0.008",
    "Q4_0, 0.15",
    "Q4_K_M, 0.09",
    "Q5_K_M, 0.045",
    "Q6_K, 0.025",
    "F16, 0.0006"
  })
  void weightsComeBackNearTheOriginal(String name, double error) {
    Path target = scratch.resolve("small.gguf");
    ModelWriter.Report report = write(Folders.path("llama"), target, Mixture.of(name));
    assertThat(report.requantised()).isFalse();
    try (ModelFile before = Models.file(Folders.path("llama"));
        GgufFile after = GgufFile.open(target)) {
      for (GgufTensor tensor : before.tensors().values()) {
        float[] one = floats(tensor);
        float[] other = floats(after.tensor(tensor.name()).orElseThrow());
        double difference = 0;
        double size = 0;
        for (int i = 0; i < one.length; i++) {
          difference += Math.pow(one[i] - other[i], 2);
          size += Math.pow(one[i], 2);
        }
        assertThat(Math.sqrt(difference / size)).as(tensor.name()).isLessThan(error);
      }
    }
  }

  private static float[] floats(GgufTensor tensor) {
    float[] floats = new float[(int) tensor.weights()];
    Dequantizer.dequantize(tensor.type(), tensor.segment(), 0, floats, 0, floats.length);
    return floats;
  }

  @Test
  void mixturesGiveMoreBitsWhereLlamaCppDoes() {
    Mixture.Shape shape = new Mixture.Shape(32, 0, false);
    List<Long> wide = List.of(4096L, 4096L);
    assertThat(type(Mixture.Q4_K_M, "output.weight", wide, shape)).isEqualTo(TensorType.Q6_K);
    assertThat(type(Mixture.Q4_K_M, "token_embd.weight", wide, shape)).isEqualTo(TensorType.Q4_K);
    assertThat(type(Mixture.Q4_K_M, "blk.0.ffn_down.weight", wide, shape))
        .isEqualTo(TensorType.Q6_K);
    assertThat(type(Mixture.Q4_K_M, "blk.4.ffn_down.weight", wide, shape))
        .isEqualTo(TensorType.Q4_K);
    assertThat(type(Mixture.Q5_K_M, "blk.6.attn_v.weight", wide, shape)).isEqualTo(TensorType.Q6_K);
    assertThat(type(Mixture.Q5_K_M, "blk.7.attn_q.weight", wide, shape)).isEqualTo(TensorType.Q5_K);
    assertThat(type(Mixture.Q4_K_M, "blk.7.ffn_up.weight", List.of(96L, 8L), shape))
        .isEqualTo(TensorType.Q5_0);
    assertThat(type(Mixture.Q4_K_M, "blk.7.ffn_up.weight", List.of(72L, 8L), shape))
        .isEqualTo(TensorType.F16);
    assertThat(type(Mixture.Q4_K_M, "blk.7.ffn_norm.weight", List.of(4096L), shape))
        .isEqualTo(TensorType.F32);
    assertThat(type(Mixture.Q4_0, "output.weight", wide, shape)).isEqualTo(TensorType.Q6_K);
    Mixture.Shape eight = new Mixture.Shape(32, 8, false);
    assertThat(type(Mixture.Q4_K_M, "blk.7.attn_k.weight", wide, eight)).isEqualTo(TensorType.Q8_0);
    assertThat(type(Mixture.Q4_K_M, "blk.7.ffn_gate_inp.weight", wide, eight))
        .isEqualTo(TensorType.F32);
  }

  private static TensorType type(
      Mixture mixture, String name, List<Long> dimensions, Mixture.Shape shape) {
    return mixture.type(name, dimensions, TensorType.BF16, shape);
  }

  @Test
  void anImportanceMatrixMovesTheErrorToWhereItMattersLess() {
    GgufHeader header =
        new GgufHeader().text("general.architecture", "llama").integer("llama.block_count", 1);
    int columns = 512;
    float[] weights = new float[columns * 64];
    Random random = new Random(8);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    float[] sums = new float[columns];
    for (int i = 0; i < columns; i++) {
      sums[i] = i % 8 == 0 ? 5000 : 1;
    }
    String name = "blk.0.attn_q.weight";
    Path model = scratch.resolve("model.gguf");
    floats(model, header, Map.of(name, weights), List.of(512L, 64L));
    Path matrix = scratch.resolve("imatrix.gguf");
    floats(
        matrix,
        new GgufHeader().text("general.type", "imatrix"),
        new TreeMap<>(Map.of(name + ".in_sum2", sums, name + ".counts", new float[] {10})),
        null);
    Path plain = scratch.resolve("plain.gguf");
    Path weighted = scratch.resolve("weighted.gguf");
    try (ModelFile file = Models.file(model)) {
      ModelWriter.write(file, plain, Mixture.Q4_K_M, null, 2);
      ModelWriter.write(file, weighted, Mixture.Q4_K_M, Importance.read(matrix), 2);
    }
    assertThat(error(weighted, name, weights, sums))
        .isLessThan(0.9 * error(plain, name, weights, sums));
    assertThatThrownBy(() -> Importance.read(model)).isInstanceOf(Unsupported.class);
  }

  private static double error(Path path, String name, float[] weights, float[] sums) {
    try (GgufFile file = GgufFile.open(path)) {
      float[] back = floats(file.tensor(name).orElseThrow());
      double error = 0;
      for (int i = 0; i < back.length; i++) {
        error += sums[i % sums.length] * Math.pow(back[i] - weights[i], 2);
      }
      return Math.sqrt(error);
    }
  }

  /// Writes tensors of floats, as vectors where there is no `shape`.
  private static void floats(
      Path path, GgufHeader header, Map<String, float[]> tensors, @Nullable List<Long> shape) {
    List<GgufWriter.Planned> planned =
        tensors.entrySet().stream()
            .map(entry ->
                new GgufWriter.Planned(
                    entry.getKey(),
                    TensorType.F32,
                    shape == null ? List.of((long) entry.getValue().length) : shape))
            .toList();
    GgufWriter.write(
        path,
        header,
        planned,
        (tensor, sink) -> {
          float[] numbers = tensors.get(tensor.name());
          byte[] bytes = new byte[4 * numbers.length];
          Quantizer.quantize(TensorType.F32, numbers, 0, numbers.length, null, bytes, 0);
          sink.accept(bytes, 0, bytes.length);
        });
  }

  @Test
  void aWeightThatIsNoNumberIsRefused() {
    Path model = scratch.resolve("model.gguf");
    float[] weights = new float[64];
    weights[40] = Float.NaN;
    GgufHeader header = new GgufHeader().text("general.architecture", "llama");
    floats(model, header, Map.of("output.weight", weights), List.of(32L, 2L));
    assertThatThrownBy(() -> write(model, scratch.resolve("out.gguf"), Mixture.Q8_0))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("output.weight: a weight in row 1 is NaN");
  }

  @Test
  void whatIsReadIsNotWrittenOver() {
    Path target = scratch.resolve("own.gguf");
    write(Folders.path("llama"), target, Mixture.AS_IS);
    assertThatThrownBy(() -> write(target, target, Mixture.Q8_0))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("in the way");
  }
}
