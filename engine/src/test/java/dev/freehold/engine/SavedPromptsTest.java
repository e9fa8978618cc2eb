package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Long prompts on the disk: found again by those whose they are, after a restart, exactly; never
/// trusted where they are not what was written.
class SavedPromptsTest {

  private static final int ANSWER = 12;

  @TempDir private Path folder;

  private SavedPrompts settings(long bytes) {
    return new SavedPrompts(folder.resolve("prompts"), bytes, 32);
  }

  private static Tokenizer tokenizer() {
    try (GgufFile file = GgufFile.open(Goldens.file("tiny-f32.gguf"))) {
      return Tokenizer.read(file.metadata());
    }
  }

  private static LanguageModel open(String name) {
    return Models.open(Goldens.file(name), ModelConfiguration.standard().withThreads(1));
  }

  private record Answered(int[] tokens, int cached) {}

  private static Answered answer(
      String name, @Nullable PromptStore store, int[] prompt, String scope) {
    Engine engine =
        new Engine(open(name), EngineConfiguration.standard().withThreads(1), "test", store);
    try {
      ChatRequest request =
          ChatRequest.of(new Prompt.Text(""))
              .withSampling(Sampling.GREEDY)
              .withMaxTokens(ANSWER)
              .withCacheScope(scope);
      var generation =
          new Generation(prompt, request, tokenizer(), 256, AnswerFormat.PLAIN, "", false);
      engine.submit(generation);
      ChatEvent last = null;
      while (generation.stream().hasNext()) {
        last = generation.stream().next();
      }
      assertThat(last).isInstanceOf(ChatEvent.Finished.class);
      return new Answered(generation.tokens(), ((ChatEvent.Finished) last).usage().cachedTokens());
    } finally {
      engine.close();
    }
  }

  private static int[] prompt(int length, long seed) {
    return new Random(seed).ints(length, 3, 53).toArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-f32.gguf",
        "tiny-mistral-window.gguf",
        "tiny-gemma3.gguf",
        "tiny-gpt-oss.gguf",
        "tiny-qwen3next.gguf",
        "tiny-lfm2.gguf",
        "tiny-deepseek-v2-lite.gguf"
      })
  void whateverLayersRememberComesBackAfterARestartAndTheTokensAreTheSame(String name) {
    var first = new PromptStore(settings(1 << 30), name);
    Answered asked = answer(name, first, prompt(60, 1), "anna");
    assertThat(asked.cached()).isZero();
    int[] next = Arrays.copyOf(asked.tokens(), asked.tokens().length + 20);
    System.arraycopy(prompt(20, 2), 0, next, asked.tokens().length, 20);
    Answered expected = answer(name, null, next, "anna");
    Answered again = answer(name, new PromptStore(settings(1 << 30), name), next, "anna");
    assertThat(again.tokens()).isEqualTo(expected.tokens());
    assertThat(again.cached()).isGreaterThanOrEqualTo(60);
  }

  @Test
  void nobodyElseFindsWhatIsSaved() {
    int[] prompt = prompt(90, 1);
    answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "a"), prompt, "anna");
    assertThat(cached("a", prompt, "anna")).isPositive();
    assertThat(cached("a", prompt, "bruno")).isZero();
    assertThat(cached("a", prompt, "")).isZero();
    assertThat(cached("another model", prompt, "anna")).isZero();
    answer(
        "tiny-f32.gguf",
        new PromptStore(settings(1 << 30), "b"),
        prompt,
        ChatRequest.IN_MEMORY + "anna");
    assertThat(cached("b", prompt, ChatRequest.IN_MEMORY + "anna")).isZero();
  }

  private int cached(String model, int[] prompt, String scope) {
    try (var store = new PromptStore(settings(1 << 30), model);
        LanguageModel language = open("tiny-f32.gguf")) {
      SequenceState state = store.longest(scope, prompt, 0, language::newSequence);
      return state == null ? 0 : state.length();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith(".mark"))
          .toList();
    }
  }

  @Test
  void onlyTheOwnerOfTheProcessMayReadTheFiles() throws IOException {
    answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "a"), prompt(90, 1), "anna");
    assertThat(files()).hasSize(1);
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
    Path file = files().getFirst();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    // Neither the scope nor the model can be read from names.
    assertThat(file.toString()).doesNotContain("anna");
  }

  @Test
  void whatIsDamagedOrForeignIsNeverUsed() throws IOException {
    int[] prompt = prompt(90, 1);
    answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "a"), prompt, "anna");
    Path file = files().getFirst();
    byte[] sound = Files.readAllBytes(file);
    var random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] mutant = sound.clone();
      int at = i < 150 ? random.nextInt(500) : random.nextInt(mutant.length);
      mutant[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, mutant);
      assertThat(cached("a", prompt, "anna")).as("byte %d", at).isZero();
    }
    for (int length : new int[] {0, 1, 16, 55, 56, 300, sound.length / 2, sound.length - 1}) {
      Files.write(file, Arrays.copyOf(sound, length));
      assertThat(cached("a", prompt, "anna")).as("length %d", length).isZero();
    }
    Files.write(file, Arrays.copyOf(sound, sound.length + 4));
    assertThat(cached("a", prompt, "anna")).isZero();
    Files.write(file, sound);
    assertThat(cached("a", prompt, "anna")).isPositive();
    // Another model's file under this one's name.
    answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "b"), prompt, "anna");
    Path foreign = files().stream().filter(one -> !one.equals(file)).findFirst().orElseThrow();
    Files.copy(foreign, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(cached("a", prompt, "anna")).isZero();
    assertThat(answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "a"), prompt, "anna"))
        .extracting(Answered::cached)
        .isEqualTo(0);
  }

  @Test
  void whatAnOwnerAskedIsErasedAtOnceWhicheverModelAndScopeAndNothingElse() throws IOException {
    int[] prompt = prompt(90, 1);
    for (String scope : new String[] {"anna", "anna\nuser:u-1", "bruno"}) {
      answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "a"), prompt, scope);
    }
    answer("tiny-f32.gguf", new PromptStore(settings(1 << 30), "b"), prompt, "anna");
    assertThat(files()).hasSize(4);
    try (var running = new PromptStore(settings(1 << 30), "a");
        LanguageModel language = open("tiny-f32.gguf")) {
      assertThat(running.wants("anna", prompt)).isFalse();
      settings(0).erase("anna");
      assertThat(files()).hasSize(1);
      // A process that had found them before reads them no more.
      assertThat(running.longest("anna", prompt, 0, language::newSequence)).isNull();
      settings(0).erase("nobody");
    }
    assertThat(cached("a", prompt, "anna")).isZero();
    assertThat(cached("a", prompt, "anna\nuser:u-1")).isZero();
    assertThat(cached("b", prompt, "anna")).isZero();
    assertThat(cached("a", prompt, "bruno")).isPositive();
    try (Stream<Path> owners = Files.list(folder.resolve("prompts"))) {
      assertThat(owners).hasSize(1);
    }
  }

  @Test
  void whatIsErasedWhileItWaitsOrIsWrittenComesToNothing() throws IOException {
    int[] prompt = prompt(90, 1);
    try (LanguageModel model = open("tiny-f32.gguf")) {
      for (int i = 0; i < 20; i++) {
        try (var store = new PromptStore(settings(1 << 30), "a")) {
          store.keep("anna", prompt, stepped(model, prompt));
          if (i % 2 == 0) {
            store.forget("anna");
          }
          settings(0).erase("anna");
        }
        assertThat(files()).isEmpty();
      }
    }
  }

  /// The same state, whose size is told only after `go`.
  private static SequenceState held(
      SequenceState state, CountDownLatch reached, CountDownLatch go) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          if (method.getName().equals("bytes") && arguments == null) {
            reached.countDown();
            go.await();
          }
          return method.invoke(state, arguments);
        };
    return (SequenceState)
        Proxy.newProxyInstance(
            SequenceState.class.getClassLoader(), new Class<?>[] {SequenceState.class}, handler);
  }

  @Test
  void whatWasErasedWhileItWaitedIsNotWrittenWithWhatItsOwnerAskedLater() throws Exception {
    int[] prompt = prompt(90, 1);
    int[] later = prompt(90, 2);
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (LanguageModel model = open("tiny-f32.gguf")) {
      try (var store = new PromptStore(settings(1 << 30), "a")) {
        store.keep("anna", prompt, held(stepped(model, prompt), reached, go));
        reached.await();
        store.forget("anna");
        settings(0).erase("anna");
        store.keep("anna", later, stepped(model, later));
        go.countDown();
      }
      assertThat(files()).hasSize(1);
      try (var store = new PromptStore(settings(1 << 30), "a")) {
        assertThat(store.wants("anna", prompt)).isTrue();
        assertThat(store.wants("anna", later)).isFalse();
      }
    }
  }

  private static SequenceState stepped(LanguageModel model, int[] prompt) {
    SequenceState state = model.newSequence();
    model.step(new Batch(List.of(new Batch.Entry(state, prompt, Batch.Outputs.NONE))));
    return state;
  }

  @Test
  void severalMayEraseAtOnce() throws Exception {
    for (int i = 0; i < 50; i++) {
      Path its = settings(1 << 30).of("anna").resolve("realm");
      Files.createDirectories(its);
      for (int file = 0; file < 20; file++) {
        Files.writeString(its.resolve(file + ".prompt"), "x");
      }
      Path halfErased = Files.createDirectories(folder.resolve("prompts/erased-" + i));
      for (int file = 0; file < 20; file++) {
        Files.writeString(halfErased.resolve(file + ".prompt"), "x");
      }
      try (var erasing = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
          all.add(erasing.submit(() -> settings(1 << 30).erase("anna")));
        }
        for (Future<?> one : all) {
          one.get();
        }
      }
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void whatIsNobodysIsNotSaved() {
    try (var store = new PromptStore(settings(1 << 30), "a")) {
      assertThat(store.wants("", prompt(90, 1))).isFalse();
      assertThat(store.wants("\nuser:u-1", prompt(90, 1))).isFalse();
      assertThat(store.wants("anna", prompt(90, 1))).isTrue();
    }
  }

  @Test
  void whatWasUsedLongestAgoGoesFirst() throws IOException {
    try (LanguageModel model = open("tiny-f32.gguf")) {
      long one = 0;
      for (int i = 0; i < 5; i++) {
        try (var store = new PromptStore(settings(one == 0 ? 1 << 30 : one * 3 + one / 2), "a")) {
          int[] prompt = prompt(90, i);
          SequenceState state = model.newSequence();
          model.step(new Batch(List.of(new Batch.Entry(state, prompt, Batch.Outputs.NONE))));
          assertThat(store.wants("anna", prompt)).isTrue();
          store.keep("anna", prompt, state);
        }
        for (Path file : files()) {
          one = Files.size(file);
          // Clocks need not have ticked in between.
          FileTime used = Files.getLastModifiedTime(file);
          if (used.toInstant().isAfter(Instant.now().minusSeconds(60))) {
            Files.setLastModifiedTime(
                file, FileTime.from(Instant.now().minusSeconds(10_000 - 100L * i)));
          }
        }
      }
    }
    assertThat(files()).hasSize(3);
    assertThat(cached("a", prompt(90, 0), "anna")).isZero();
    assertThat(cached("a", prompt(90, 1), "anna")).isZero();
    for (int i = 2; i < 5; i++) {
      assertThat(cached("a", prompt(90, i), "anna")).isPositive();
    }
  }

  @Test
  void aRestartedModelAnswersALongPromptFromTheDisk() {
    var configuration =
        EngineConfiguration.standard()
            .withContextLength(1024)
            .withSavedPrompts(SavedPrompts.in(folder.resolve("prompts"), 1L << 30));
    var identity = new ModelIdentity("smol", "", "sha256:0123", Instant.EPOCH);
    ChatRequest request =
        ChatRequest.of(
                new Message.System("You answer in one word. " + "Be brief and kind. ".repeat(60)),
                new Message.User("What is the capital of France?"))
            .withSampling(Sampling.GREEDY)
            .withMaxTokens(8)
            .withCacheScope("anna");
    ChatAnswer first;
    try (LocalChatModel model = LocalChatModel.open(DefaultModel.path(), configuration, identity)) {
      first = model.answer(request);
    }
    assertThat(first.usage().cachedTokens()).isZero();
    try (LocalChatModel model = LocalChatModel.open(DefaultModel.path(), configuration, identity)) {
      ChatAnswer again = model.answer(request);
      assertThat(again.text()).isEqualTo(first.text());
      assertThat(again.usage().cachedTokens()).isEqualTo(first.usage().promptTokens() - 1);
      ChatAnswer other = model.answer(request.withCacheScope("bruno"));
      assertThat(other.text()).isEqualTo(first.text());
      assertThat(other.usage().cachedTokens()).isZero();
    }
  }
}
