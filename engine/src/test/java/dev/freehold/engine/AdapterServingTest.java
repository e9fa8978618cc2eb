package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.PeftFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A tiny model asked with several adapters at once.
class AdapterServingTest {

  private static final Path FOLDERS = Goldens.file("..").resolve("folder");
  private static final Path ADAPTERS = Goldens.file("..").resolve("adapter");
  private static final String TEXT =
      "Are not the Rays of Light very small Bodies emitted from shining Substances? For such Bodies"
          + " will pass through uniform Mediums in right Lines without bending into the Shadow.";

  private final LocalChatModel model = open();

  private static LocalChatModel open() {
    LocalChatModel model =
        LocalChatModel.open(
            FOLDERS.resolve("llama"), EngineConfiguration.standard().withThreads(1));
    try (ModelFile base = Models.file(FOLDERS.resolve("llama"))) {
      model.load("peft", PeftFolder.read(ADAPTERS.resolve("llama"), base.metadata()).adapter());
    }
    model.load("random", random());
    return model;
  }

  private static Adapter random() {
    Random random = new Random(9);
    TreeMap<String, LowRank> pairs = new TreeMap<>();
    for (int layer = 0; layer < 2; layer++) {
      float[] a = new float[3 * 32];
      float[] b = new float[32 * 3];
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) random.nextGaussian() * 0.3f;
        b[i] = (float) random.nextGaussian() * 0.3f;
      }
      pairs.put("blk.%d.attn_output.weight".formatted(layer), new LowRank(3, 32, 32, a, b));
    }
    return new Adapter("llama", 6, pairs);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static ChatRequest request(String text, AdapterUse... adapters) {
    return ChatRequest.of(new Prompt.Text(text))
        .withSampling(Sampling.GREEDY)
        .withMaxTokens(12)
        .withTopLogprobs(2)
        .withAdapters(List.of(adapters));
  }

  private static AdapterUse use(String name, double scale) {
    return new AdapterUse(name, scale);
  }

  private static final List<List<AdapterUse>> CHOICES =
      List.of(
          List.of(),
          List.of(use("peft", 1)),
          List.of(use("random", 1)),
          List.of(use("peft", 0.5)),
          List.of(use("peft", 1), use("random", -0.5)),
          List.of(use("random", 1), use("peft", 0)));

  private record Said(String text, int cached, double narrowest) {}

  private static Said ask(ChatModel model, ChatRequest request) {
    StringBuilder text = new StringBuilder();
    double narrowest = Double.MAX_VALUE;
    int cached = 0;
    try (ChatStream stream = model.stream(request)) {
      while (stream.hasNext()) {
        switch (stream.next()) {
          case ChatEvent.Text piece -> {
            text.append(piece.text());
            for (ChatEvent.TokenLogprob token : piece.logprobs()) {
              double gap = token.top().get(0).logprob() - token.top().get(1).logprob();
              narrowest = Math.min(narrowest, gap);
            }
          }
          case ChatEvent.Finished end -> cached = end.usage().cachedTokens();
          case ChatEvent.Reading _,
              ChatEvent.Reasoning _,
              ChatEvent.ToolCallBegun _,
              ChatEvent.ToolCallArguments _ -> {}
        }
      }
    }
    return new Said(text.toString(), cached, narrowest);
  }

  @Test
  void answersGivenTogetherAreThoseOfEachAlone() throws Exception {
    List<ChatRequest> requests = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    for (int i = 0; i < CHOICES.size(); i++) {
      for (int start = 0; start < 30; start += 10) {
        ChatRequest request =
            request(TEXT.substring(start), CHOICES.get(i).toArray(AdapterUse[]::new))
                .withCacheScope("alone " + i + " " + start);
        Said said = ask(model, request);
        // Where two tokens are level to the last digits, either may follow.
        if (said.narrowest() > 1e-3) {
          alone.add(said.text());
          requests.add(request.withCacheScope("together " + i + " " + start));
        }
      }
    }
    assertThat(requests).hasSizeGreaterThan(10);
    // "random" with "peft" at scale 0 is "random" alone; all others differ.
    assertThat(Set.copyOf(alone)).hasSizeGreaterThan(8);
    List<Callable<String>> asking = new ArrayList<>();
    requests.forEach(request -> asking.add(() -> ask(model, request).text()));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> together = new ArrayList<>();
      for (Future<String> one : threads.invokeAll(asking)) {
        together.add(one.get());
      }
      assertThat(together).isEqualTo(alone);
    }
  }

  @Test
  void whatIsRememberedOfAPromptIsUsedUnderTheSameAdaptersAndScalesOnly() {
    List<String> first = new ArrayList<>();
    for (List<AdapterUse> choice : CHOICES) {
      Said said = ask(model, request(TEXT, choice.toArray(AdapterUse[]::new)));
      // The last choice is that of "random" alone: an adapter at scale 0 is none.
      assertThat(said.cached() > 0).as("%s", choice).isEqualTo(choice == CHOICES.getLast());
      first.add(said.text());
    }
    for (int i = 0; i < CHOICES.size(); i++) {
      Said said = ask(model, request(TEXT, CHOICES.get(i).toArray(AdapterUse[]::new)));
      assertThat(said.cached()).isPositive();
      assertThat(said.text()).isEqualTo(first.get(i));
    }
    assertThat(first.get(5)).isEqualTo(first.get(2));
    assertThat(ask(model, request(TEXT, use("peft", 0.25))).cached()).isZero();
    assertThat(ask(model, request(TEXT, use("random", -0.5), use("peft", 1))).cached())
        .as("another order")
        .isZero();
  }

  @Test
  void anAdapterThatIsReplacedIsNotTakenForTheOneBefore() {
    Said before = ask(model, request(TEXT, use("random", 1)));
    model.load("random", GgufAdapter.read(ADAPTERS.resolve("llama.gguf")).adapter());
    Said after = ask(model, request(TEXT, use("random", 1)));
    assertThat(after.cached()).isZero();
    assertThat(after.text()).isNotEqualTo(before.text());
    model.unload("random");
    assertThat(model.isLoaded("random")).isFalse();
    assertThatThrownBy(() -> ask(model, request(TEXT, use("random", 1))))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("random")
        .hasMessageContaining("peft");
  }

  @Test
  void aModelWithAnAdapterIsAskedLikeAnyOther() {
    try (ChatModel adapted = model.adapted("tiny+peft", List.of(use("peft", 1)))) {
      assertThat(adapted.card().name()).isEqualTo("tiny+peft");
      String named = ask(model, request(TEXT, use("peft", 1))).text();
      assertThat(ask(adapted, request(TEXT)).text()).isEqualTo(named);
      assertThat(ask(adapted, request(TEXT, use("peft", 0))).text())
          .isEqualTo(ask(model, request(TEXT)).text());
      assertThat(ask(adapted, request(TEXT, use("random", -0.5))).text())
          .isEqualTo(ask(model, request(TEXT, use("peft", 1), use("random", -0.5))).text());
      assertThat(adapted.countTokens(new Prompt.Text(TEXT)))
          .isEqualTo(model.countTokens(new Prompt.Text(TEXT)));
      Continuation with = adapted.continuations(TEXT, List.of(" Light")).getFirst();
      Continuation without = model.continuations(TEXT, List.of(" Light")).getFirst();
      assertThat(with.logProbability()).isNotCloseTo(without.logProbability(), within());
    }
    ChatAnswer after = model.answer(request(TEXT));
    assertThat(after.usage().completionTokens()).isPositive();
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-3);
  }

  @Test
  void anAdapterOfAnotherArchitectureOrShapeIsRefused() {
    Adapter qwen = GgufAdapter.read(ADAPTERS.resolve("qwen2.gguf")).adapter();
    assertThatThrownBy(() -> model.load("qwen", qwen))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("qwen2");
    LowRank narrow = new LowRank(1, 31, 32, new float[31], new float[32]);
    Adapter other = new Adapter("llama", 1, new TreeMap<>(Map.of("blk.0.attn_q.weight", narrow)));
    assertThatThrownBy(() -> model.load("qwen", other))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("blk.0.attn_q.weight");
    assertThat(model.isLoaded("qwen")).isFalse();
  }
}
