package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.tensor.TensorType;
import java.io.IOException;
import java.nio.channels.FileChannel;
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
    GgufHeader header =
        new GgufHeader()
            .text("general.architecture", "llama")
            .integer("llama.embedding_length", 64)
            .integer("llama.attention.head_count", 2)
            .integer("llama.context_length", 64)
            .integer("llama.block_count", 1)
            .integer("llama.feed_forward_length", 64)
            .number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    List<GgufWriter.Planned> tensors =
        List.of(new GgufWriter.Planned("token_embd.weight", TensorType.F32, List.of(64L, 4096L)));
    GgufWriter.write(
        path,
        header,
        tensors,
        (tensor, sink) -> sink.accept(new byte[(int) tensor.bytes()], 0, (int) tensor.bytes()));
  }
}
