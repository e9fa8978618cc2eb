package dev.freehold.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.MalformedFile;
import dev.freehold.fixture.Mutants;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.tokenizer.Tokenizer;
import dev.freehold.tensor.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Seeded mutants of whole models of many architectures, opened as a user's file is: header,
/// hyperparameters, tensors and tokenizer. More of them: [Mutants].
class ModelMutationTest {

  private static final int USUAL = 1_000;
  private static final long[] NASTY = {
    0, -1, 1, 2, 3, 255, 65_536, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE
  };
  private static final List<String> MODELS =
      List.of(
          "tiny-q4_0",
          "tiny-f32-rope-llama3",
          "tiny-llama-yarn",
          "tiny-mistral-window",
          "tiny-mistral3",
          "tiny-mixtral-split",
          "tiny-smollm3",
          "tiny-qwen2moe",
          "tiny-qwen3",
          "tiny-qwen35",
          "tiny-gemma2",
          "tiny-gemma3",
          "tiny-phi3-longrope",
          "tiny-granitemoe",
          "tiny-lfm2moe",
          "tiny-gpt-oss",
          "tiny-deepseek-v3",
          "encoder-bert",
          "encoder-modern-bert",
          "encoder-nomic-bert",
          "encoder-gemma-embedding-dense");

  /// A million found these: sizes that were reserved before a tensor of that size was seen.
  @ParameterizedTest
  @CsvSource({
    "tiny-gpt-oss, gpt-oss.expert_count, 2147483647",
    "encoder-gemma-embedding-dense, gemma-embedding.block_count, 2147483647",
    "tiny-q4_0, llama.attention.key_length, 2147483646",
    "tiny-q4_0, llama.attention.head_count, 65536",
    "tiny-deepseek-v3, deepseek2.attention.key_length_mla, 2147483646",
  })
  void aNumberThatNoTensorBearsOutIsRefused(String name, String key, int number)
      throws IOException {
    GgufFile sound = GgufFile.of("sound", sound(name));
    GgufHeader header = new GgufHeader().copy(sound.metadata()).integer(key, number);
    byte[] file = written(sound, header, List.copyOf(sound.tensors().values()));
    assertThatThrownBy(() -> opens(file))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("%s is %d".formatted(key, number));
  }

  static List<String> models() {
    return MODELS;
  }

  /// Divided by, indexed with and counted to: each number of a header in turn is nothing, negative
  /// and huge, and a model that opens all the same computes.
  @ParameterizedTest
  @MethodSource("models")
  void anyNumberUnderAnyKeyIsComputedWithOrRefused(String name) throws IOException {
    GgufFile sound = GgufFile.of("sound", sound(name));
    List<GgufTensor> tensors = List.copyOf(sound.tensors().values());
    int refused = 0;
    for (String key : sound.metadata().names()) {
      for (int number : new int[] {0, -1, 1, 7, Integer.MAX_VALUE}) {
        GgufHeader header = new GgufHeader().copy(sound.metadata()).integer(key, number);
        byte[] file = written(sound, header, tensors);
        try {
          computes(file);
        } catch (FreeholdException e) {
          refused++;
        } catch (RuntimeException | Error e) {
          throw new AssertionError("%s = %d".formatted(key, number), e);
        }
      }
    }
    assertThat(refused).isGreaterThan(sound.metadata().names().size());
  }

  /// What a vocabulary's arrays say of each other.
  @Test
  void aVocabularyThatDoesNotFitTogetherIsReadOrRefused() {
    List<List<String>> tokens =
        List.of(
            List.of(), List.of("<0x-1>", "<0xZZ>", "<0x>", ""), List.of("a", "a", "\u2581", "<s>"));
    List<List<String>> merges = List.of(List.of(), List.of("a"), List.of(" ", "a b c", "a  "));
    int refused = 0;
    int read = 0;
    for (String kind : List.of("llama", "gpt2", "bert", "t5", "gemma4", "none")) {
      for (List<String> texts : tokens) {
        for (List<String> pairs : merges) {
          for (int length : new int[] {0, 1, texts.size(), 9}) {
            for (int type : new int[] {0, 1, 6, 7, -1}) {
              GgufHeader header =
                  new GgufHeader()
                      .text("tokenizer.ggml.model", kind)
                      .text("tokenizer.ggml.pre", "default")
                      .texts("tokenizer.ggml.tokens", texts)
                      .texts("tokenizer.ggml.merges", pairs)
                      .numbers("tokenizer.ggml.scores", new float[length])
                      .integers(
                          "tokenizer.ggml.token_type",
                          IntStream.generate(() -> type).limit(length).toArray())
                      .integer("tokenizer.ggml.bos_token_id", Integer.MAX_VALUE)
                      .integer("tokenizer.ggml.unknown_token_id", length);
              try {
                Tokenizer.read(header.metadata("file")).encode("a \u2581 <s>");
                read++;
              } catch (FreeholdException e) {
                refused++;
              }
            }
          }
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(read + refused).isEqualTo(6 * 3 * 3 * 4 * 5);
  }

  @Test
  void everyMutantOfAModelLoadsOrIsRefusedByUs() {
    Mutants.checkApart(ModelMutationTest.class, "models", USUAL, "256m");
  }

  public static void main(String[] arguments) throws IOException {
    List<byte[]> models = new ArrayList<>();
    for (String name : MODELS) {
      models.add(sound(name));
    }
    Mutants.each(
        arguments[0], seed -> opens(mutant(models.get(seed % models.size()), new Random(seed))));
  }

  private static boolean opens(byte[] mutant) {
    try (GgufFile file = GgufFile.of("mutant", mutant);
        LanguageModel model =
            Models.open(file, ModelConfiguration.standard().withThreads(1).withContextLength(64))) {
      if (file.metadata().contains("tokenizer.ggml.tokens")) {
        Tokenizer.read(file.metadata()).encode("Light, é 123");
      }
      return model.parameters().weights() > 0;
    }
  }

  private static void computes(byte[] changed) {
    try (GgufFile file = GgufFile.of("changed", changed);
        LanguageModel model =
            Models.open(file, ModelConfiguration.standard().withThreads(1).withContextLength(64))) {
      if (file.metadata().contains("tokenizer.ggml.tokens")) {
        Tokenizer.read(file.metadata()).encode("Light");
      }
      model.step(Batch.of(model.newSequence(), new int[] {0, 1, 0}, Batch.Outputs.HIDDEN));
    }
  }

  private static byte[] sound(String name) throws IOException {
    try (InputStream in =
        ModelMutationTest.class.getResourceAsStream(
            "/dev/freehold/model/oracle/" + name + ".gguf")) {
      if (in == null) {
        throw new IOException("no golden " + name);
      }
      return in.readAllBytes();
    }
  }

  /// Half of them are changed byte by byte, half by what a header says.
  private static byte[] mutant(byte[] sound, Random random) {
    if (random.nextBoolean()) {
      return rewritten(sound, random);
    }
    byte[] mutant = sound.clone();
    int header = 1 + headerLength(sound);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(header);
      switch (random.nextInt(3)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        default -> {
          long nasty = NASTY[random.nextInt(NASTY.length)];
          int width = random.nextBoolean() ? 4 : 8;
          for (int b = 0; b < width && at + b < mutant.length; b++) {
            mutant[at + b] = (byte) (nasty >>> (8 * b));
          }
        }
      }
    }
    return mutant;
  }

  private static int headerLength(byte[] sound) {
    long weights = 0;
    for (GgufTensor tensor : GgufFile.of("sound", sound).tensors().values()) {
      weights += Math.ceilDiv(tensor.segment().byteSize(), 32) * 32;
    }
    return (int) (sound.length - weights);
  }

  /// A sound file that says something else: keys without sense or none, tensors of other shapes,
  /// types and names.
  private static byte[] rewritten(byte[] sound, Random random) {
    GgufFile file = GgufFile.of("sound", sound);
    GgufHeader header = new GgufHeader().copy(file.metadata());
    List<String> keys =
        file.metadata().names().stream().filter(key -> !key.startsWith("general.")).toList();
    List<GgufTensor> tensors = new ArrayList<>(file.tensors().values());
    for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
      if (random.nextInt(3) > 0) {
        changeKey(header, keys.get(random.nextInt(keys.size())), random);
      } else {
        changeTensor(tensors, random);
      }
    }
    return written(file, header, tensors);
  }

  private static byte[] written(GgufFile file, GgufHeader header, List<GgufTensor> tensors) {
    List<GgufWriter.Planned> planned =
        tensors.stream()
            .map(tensor -> new GgufWriter.Planned(tensor.name(), tensor.type(), tensor.shape()))
            .toList();
    var mutant = new ByteArrayOutputStream();
    mutant.writeBytes(GgufWriter.beginning(header, planned));
    for (GgufWriter.Planned one : planned) {
      byte[] bytes = new byte[(int) Math.ceilDiv(one.bytes(), 32) * 32];
      file.tensor(one.name())
          .map(tensor -> tensor.segment().toArray(ValueLayout.JAVA_BYTE))
          .ifPresent(from ->
              System.arraycopy(from, 0, bytes, 0, (int) Math.min(from.length, one.bytes())));
      mutant.writeBytes(bytes);
    }
    return mutant.toByteArray();
  }

  private static void changeKey(GgufHeader header, String key, Random random) {
    int nasty = (int) NASTY[random.nextInt(NASTY.length)];
    switch (random.nextInt(8)) {
      case 0 -> header.without(key);
      case 1 -> header.text(key, random.nextBoolean() ? "" : "none");
      case 2 -> header.number(key, random.nextBoolean() ? Float.NaN : nasty);
      case 3 -> header.flag(key, random.nextBoolean());
      case 4 -> header.integers(key, nasty, nasty);
      case 5 -> header.numbers(key);
      default -> header.integer(key, nasty);
    }
  }

  private static void changeTensor(List<GgufTensor> tensors, Random random) {
    int at = random.nextInt(tensors.size());
    GgufTensor tensor = tensors.get(at);
    List<Long> shape = new ArrayList<>(tensor.shape());
    switch (random.nextInt(5)) {
      case 0 -> {
        tensors.remove(at);
        return;
      }
      case 1 -> shape.set(random.nextInt(shape.size()), 1L + random.nextInt(64));
      case 2 -> shape = shape.reversed();
      case 3 -> shape.add(1L + random.nextInt(3));
      default -> {
        if (shape.size() > 1) {
          shape.removeLast();
        }
      }
    }
    TensorType type =
        shape.getFirst() % tensor.type().blockSize() == 0 ? tensor.type() : TensorType.F32;
    String name = random.nextInt(4) == 0 ? tensor.name() + "x" : tensor.name();
    tensors.set(at, new GgufTensor(name, type, shape, tensor.segment()));
  }
}
