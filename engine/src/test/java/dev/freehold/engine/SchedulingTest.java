package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Unavailable;
import dev.freehold.model.Batch;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The engine over a tiny random model: whatever it batches, cuts or remembers, the greedy tokens
/// are those of [NaiveGeneration].
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SchedulingTest {

  private static final EngineConfiguration CONFIGURATION =
      EngineConfiguration.standard().withThreads(1);

  private final LanguageModel model =
      Models.open(Goldens.file("tiny-f32.gguf"), ModelConfiguration.standard().withThreads(1));
  private final Tokenizer tokenizer = tokenizer();
  private final List<AutoCloseable> open = new ArrayList<>();

  private static Tokenizer tokenizer() {
    try (GgufFile file = GgufFile.open(Goldens.file("tiny-f32.gguf"))) {
      return Tokenizer.read(file.metadata());
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
    model.close();
  }

  private Engine engine(LanguageModel stepped, EngineConfiguration configuration) {
    var engine = new Engine(stepped, configuration, "test");
    open.add(engine);
    return engine;
  }

  /// Closing an engine closes its model; this one outlives it.
  private LanguageModel lasting() {
    return new Wrapped(model);
  }

  private static final ChatRequest GREEDY =
      ChatRequest.of(new Prompt.Text("")).withSampling(Sampling.GREEDY);

  private Generation submit(Engine engine, int[] prompt, ChatRequest request) {
    var generation =
        new Generation(
            prompt,
            request,
            tokenizer,
            model.parameters().contextLength(),
            AnswerFormat.PLAIN,
            "",
            false);
    engine.submit(generation);
    return generation;
  }

  private static ChatEvent.Finished drain(Generation generation) {
    while (generation.stream().hasNext()) {
      if (generation.stream().next() instanceof ChatEvent.Finished finished) {
        return finished;
      }
    }
    throw new AssertionError("The stream ended unfinished.");
  }

  private static List<Integer> generated(Generation generation, int promptLength) {
    ChatEvent.Finished finished = drain(generation);
    List<Integer> tokens = new ArrayList<>();
    int[] all = generation.tokens();
    for (int i = promptLength; i < all.length; i++) {
      tokens.add(all[i]);
    }
    // The token that ends a turn is counted and not kept.
    assertThat(finished.usage().completionTokens()).isBetween(tokens.size(), tokens.size() + 1);
    return tokens;
  }

  private List<Integer> naive(int[] prompt, int most) {
    List<Integer> tokens =
        NaiveGeneration.greedy(model, prompt, most, tokenizer.vocabulary().endsOfTurn());
    if (tokenizer.vocabulary().endsOfTurn().contains(tokens.getLast())) {
      tokens.removeLast();
    }
    return tokens;
  }

  /// Rows summed alone and together differ in the last bits, so where two tokens are level to
  /// within a thousandth either may follow; a random model has such places. Anywhere else the two
  /// lists must be the same.
  private void assertSame(int[] prompt, List<Integer> expected, List<Integer> actual) {
    int same = 0;
    while (same < expected.size()
        && same < actual.size()
        && expected.get(same).equals(actual.get(same))) {
      same++;
    }
    if (same == expected.size() && same == actual.size()) {
      return;
    }
    int[] read = java.util.Arrays.copyOf(prompt, prompt.length + same);
    for (int i = 0; i < same; i++) {
      read[prompt.length + i] = expected.get(i);
    }
    float[] logits;
    try (SequenceState state = model.newSequence()) {
      logits = model.step(Batch.of(state, read, Batch.Outputs.LAST)).last(0);
    }
    float[] sorted = logits.clone();
    java.util.Arrays.sort(sorted);
    assertThat(sorted[sorted.length - 1] - sorted[sorted.length - 2])
        .as("after %d of the tokens %s, got %s", same, expected, actual)
        .isLessThan(1e-3f);
  }

  // A model is stepped by one thread at a time: all have ended before one is compared.
  private void assertSame(
      List<int[]> prompts, List<List<Integer>> expected, List<Generation> generations) {
    List<List<Integer>> actual = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      actual.add(generated(generations.get(i), prompts.get(i).length));
    }
    for (int i = 0; i < prompts.size(); i++) {
      assertSame(prompts.get(i), expected.get(i), actual.get(i));
    }
  }

  private int[] randomPrompt(Random random, int length) {
    return random.ints(length, 3, model.parameters().vocabularySize()).toArray();
  }

  @Test
  void batchedAndChunkedRunsGiveTheTokensOfTheNaiveLoop() {
    var random = new Random(5);
    List<int[]> prompts = new ArrayList<>();
    List<List<Integer>> expected = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      prompts.add(randomPrompt(random, 1 + random.nextInt(60)));
      expected.add(naive(prompts.get(i), 30));
    }
    for (EngineConfiguration configuration :
        List.of(
            CONFIGURATION,
            CONFIGURATION.withPromptTokens(7, 3),
            CONFIGURATION.withPromptTokens(1, 1).withRequests(3, 64),
            CONFIGURATION.withRequests(1, 64))) {
      Engine engine = engine(lasting(), configuration);
      List<Generation> generations = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        // Each in its own scope: nothing is reused.
        ChatRequest request = GREEDY.withMaxTokens(30).withCacheScope("scope " + i);
        generations.add(submit(engine, prompts.get(i), request));
      }
      assertSame(prompts, expected, generations);
    }
  }

  @Test
  void requestsThatDoNotFitInMemoryWaitOrGiveWayAndStillGiveTheSameTokens() {
    var random = new Random(6);
    ModelParameters shape = model.parameters();
    int context = shape.contextLength();
    // The smallest memory an engine works with: two sequences of full length.
    Engine engine = engine(lasting(), CONFIGURATION.withCacheBytes(0).withPromptTokens(16, 16));
    List<int[]> prompts = new ArrayList<>();
    List<List<Integer>> expected = new ArrayList<>();
    List<Generation> generations = new ArrayList<>();
    // Before the engine runs: a model is stepped by one thread at a time.
    for (int i = 0; i < 8; i++) {
      prompts.add(randomPrompt(random, context / 3));
      expected.add(naive(prompts.get(i), context / 4));
    }
    for (int[] prompt : prompts) {
      generations.add(submit(engine, prompt, GREEDY.withMaxTokens(context / 4)));
    }
    assertSame(prompts, expected, generations);
  }

  @Test
  void aPromptThatBeginsAsAnEarlierOneIsReadFromWhereTheyPart() {
    var random = new Random(7);
    Engine engine = engine(lasting(), CONFIGURATION);
    int[] first = randomPrompt(random, 40);
    ChatRequest request = GREEDY.withMaxTokens(10).withCacheScope("alice");
    assertThat(drain(submit(engine, first, request)).usage().cachedTokens()).isZero();
    int[] second = first.clone();
    second[30] = second[30] == 9 ? 10 : 9;
    for (int[] prompt : List.of(second, first, second)) {
      Generation generation = submit(engine, prompt, request);
      ChatEvent.Finished finished = drain(generation);
      assertThat(finished.usage().cachedTokens()).isGreaterThanOrEqualTo(30).isLessThan(40);
      List<Integer> tokens = new ArrayList<>();
      for (int i = 40; i < generation.length(); i++) {
        tokens.add(generation.tokens()[i]);
      }
      assertSame(prompt, naive(prompt, 10), tokens);
    }
  }

  @Test
  void nothingIsReusedAcrossScopes() {
    var random = new Random(8);
    Engine engine = engine(lasting(), CONFIGURATION);
    int[] prompt = randomPrompt(random, 40);
    ChatRequest alice = GREEDY.withMaxTokens(4).withCacheScope("alice");
    drain(submit(engine, prompt, alice));
    ChatRequest bob = alice.withCacheScope("bob");
    assertThat(drain(submit(engine, prompt, bob)).usage().cachedTokens()).isZero();
    assertThat(drain(submit(engine, prompt, alice)).usage().cachedTokens()).isEqualTo(39);
  }

  @Test
  void aFullInboxIsBusyAndEmptiesAgain() throws Exception {
    var gate = new CountDownLatch(1);
    LanguageModel slow =
        new Wrapped(model) {
          @Override
          public Logits step(Batch batch) {
            await(gate);
            return super.step(batch);
          }
        };
    Engine engine = engine(slow, CONFIGURATION.withRequests(1, 2));
    List<Generation> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      taken.add(submit(engine, new int[] {5}, GREEDY.withMaxTokens(2)));
    }
    assertThatThrownBy(() -> submit(engine, new int[] {5}, GREEDY)).isInstanceOf(Busy.class);
    gate.countDown();
    taken.forEach(SchedulingTest::drain);
    drain(submit(engine, new int[] {5}, GREEDY.withMaxTokens(2)));
  }

  @Test
  void closingAStreamStopsTheModelWithinOneStep() throws Exception {
    var steps = new AtomicInteger();
    var closed = new CountDownLatch(1);
    LanguageModel counted =
        new Wrapped(model) {
          @Override
          public Logits step(Batch batch) {
            // However late this test's thread is, the answer is not at its end when it closes.
            if (steps.incrementAndGet() > 32) {
              await(closed);
            }
            return super.step(batch);
          }
        };
    Engine engine = engine(counted, CONFIGURATION);
    Generation generation = submit(engine, new int[] {5, 6, 7}, GREEDY);
    generation.stream().next();
    generation.stream().close();
    int atClose = steps.get();
    closed.countDown();
    // The next request is served alone.
    drain(submit(engine, new int[] {9}, GREEDY.withMaxTokens(3)));
    assertThat(steps.get() - atClose).isLessThanOrEqualTo(5);
    while (generation.stream().hasNext()) {
      assertThat(generation.stream().next()).isNotInstanceOf(ChatEvent.Finished.class);
    }
  }

  @Test
  void ifTheEngineDiesEveryStreamFailsAndNoneHangs() {
    var bothAsked = new CountDownLatch(1);
    LanguageModel dying =
        new Wrapped(model) {
          private int steps;

          @Override
          public Logits step(Batch batch) {
            await(bothAsked);
            if (++steps == 3) {
              throw new IllegalStateException("broken on purpose");
            }
            return super.step(batch);
          }
        };
    Engine engine = engine(dying, CONFIGURATION.withRequests(1, 8));
    Generation running = submit(engine, new int[] {5}, GREEDY);
    Generation waiting = submit(engine, new int[] {6}, GREEDY);
    bothAsked.countDown();
    assertThatThrownBy(() -> drain(running))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("broken on purpose");
    assertThatThrownBy(() -> drain(waiting)).isInstanceOf(Unavailable.class);
    assertThatThrownBy(() -> submit(engine, new int[] {5}, GREEDY)).isInstanceOf(Unavailable.class);
  }

  @Test
  void closingTheEngineEndsRunningAnswers() throws InterruptedException {
    Engine engine = engine(lasting(), CONFIGURATION.withContextLength(0));
    var gate = new CountDownLatch(1);
    LanguageModel slow =
        new Wrapped(model) {
          @Override
          public Logits step(Batch batch) {
            await(gate);
            return super.step(batch);
          }
        };
    engine.close();
    Engine other = engine(slow, CONFIGURATION);
    Generation generation = submit(other, new int[] {5}, GREEDY);
    Thread closer = Thread.ofVirtual().start(other::close);
    // It has said that the engine is to end, and waits for that.
    while (closer.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    gate.countDown();
    assertThatThrownBy(() -> drain(generation)).isInstanceOf(Unavailable.class);
    closer.join();
  }

  @Test
  void sequencesEndAtTheContextWindow() {
    Engine engine = engine(lasting(), CONFIGURATION);
    int context = model.parameters().contextLength();
    int[] prompt = randomPrompt(new Random(9), context - 3);
    Generation generation = submit(engine, prompt, GREEDY);
    ChatEvent.Finished finished = drain(generation);
    assertThat(finished.usage().completionTokens()).isLessThanOrEqualTo(3);
    assertThat(generation.length()).isLessThanOrEqualTo(context);
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A model that can be made slow or broken, and that outlives the engine over it.
  private static class Wrapped implements LanguageModel {
    private final LanguageModel inner;

    Wrapped(LanguageModel inner) {
      this.inner = inner;
    }

    @Override
    public ModelParameters parameters() {
      return inner.parameters();
    }

    @Override
    public SequenceState newSequence() {
      return inner.newSequence();
    }

    @Override
    public Logits step(Batch batch) {
      return inner.step(batch);
    }

    @Override
    public FittedAdapter fit(Adapter adapter) {
      return inner.fit(adapter);
    }

    @Override
    public void close() {}
  }
}
