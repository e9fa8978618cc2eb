package dev.freehold.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufWriter;
import dev.freehold.model.gguf.GgufWriter.Planned;
import dev.freehold.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufAdapterTest {

  private static final String MATRIX = "blk.0.attn_q.weight";

  @TempDir private Path folder;

  private static GgufHeader header() {
    return new GgufHeader()
        .text("general.type", "adapter")
        .text("general.architecture", "llama")
        .text("adapter.type", "lora")
        .number("adapter.lora.alpha", 16);
  }

  private static List<Planned> pair(TensorType type) {
    List<Planned> tensors = new ArrayList<>();
    tensors.add(new Planned(MATRIX + ".lora_a", type, List.of(32L, 4L)));
    tensors.add(new Planned(MATRIX + ".lora_b", TensorType.F32, List.of(4L, 6L)));
    return tensors;
  }

  private Path write(GgufHeader header, List<Planned> tensors) {
    Path file = folder.resolve("adapter.gguf");
    GgufWriter.write(
        file,
        header,
        tensors,
        (tensor, sink) -> {
          ByteBuffer bytes =
              ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
          if (tensor.type() == TensorType.F32) {
            while (bytes.hasRemaining()) {
              bytes.putFloat(bytes.position() / 4f);
            }
          }
          sink.accept(bytes.array(), 0, bytes.capacity());
        });
    return file;
  }

  @Test
  void factorsOfAnyTypeAreRead() {
    for (TensorType type : List.of(TensorType.F32, TensorType.F16, TensorType.Q8_0)) {
      Adapter adapter = GgufAdapter.read(write(header(), pair(type))).adapter();
      assertThat(adapter.pairs().get(MATRIX).rank()).isEqualTo(4);
      assertThat(adapter.scale(adapter.pairs().get(MATRIX))).isEqualTo(4);
    }
  }

  @Test
  void withoutAnAlphaProductsStayAsTheyAre() {
    for (GgufHeader header :
        List.of(header().without("adapter.lora.alpha"), header().number("adapter.lora.alpha", 0))) {
      Adapter adapter = GgufAdapter.read(write(header, pair(TensorType.F32))).adapter();
      assertThat(adapter.scale(adapter.pairs().get(MATRIX))).isEqualTo(1);
      assertThat(adapter.pairs().get(MATRIX).b()[5]).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adapter.alora.invocation_tokens",
        "adapter.lora.prompt_prefix",
        "llama.block_count",
        "tokenizer.ggml.model"
      })
  void aParameterThatWouldBePassedOverIsRefusedByName(String key) {
    Path file = write(header().text(key, "x"), pair(TensorType.F32));
    assertThatThrownBy(() -> GgufAdapter.read(file))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(key);
  }

  @Test
  void whatIsNoLoraAdapterIsRefused() {
    for (GgufHeader header :
        List.of(
            header().text("general.type", "model"),
            header().without("general.type"),
            header().text("adapter.type", "ia3"))) {
      Path file = write(header, pair(TensorType.F32));
      assertThatThrownBy(() -> GgufAdapter.read(file)).isInstanceOf(Unsupported.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"blk.0.attn_norm.weight", "blk.1.attn_q.weight.lora_b", "blk.0.attn_q.lora_c"})
  void aTensorThatBelongsToNoPairIsRefusedByName(String name) {
    List<Planned> tensors = pair(TensorType.F32);
    tensors.add(new Planned(name, TensorType.F32, List.of(4L, 6L)));
    Path file = write(header(), tensors);
    assertThatThrownBy(() -> GgufAdapter.read(file))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(name);
  }

  @Test
  void expertsAreRefusedByName() {
    Path file =
        write(
            header(),
            List.of(
                new Planned(
                    "blk.0.ffn_up_exps.weight.lora_a", TensorType.F32, List.of(32L, 4L, 2L)),
                new Planned(
                    "blk.0.ffn_up_exps.weight.lora_b", TensorType.F32, List.of(4L, 6L, 2L))));
    assertThatThrownBy(() -> GgufAdapter.read(file))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("experts")
        .hasMessageContaining("blk.0.ffn_up_exps.weight");
  }

  @Test
  void factorsThatDoNotFitTogetherAreMalformed() {
    List<Planned> tensors = pair(TensorType.F32);
    tensors.set(1, new Planned(MATRIX + ".lora_b", TensorType.F32, List.of(5L, 6L)));
    Path file = write(header(), tensors);
    assertThatThrownBy(() -> GgufAdapter.read(file))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining(MATRIX);
    Path alone = write(header(), pair(TensorType.F32).subList(0, 1));
    assertThatThrownBy(() -> GgufAdapter.read(alone))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("lora_b");
    Path none = write(header(), List.of());
    assertThatThrownBy(() -> GgufAdapter.read(none)).isInstanceOf(MalformedFile.class);
    Path negative = write(header().number("adapter.lora.alpha", -1), pair(TensorType.F32));
    assertThatThrownBy(() -> GgufAdapter.read(negative)).isInstanceOf(MalformedFile.class);
  }
}
