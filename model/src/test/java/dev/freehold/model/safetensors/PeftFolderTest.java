package dev.freehold.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.AdapterFile;
import dev.freehold.model.adapter.Adapters;
import dev.freehold.model.adapter.Fit;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftFolderTest {

  private static final int MUTANTS =
      Math.min(Integer.getInteger("freehold.mutants", 3_000), 100_000);

  @TempDir private Path scratch;

  private Path copy(String name, String as) throws IOException {
    Path target = Files.createDirectories(scratch.resolve(as));
    for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
      Files.copy(Adapters.path(name + "/" + file), target.resolve(file));
    }
    return target;
  }

  private static Metadata base(String family) {
    try (ModelFile file = Models.file(Folders.path(family))) {
      return file.metadata();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "use_dora|true",
        "bias|\"all\"",
        "modules_to_save|[\"lm_head\"]",
        "trainable_token_indices|[1, 2]",
        "target_parameters|[\"mlp.experts.gate_up_proj\"]",
        "layer_replication|[[0, 1]]",
        "alora_invocation_tokens|[5]",
        "fan_in_fan_out|true",
        "lora_bias|true",
        "use_qalora|true",
        "megatron_config|{\"a\": 1}",
        "init_lora_weights|\"pissa\"",
        "init_lora_weights|\"olora\"",
        "something_new|7",
        "peft_type|\"IA3\"",
      })
  void whatIsMoreThanLoraOfMatricesIsRefusedByName(String key, String value) throws IOException {
    Path folder = copy("qwen2", "changed");
    Path config = folder.resolve("adapter_config.json");
    String text = Files.readString(config);
    String entry = "\"%s\": %s".formatted(key, value);
    String changed =
        text.contains("\"" + key + "\"")
            ? text.replaceFirst("\"" + key + "\": (null|false|true|\"[^\"]*\"|\\{\\})", entry)
            : text.replaceFirst("\\{", "{" + entry + ",");
    assertThat(changed).contains(entry);
    Files.writeString(config, changed);
    assertThatThrownBy(() -> PeftFolder.read(folder, base("qwen2")))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(key);
  }

  @Test
  void aTensorThatIsNoFactorIsRefusedByName() throws IOException {
    for (String other :
        new String[] {
          "base_model.model.model.layers.1.mlp.up_proj.lora_magnitude_vector",
          "base_model.model.model.embed_tokens.lora_embedding_A",
          "base_model.model.model.layers.1.mlp.experts.3.up_proj.lora_A.weight",
          "base_model.model.model.layers.1.mlp.gate.lora_A.weight",
          "base_model.model.model.layers.1.input_layernorm.lora_A.weight",
          "base_model.model.model.layers.1.self_attn.q_proj.weight",
        }) {
      Path folder = Files.createTempDirectory(scratch, "other");
      Files.copy(Adapters.path("qwen2/adapter_config.json"), folder.resolve("adapter_config.json"));
      TreeMap<String, SafetensorsWriter.Floats> tensors = new TreeMap<>();
      String pair = "base_model.model.model.layers.0.self_attn.v_proj.lora_";
      tensors.put(pair + "A.weight", new SafetensorsWriter.Floats(2, 32, new float[64]));
      tensors.put(pair + "B.weight", new SafetensorsWriter.Floats(16, 2, new float[32]));
      tensors.put(other, new SafetensorsWriter.Floats(2, 32, new float[64]));
      Files.write(
          folder.resolve("adapter_model.safetensors"),
          SafetensorsWriter.bytes(tensors, Map.of("format", "pt")));
      assertThatThrownBy(() -> PeftFolder.read(folder, base("qwen2")))
          .as(other)
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining(other);
    }
  }

  @Test
  void factorsThatDoNotFitTogetherAreMalformed() throws IOException {
    Path folder = copy("qwen2", "rank");
    Path config = folder.resolve("adapter_config.json");
    Files.writeString(config, Files.readString(config).replaceFirst("\"r\": 2", "\"r\": 3"));
    assertThatThrownBy(() -> PeftFolder.read(folder, base("qwen2")))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("rank 3");
    Files.delete(folder.resolve("adapter_model.safetensors"));
    assertThatThrownBy(() -> PeftFolder.read(folder, base("qwen2"))).isInstanceOf(NotFound.class);
  }

  @Test
  void anAdapterOfAnotherModelDoesNotFit() {
    AdapterFile qwen = PeftFolder.read(Adapters.path("qwen2"), base("qwen2"));
    try (ModelFile llama = Models.file(Folders.path("llama"));
        ModelFile wider = Models.file(Folders.path("qwen3"))) {
      assertThatThrownBy(() -> Fit.require(qwen.adapter(), llama))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("qwen2")
          .hasMessageContaining("llama");
      Adapter renamed = new Adapter("qwen3", 3, qwen.adapter().pairs());
      assertThatThrownBy(() -> Fit.require(renamed, wider))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("blk.1.attn_");
      Adapter deeper =
          new Adapter(
              "llama",
              3,
              new TreeMap<>(
                  Map.of("blk.7.attn_v.weight", new LowRank(1, 2, 2, new float[2], new float[2]))));
      assertThatThrownBy(() -> Fit.require(deeper, llama))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("blk.7.attn_v.weight");
    }
  }

  @Test
  void expertsAndEmbeddingsAreRefusedByName() {
    try (ModelFile mixtral = Models.file(Folders.path("mixtral"))) {
      for (String name : new String[] {"blk.0.ffn_up.1.weight", "token_embd.weight"}) {
        var shape = mixtral.tensor(name).orElseThrow().shape();
        int in = shape.get(0).intValue();
        int out = shape.get(1).intValue();
        Adapter adapter =
            new Adapter(
                "llama",
                1,
                new TreeMap<>(
                    Map.of(name, new LowRank(1, in, out, new float[in], new float[out]))));
        assertThatThrownBy(() -> Fit.require(adapter, mixtral))
            .isInstanceOf(Unsupported.class)
            .hasMessageContaining(name);
      }
    }
  }

  @Test
  void seededRandomAdaptersComeBackFromBothFormsOnEachArchitecture() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      String architecture = new String[] {"llama", "qwen2", "qwen3", "gemma3"}[round % 4];
      int kvHeads = 1 + random.nextInt(3);
      int heads = kvHeads * (1 + random.nextInt(3));
      int size = 2 * (1 + random.nextInt(5));
      Metadata base = base(architecture, heads, kvHeads, 3);
      Adapter adapter = adapter(architecture, random, heads * size, kvHeads * size);
      AdapterFile file = AdapterFile.of(adapter).madeFor("made up", "");
      Path folder = scratch.resolve("peft" + round);
      PeftFolder.write(file, folder, base);
      same(PeftFolder.read(folder, base).adapter(), adapter);
      Path gguf = scratch.resolve("a.gguf");
      GgufAdapter.write(file, gguf);
      same(GgufAdapter.read(gguf).adapter(), adapter);
    }
  }

  private static Metadata base(String architecture, int heads, int kvHeads, int layers) {
    return new GgufHeader()
        .text("general.architecture", architecture)
        .integer(architecture + ".attention.head_count", heads)
        .integer(architecture + ".attention.head_count_kv", kvHeads)
        .integer(architecture + ".block_count", layers)
        .metadata("base");
  }

  private static Adapter adapter(String architecture, Random random, int queries, int keys) {
    TreeMap<String, LowRank> pairs = new TreeMap<>();
    int usual = 1 + random.nextInt(4);
    for (int layer = 0; layer < 3; layer++) {
      for (String name : new String[] {"attn_q", "attn_k", "attn_v", "ffn_down"}) {
        if (random.nextInt(4) > 0 || pairs.isEmpty()) {
          int rank = random.nextInt(5) == 0 ? 1 + random.nextInt(6) : usual;
          int in = 1 + random.nextInt(9);
          int out = name.equals("attn_q") ? queries : keys;
          pairs.put(
              "blk.%d.%s.weight".formatted(layer, name),
              new LowRank(rank, in, out, floats(random, rank * in), floats(random, out * rank)));
        }
      }
    }
    return new Adapter(architecture, 1 + random.nextInt(40) / 4f, pairs);
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return floats;
  }

  private static void same(Adapter one, Adapter other) {
    assertThat(one.alpha()).isEqualTo(other.alpha());
    assertThat(one.pairs().keySet()).isEqualTo(other.pairs().keySet());
    one.pairs()
        .forEach((name, pair) -> {
          assertThat(pair.a()).as(name).isEqualTo(other.pairs().get(name).a());
          assertThat(pair.b()).as(name).isEqualTo(other.pairs().get(name).b());
        });
  }

  /// `hf[h·hd + j·hd/2 + i] = gguf[h·hd + 2i + j]`, told by the numbers of the rows.
  @Test
  void rowsOfQueriesAndKeysLieAsPairsInTheFileAndAsHalvesInTransformers() {
    assertThat(inFile("llama", "self_attn.q_proj"))
        .containsExactly(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11);
    assertThat(inFile("granite", "self_attn.k_proj"))
        .containsExactly(0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11);
    assertThat(inFile("llama", "self_attn.v_proj")).containsExactly(IDENTITY);
    assertThat(inFile("qwen2", "self_attn.q_proj")).containsExactly(IDENTITY);
    assertThat(inFile("gemma2", "self_attn.q_proj")).containsExactly(IDENTITY);
  }

  private static final float[] IDENTITY = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  private static float[] inFile(String architecture, String module) {
    PeftNames names = new PeftNames(base(architecture, 2, 1, 1));
    LowRank pair = new LowRank(1, 1, 12, new float[] {1}, IDENTITY);
    return PeftNames.taken(names.parts("model.layers.0." + module).getFirst(), pair).b();
  }

  @Test
  void whatIsOneModuleThereAndTwoMatricesHereComesBackAsOneIfItsFirstFactorIsOne() {
    Metadata base =
        new GgufHeader()
            .text("general.architecture", "qwen3next")
            .integer("qwen3next.block_count", 1)
            .integer("qwen3next.ssm.group_count", 2)
            .integer("qwen3next.ssm.state_size", 1)
            .integer("qwen3next.ssm.inner_size", 4)
            .metadata("base");
    Path folder = scratch.resolve("one of two");
    LowRank qkv = new LowRank(1, 1, 8, new float[] {2}, new float[] {0, 1, 2, 3, 4, 5, 6, 7});
    LowRank gate = new LowRank(1, 1, 4, new float[] {2}, new float[] {8, 9, 10, 11});
    Adapter both = delta(Map.of("attn_qkv", qkv, "attn_gate", gate));
    PeftFolder.write(AdapterFile.of(both), folder, base);
    same(PeftFolder.read(folder, base).adapter(), both);
    // Rows of a matrix that is not adapted are there, and zero.
    PeftFolder.write(
        AdapterFile.of(delta(Map.of("attn_gate", gate))), scratch.resolve("gate"), base);
    var read = PeftFolder.read(scratch.resolve("gate"), base).adapter().pairs();
    assertThat(read.get("blk.0.attn_gate.weight").b()).isEqualTo(gate.b());
    assertThat(read.get("blk.0.attn_qkv.weight").b()).containsOnly(0);
    Adapter apart =
        delta(
            Map.of("attn_qkv", qkv, "attn_gate", new LowRank(1, 1, 4, new float[] {3}, gate.b())));
    assertThatThrownBy(() -> PeftFolder.write(AdapterFile.of(apart), scratch.resolve("no"), base))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("model.layers.0.linear_attn.in_proj_qkvz");
  }

  private static Adapter delta(Map<String, LowRank> pairs) {
    TreeMap<String, LowRank> named = new TreeMap<>();
    pairs.forEach((name, pair) -> named.put("blk.0." + name + ".weight", pair));
    return new Adapter("qwen3next", 1, named);
  }

  @Test
  void anArchitectureThatDoesNotAnswerHasNoNamesAndASentenceSaysWhichHave() {
    assertThatThrownBy(() -> PeftFolder.read(Adapters.path("qwen2"), base("bert", 2, 1, 1)))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("bert")
        .hasMessageContaining("mistral3");
  }

  @Test
  void aPatternThatIsAnExpressionIsRefusedAndOneThatIsANameIsTaken() throws IOException {
    Path folder = copy("qwen2", "patterns");
    Path config = folder.resolve("adapter_config.json");
    String text = Files.readString(config);
    Files.writeString(
        config, text.replace("\"rank_pattern\": {}", "\"rank_pattern\": {\"(a+)+$\": 2}"));
    assertThatThrownBy(() -> PeftFolder.read(folder, base("qwen2")))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("(a+)+$");
    Files.writeString(
        config, text.replace("\"rank_pattern\": {}", "\"rank_pattern\": {\"^model.x\": 7}"));
    assertThat(PeftFolder.read(folder, base("qwen2")).adapter().pairs()).hasSize(7);
  }

  @Test
  void everyMutantIsReadOrRefusedByUs() throws IOException {
    Metadata base = base("llama");
    int read = 0;
    for (String name : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
      Path folder = copy("llama", "mutants of " + name);
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      for (int seed = 0; seed < MUTANTS / 2; seed++) {
        Files.write(folder.resolve(name), mutant(sound, new Random(seed)));
        try {
          assertThat(PeftFolder.read(folder, base).adapter().pairs()).isNotEmpty();
          read++;
        } catch (FreeholdException refused) {
          assertThat(refused.getMessage()).isNotEmpty();
        } catch (RuntimeException | Error e) {
          throw new AssertionError(name + ", seed " + seed, e);
        }
      }
    }
    assertThat(read).isBetween(1, MUTANTS - 1);
  }

  private static final byte[] LETTERS =
      "{}[]\",:0123456789-e\u0000".getBytes(StandardCharsets.US_ASCII);

  private static byte[] mutant(byte[] sound, Random random) {
    byte[] mutant = sound.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(Math.min(mutant.length, random.nextBoolean() ? 1200 : 6000));
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[at] = LETTERS[random.nextInt(LETTERS.length)];
        case 3 -> {
          for (int j = at; j < mutant.length && j < at + 20; j++) {
            mutant[j] = mutant[j] >= '0' && mutant[j] <= '9' ? (byte) '9' : mutant[j];
          }
        }
        default -> mutant = Arrays.copyOf(mutant, 1 + random.nextInt(mutant.length));
      }
    }
    return mutant;
  }
}
