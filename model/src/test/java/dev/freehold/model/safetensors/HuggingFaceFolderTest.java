package dev.freehold.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HuggingFaceFolderTest {

  private static final Pattern EXPERT = Pattern.compile("(blk\\.\\d+\\.ffn_\\w+)\\.\\d+\\.weight");

  @TempDir Path scratch;

  static Stream<String> decoders() {
    return Stream.of(
        "llama",
        "mistral",
        "mistral3",
        "mixtral",
        "ministral3",
        "qwen2",
        "qwen2moe",
        "qwen3",
        "qwen3moe",
        "qwen3next",
        "qwen35",
        "qwen35moe",
        "qwen35moe-seeing",
        "gemma2",
        "gemma3",
        "gemma3-seeing",
        "gemma4",
        "gemma4-experts",
        "gemma4-seeing",
        "phi3",
        "phi3-longrope",
        "granite",
        "granitemoe",
        "smollm3",
        "gpt-oss",
        "gpt-oss-mxfp4",
        "deepseek-v2",
        "deepseek-v2-yarn",
        "deepseek-v3",
        "lfm2",
        "lfm2moe");
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void aFolderComputesWhatTransformersComputes(String name) {
    JsonNode golden = Folders.json(name + ".json");
    float[] expected = Folders.floats(name + ".logits.bin");
    int[] tokens = golden.path("tokens").valueStream().mapToInt(JsonNode::asInt).toArray();
    ModelConfiguration configuration = ModelConfiguration.standard().withThreads(1);
    try (LanguageModel model = Models.open(Folders.path(name), configuration);
        SequenceState state = model.newSequence()) {
      Logits logits = model.step(Batch.of(state, tokens, Batch.Outputs.ALL));
      // Its logits are six times as large as those of most: 2.4e-5 to 3.1e-5, since lanes are added
      // up in another order once a method is compiled.
      float bound = name.equals("smollm3") ? 6e-5f : 3e-5f;
      int vocabulary = golden.path("vocab").asInt();
      for (int row = 0; row < tokens.length; row++) {
        for (int token = 0; token < vocabulary; token++) {
          assertThat(logits.row(0, row)[token])
              .isCloseTo(expected[row * vocabulary + token], within(bound));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral"})
  void tokenizerJsonCutsTextAsTheTokenizersLibraryDoes(String name) {
    try (ModelFile folder = Models.file(Folders.path(name))) {
      Tokenizer tokenizer = Tokenizer.read(folder.metadata());
      for (JsonNode string : Folders.json(name + ".json").path("strings")) {
        int[] expected = string.path("tokens").valueStream().mapToInt(JsonNode::asInt).toArray();
        assertThat(tokenizer.encode(string.path("text").asString()))
            .as(string.toString())
            .isEqualTo(expected);
      }
    }
  }

  static Stream<String> compared() {
    return Stream.concat(
        decoders(),
        Stream.of(
            "roberta-embedding",
            "xlm-roberta-reranker",
            "modern-bert-embedding",
            "modern-bert-reranker",
            "modern-bert-reranker-cls",
            "gemma-embedding"));
  }

  @Test
  void anEncoderWithExpertsGivesTheReferencesHiddenStates() {
    JsonNode golden = Folders.json("nomic-bert-moe.json");
    float[] expected = Folders.floats("nomic-bert-moe.logits.bin");
    int[] tokens = golden.path("tokens").valueStream().mapToInt(JsonNode::asInt).toArray();
    ModelConfiguration configuration = ModelConfiguration.standard().withThreads(1);
    try (LanguageModel model = Models.open(Folders.path("nomic-bert-moe"), configuration);
        SequenceState state = model.newSequence()) {
      Logits hidden = model.step(Batch.of(state, tokens, Batch.Outputs.HIDDEN));
      int width = golden.path("vocab").asInt();
      for (int row = 0; row < tokens.length; row++) {
        for (int i = 0; i < width; i++) {
          assertThat(hidden.row(0, row)[i]).isCloseTo(expected[row * width + i], within(3e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("compared")
  void keysAndTensorsAreThoseOfLlamaCppsConverter(String name) throws Exception {
    JsonNode golden = Folders.json(name + ".gguf.json");
    try (ModelFile folder = Models.file(Folders.path(name))) {
      Metadata metadata = folder.metadata();
      for (Map.Entry<String, JsonNode> entry : golden.path("metadata").properties()) {
        String key = entry.getKey();
        if (key.equals("modern-bert.attention.layer_norm_rms_epsilon")
            || key.endsWith("classifier.output_labels")) {
          continue; // of a norm that ModernBERT has not; what labels are called
        }
        if (entry.getValue().isString()) {
          assertThat(metadata.string(key)).as(key).isEqualTo(entry.getValue().asString());
        } else if (entry.getValue().isBoolean()) {
          boolean expected = entry.getValue().asBoolean();
          assertThat(metadata.flag(key, !expected)).as(key).isEqualTo(expected);
        } else if (entry.getValue().isArray() && entry.getValue().path(0).isBoolean()) {
          List<Boolean> flags = new ArrayList<>();
          for (boolean flag : metadata.flags(key)) {
            flags.add(flag);
          }
          assertThat(flags)
              .as(key)
              .isEqualTo(entry.getValue().valueStream().map(JsonNode::asBoolean).toList());
        } else if (entry.getValue().isArray()) {
          assertThat(metadata.integers(key))
              .as(key)
              .isEqualTo(entry.getValue().valueStream().mapToInt(JsonNode::asInt).toArray());
        } else {
          assertThat(metadata.number(key)).as(key).isEqualTo((float) entry.getValue().asDouble());
        }
      }
      Set<String> seen = new HashSet<>();
      for (GgufTensor tensor : folder.tensors().values()) {
        Matcher expert = EXPERT.matcher(tensor.name());
        if (expert.matches()) {
          seen.add(
              expert.group(1) + "_exps.weight"); // stacked by the converter: see ModelWriterTest
          continue;
        }
        JsonNode expected = golden.path("tensors").path(tensor.name());
        assertThat(expected.isObject()).as(tensor.name()).isTrue();
        assertThat(tensor.shape())
            .as(tensor.name())
            .isEqualTo(expected.path("shape").valueStream().map(JsonNode::asLong).toList());
        // What is computed may differ in its last bit.
        if (!tensor.name().matches("rope_freqs\\.weight|.+\\.ssm_a")) {
          assertThat(Folders.digest(tensor))
              .as(tensor.name())
              .isEqualTo(expected.path("sha256").asString());
        }
        seen.add(tensor.name());
      }
      assertThat(seen).isEqualTo(golden.path("tensors").propertyNames());
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Files.copy(Folders.path("llama/config.json"), scratch.resolve("config.json"));
    assertThatThrownBy(() -> Models.file(scratch))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("model.safetensors");
    Path parts = copy("mistral", "parts");
    Files.delete(parts.resolve("model-00002-of-00004.safetensors"));
    assertThatThrownBy(() -> Models.file(parts))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("model-00002-of-00004.safetensors");
  }

  @Test
  void whatIsNotServedIsRefusedByName() throws IOException {
    refused("llama", "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "model_type mamba");
    refused("llama", "\"rope_type\": \"llama3\"", "\"rope_type\": \"odd\"", "Rotary scaling odd");
    refused(
        "llama",
        "\"mlp_bias\"",
        "\"quantization_config\": {}, \"mlp_bias\"",
        "quantization_config");
    refused("llama", "silu", "relu", "hidden_act \"relu\"");
    refused("ministral3", "\"mscale\": 1.0", "\"mscale\": 0.5", "mscale 1");
    refused("qwen2moe", "\"norm_topk_prob\": false", "\"norm_topk_prob\": true", "norm_topk_prob");
    refused("qwen3next", "\"mlp_only_layers\": []", "\"mlp_only_layers\": [1]", "mlp_only_layers");
    refused(
        "qwen35",
        "\"linear_value_head_dim\": 8",
        "\"linear_value_head_dim\": 4",
        "linear_value_head_dim");
    refused("gemma2", "gelu_pytorch_tanh", "silu", "hidden_activation");
    refused("gemma4", "\"proportional\"", "\"linear\"", "Rotary scaling linear");
    refused(
        "phi3-longrope",
        "\"rope_type\"",
        "\"attention_factor\": 2, \"rope_type\"",
        "attention_factor");
    refused("smollm3", "\"no_rope_layers\": [", "\"no_rope_layers\": [ 0,", "no_rope_layers");
    refused("gpt-oss", "\"swiglu_limit\": 7.0", "\"swiglu_limit\": 6.0", "swiglu_limit");
    refused("gpt-oss", "\"truncate\": false", "\"truncate\": true", "truncate");
    refused(
        "deepseek-v2", "\"topk_method\": \"greedy\"", "\"topk_method\": \"odd\"", "topk_method");
    refused(
        "deepseek-v3",
        "\"rope_interleave\": true",
        "\"rope_interleave\": false",
        "rope_interleave");
    refused("lfm2", "\"conv_bias\": false", "\"conv_bias\": true", "conv_bias");
    refused("nomic-bert-moe", "\"prenorm\": false", "\"prenorm\": true", "prenorm");
    refused(
        "modern-bert-reranker", "\"layer_types\": [", "\"layer_types\": [\"odd\",", "layer_types");
  }

  private void refused(String name, String from, String to, String named) throws IOException {
    Path folder = copy(name, "changed" + name + to.length());
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    assertThat(text).as(name).contains(from);
    Files.writeString(config, text.replace(from, to));
    assertThatThrownBy(() -> Models.file(folder))
        .as(named)
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(named);
  }

  @Test
  void anIndexCannotNameAFileOutsideTheFolder() throws IOException {
    Path folder = copy("mistral", "outside");
    Path index = folder.resolve("model.safetensors.index.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replace("model-00002-of", "../model-00002-of"));
    assertThatThrownBy(() -> Models.file(folder))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("../model-00002-of-00004.safetensors");
  }

  @Test
  void howAVectorIsMadeIsReadWhereverItLies() throws IOException {
    Path folder = copy("qwen3-embedding", "pooled");
    assertThatThrownBy(() -> Models.file(folder))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("1_Pooling");
    Path kept = folder.resolve("1_Pooling.config.json");
    pools(folder, kept, "{\"pooling_mode\": \"cls\"}", 2);
    // As sentence-transformers wrote it before its version 5.
    pools(
        folder,
        kept,
        "{\"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true, \"pooling_mode_max_tokens\": false}",
        1);
    for (String unserved :
        new String[] {
          "{\"pooling_mode\": \"max\"}",
          "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true}"
        }) {
      Files.writeString(kept, unserved);
      assertThatThrownBy(() -> Models.file(folder))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("mean, cls, lasttoken");
    }
    Files.writeString(
        folder.resolve("modules.json"), "[{\"type\": \"a.Dense\", \"path\": \"2_Dense\"}]");
    assertThatThrownBy(() -> Models.file(folder))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("Dense");
    Files.writeString(
        folder.resolve("modules.json"), "[{\"type\": \"a.Pooling\", \"path\": \"../elsewhere\"}]");
    assertThatThrownBy(() -> Models.file(folder))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("../elsewhere");
  }

  private static void pools(Path folder, Path file, String settings, int kind) throws IOException {
    Files.writeString(file, settings);
    try (ModelFile read = Models.file(folder)) {
      assertThat(read.metadata().integer("qwen3.pooling_type")).isEqualTo(kind);
    }
  }

  private Path copy(String name, String as) throws IOException {
    Path target = Files.createDirectories(scratch.resolve(as));
    try (var files = Files.list(Folders.path(name))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
    return target;
  }
}
