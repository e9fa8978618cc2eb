package dev.freehold.model.gguf;

import static dev.freehold.tensor.TensorType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.safetensors.Folders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file that is cut short while it is mapped: the system refuses the memory, and that must be an
/// error about the file and not the end of the process.
class TruncationTest {

  private static final GgufWriter.Planned EMBEDDING =
      new GgufWriter.Planned("token_embd.weight", F32, List.of(64L, 4096L));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aModelCutShortAfterItWasOpenedIsRefused(int threads) throws IOException {
    Path path = folder.resolve("model.gguf");
    write(path);
    ModelConfiguration configuration = ModelConfiguration.standard().withThreads(threads);
    try (GgufFile file = GgufFile.open(path)) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(4096);
      }
      assertThat(file.metadata().string("general.architecture")).isEqualTo("llama");
      assertThatThrownBy(() -> Models.open(file, configuration))
          .isInstanceOf(MalformedFile.class)
          .hasMessageContaining("became shorter while it was read");
    }
  }

  @Test
  void aPartCutShortAfterTheModelWasOpenedIsRefused() throws IOException {
    Path first = folder.resolve("model-00001-of-00002.gguf");
    Path second = folder.resolve("model-00002-of-00002.gguf");
    GgufWriter.Planned head = new GgufWriter.Planned("output_norm.weight", F32, List.of(64L));
    write(first, header().integer("split.no", 0).integer("split.count", 2), List.of(head));
    write(
        second,
        new GgufHeader().integer("split.no", 1).integer("split.count", 2),
        List.of(EMBEDDING));
    requireRefusedAfterTruncation(first, second);
  }

  @Test
  void aFolderWhoseWeightsAreCutShortAfterItWasOpenedIsRefused() throws IOException {
    try (var files = Files.list(Folders.path("qwen3"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    requireRefusedAfterTruncation(folder, folder.resolve("model.safetensors"));
  }

  private static void requireRefusedAfterTruncation(Path model, Path cut) throws IOException {
    try (ModelFile file = Models.file(model)) {
      try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
        channel.truncate(4096);
      }
      assertThatThrownBy(() -> Models.open(file, ModelConfiguration.standard().withThreads(1)))
          .isInstanceOf(MalformedFile.class)
          .hasMessageContaining("became shorter while it was read");
    }
  }

  @Test
  void metadataStaysReadableWhenTheFileIsGone() throws IOException {
    Path path = folder.resolve("model.gguf");
    write(path);
    Metadata metadata;
    try (GgufFile file = GgufFile.open(path)) {
      metadata = file.metadata();
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
    }
    assertThat(metadata.integer("llama.embedding_length")).isEqualTo(64);
  }

  private static void write(Path path) {
    write(path, header(), List.of(EMBEDDING));
  }

  private static GgufHeader header() {
    return new GgufHeader()
        .text("general.architecture", "llama")
        .integer("llama.embedding_length", 64)
        .integer("llama.attention.head_count", 2)
        .integer("llama.context_length", 64)
        .integer("llama.block_count", 1)
        .integer("llama.feed_forward_length", 64)
        .number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  }

  private static void write(Path path, GgufHeader header, List<GgufWriter.Planned> tensors) {
    GgufWriter.write(
        path,
        header,
        tensors,
        (tensor, sink) -> sink.accept(new byte[(int) tensor.bytes()], 0, (int) tensor.bytes()));
  }
}
