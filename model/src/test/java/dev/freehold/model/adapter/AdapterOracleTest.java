package dev.freehold.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.model.Batch;
import dev.freehold.model.Batch.Entry;
import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.Folders;
import dev.freehold.model.safetensors.PeftFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Base and adapter against PyTorch with PEFT (`oracles/adapters.py`).
class AdapterOracleTest {

  private static final ModelConfiguration CONFIGURATION =
      ModelConfiguration.standard().withThreads(1);
  private static final double TOLERANCE = 5e-5;

  @TempDir private Path folder;

  private static AdapterFile peft(String name) {
    try (ModelFile base = base(name)) {
      AdapterFile read = PeftFolder.read(Adapters.path(name), base.metadata());
      Fit.require(read.adapter(), base);
      return read;
    }
  }

  private static ModelFile base(String name) {
    JsonNode golden = Adapters.json(name);
    return golden.has("model")
        ? Models.file(Adapters.oracle(golden.path("model").asString()))
        : Models.file(Folders.path(golden.path("family").asString()));
  }

  private static List<String> all() {
    return List.of(
        "llama",
        "mistral-rs",
        "mistral-head",
        "mixtral-attention",
        "qwen2",
        "qwen3",
        "qwen3moe-attention",
        "gemma3",
        "tiny-mistral3",
        "tiny-smollm3",
        "tiny-granite",
        "tiny-granitemoe",
        "tiny-phi3",
        "tiny-gemma2",
        "tiny-gemma4",
        "tiny-qwen2moe",
        "tiny-gpt-oss",
        "tiny-lfm2",
        "tiny-deepseek-v2-lite",
        "tiny-deepseek-v3",
        "tiny-qwen3next",
        "tiny-qwen35");
  }

  private static int[] tokens(JsonNode golden, String key) {
    return golden.path(key).valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  @ParameterizedTest
  @MethodSource("all")
  void baseAndAdapterComputeWhatPeftComputes(String name) {
    JsonNode golden = Adapters.json(name);
    float[] expected = Adapters.logits(name);
    int[] tokens = tokens(golden, "tokens");
    int rows = golden.path("rows").asInt();
    int vocabulary = golden.path("vocab").asInt();
    try (ModelFile base = base(name);
        LanguageModel model = Models.open(base, CONFIGURATION)) {
      FittedAdapter adapter = model.fit(peft(name).adapter());
      for (int scale = 0; scale < 2; scale++) {
        var use = List.of(new FittedAdapter.Use(adapter, scale == 0 ? 1 : 0.5f));
        try (SequenceState state = model.newSequence()) {
          Logits logits = model.step(Batch.of(state, tokens, Outputs.ALL, use));
          for (int row = 0; row < rows; row++) {
            float[] actual = logits.row(0, tokens.length - rows + row);
            for (int token = 0; token < vocabulary; token++) {
              assertThat(actual[token])
                  .isCloseTo(
                      expected[((scale * rows) + row) * vocabulary + token],
                      within((float) TOLERANCE));
            }
          }
        }
      }
      assertThat(greedy(model, tokens, adapter, 12)).isEqualTo(tokens(golden, "greedy"));
    }
  }

  private static int[] greedy(LanguageModel model, int[] prompt, FittedAdapter adapter, int count) {
    var use = List.of(new FittedAdapter.Use(adapter, 1));
    int[] answer = new int[count];
    try (SequenceState state = model.newSequence()) {
      int[] next = prompt;
      for (int i = 0; i < count; i++) {
        float[] row = model.step(Batch.of(state, next, Outputs.LAST, use)).last(0);
        answer[i] = best(row);
        next = new int[] {answer[i]};
      }
    }
    return answer;
  }

  private static int best(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "gemma3"})
  void whatLlamaCppsConverterMakesOfAnAdapterIsTheSameAdapter(String name) {
    same(GgufAdapter.read(Adapters.path(name + ".gguf")).adapter(), peft(name).adapter());
  }

  /// The converter has one alpha and leaves the patterns of others, and the root of the rank, out.
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral-rs"})
  void theConverterOrdersRowsAsWeDo(String name) {
    Adapter theirs = GgufAdapter.read(Adapters.path(name + ".gguf")).adapter();
    Adapter ours = peft(name).adapter();
    assertThat(theirs.pairs().keySet()).isEqualTo(ours.pairs().keySet());
    for (Map.Entry<String, LowRank> entry : ours.pairs().entrySet()) {
      LowRank their = theirs.pairs().get(entry.getKey());
      LowRank our = entry.getValue();
      assertThat(our.a()).as(entry.getKey()).isEqualTo(their.a());
      double factor = our.b()[0] / their.b()[0];
      for (int i = 0; i < our.b().length; i++) {
        assertThat((double) our.b()[i])
            .as(entry.getKey())
            .isCloseTo(their.b()[i] * factor, within(1e-6));
      }
    }
  }

  private static void same(Adapter one, Adapter other) {
    assertThat(one.architecture()).isEqualTo(other.architecture());
    assertThat(one.alpha()).isEqualTo(other.alpha());
    assertThat(one.pairs().keySet()).isEqualTo(other.pairs().keySet());
    one.pairs()
        .forEach((name, pair) -> {
          LowRank same = other.pairs().get(name);
          assertThat(pair.rank()).isEqualTo(same.rank());
          assertThat(pair.a()).as(name).isEqualTo(same.a());
          assertThat(pair.b()).as(name).isEqualTo(same.b());
        });
  }

  @ParameterizedTest
  @MethodSource("all")
  void bothFormsGiveBackWhatWasWritten(String name) {
    AdapterFile read = peft(name).madeFor("tiny", "sha256:" + "0f".repeat(32));
    Path gguf = folder.resolve("a.gguf");
    GgufAdapter.write(read, gguf);
    AdapterFile again = GgufAdapter.read(gguf);
    same(again.adapter(), read.adapter());
    assertThat(again.baseDigest()).isEqualTo(read.baseDigest());
    assertThat(again.baseName()).isEqualTo("tiny");
    try (ModelFile base = base(name)) {
      PeftFolder.write(read, folder.resolve("peft"), base.metadata());
      AdapterFile back = PeftFolder.read(folder.resolve("peft"), base.metadata());
      same(back.adapter(), read.adapter());
      assertThat(back.baseDigest()).isEqualTo(read.baseDigest());
    }
  }

  @Test
  void rowsOfOneStepWithDifferentAdaptersAreAsEachAlone() {
    String name = "llama";
    int[] tokens = tokens(Adapters.json(name), "tokens");
    try (ModelFile base = base(name);
        LanguageModel model = Models.open(base, new ModelConfiguration(2, 0, 37))) {
      FittedAdapter one = model.fit(peft(name).adapter());
      FittedAdapter two = model.fit(Adapters.random(base, 5, 0.2f));
      List<List<FittedAdapter.Use>> choices =
          List.of(
              List.of(),
              List.of(new FittedAdapter.Use(one, 1)),
              List.of(new FittedAdapter.Use(two, 1)),
              List.of(new FittedAdapter.Use(one, 0.5f), new FittedAdapter.Use(two, -0.25f)),
              List.of(),
              List.of(new FittedAdapter.Use(one, 1)),
              List.of(new FittedAdapter.Use(one, 2)));
      List<float[]> alone = new ArrayList<>();
      List<Entry> entries = new ArrayList<>();
      List<SequenceState> states = new ArrayList<>();
      for (int i = 0; i < choices.size(); i++) {
        int[] own = Arrays.copyOfRange(tokens, i, tokens.length - i);
        try (SequenceState state = model.newSequence()) {
          alone.add(model.step(Batch.of(state, own, Outputs.LAST, choices.get(i))).last(0));
        }
        states.add(model.newSequence());
        entries.add(new Entry(states.get(i), own, Outputs.LAST, choices.get(i)));
      }
      Logits together = model.step(new Batch(entries));
      for (int i = 0; i < choices.size(); i++) {
        close(together.last(i), alone.get(i), 1e-4);
      }
      // And one token each, as answers are generated.
      List<Entry> next = new ArrayList<>();
      for (int i = 0; i < choices.size(); i++) {
        next.add(new Entry(states.get(i), new int[] {7}, Outputs.LAST, choices.get(i)));
      }
      together = model.step(new Batch(next));
      for (int i = 0; i < choices.size(); i++) {
        int[] own = Arrays.copyOfRange(tokens, i, tokens.length - i + 1);
        own[own.length - 1] = 7;
        try (SequenceState state = model.newSequence()) {
          close(
              together.last(i),
              model.step(Batch.of(state, own, Outputs.LAST, choices.get(i))).last(0),
              1e-4);
        }
      }
      assertThat(difference(alone.get(0), alone.get(1))).isGreaterThan(0.05);
    }
  }

  private static void close(float[] one, float[] other, double tolerance) {
    assertThat(difference(one, other)).isLessThan(tolerance);
  }

  private static double difference(float[] one, float[] other) {
    double worst = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = Math.abs((double) one[i] - other[i]);
      worst = difference <= worst ? worst : difference;
    }
    return worst;
  }
}
