package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import dev.freehold.store.Catalogue;
import dev.freehold.store.ModelFacts;
import dev.freehold.store.ModelStore;
import dev.freehold.store.PullSettings;
import dev.freehold.store.Puller;
import dev.freehold.store.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreModelsTest {

  private static final ChatRequest QUESTION = ChatRequest.of(new Message.User("?"));

  @TempDir private Path folder;
  private ModelStore store;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void threeModelsOfThousandBytes() throws IOException {
    store = ModelStore.open(folder.resolve("home"));
    for (String name : List.of("a", "b", "c")) {
      byte[] bytes = new byte[1_000];
      bytes[0] = (byte) name.charAt(0);
      Path file = Files.write(folder.resolve(name + ".gguf"), bytes);
      new Puller(
              store,
              Catalogue.shipped(),
              PullSettings.DEFAULT,
              _ -> new ModelFacts("test", 1, 10, "MIT"))
          .pull(file.toString(), Optional.empty(), Optional.empty(), _ -> {});
    }
  }

  /// A model that answers nothing until it is closed, and says when it was opened and closed.
  private final class Silent implements ChatModel {
    private final StoredModel stored;
    private final AtomicBoolean closed = new AtomicBoolean();

    Silent(StoredModel stored) {
      this.stored = stored;
      log("+" + stored.name());
    }

    @Override
    public ModelCard card() {
      return stored.card();
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      if (closed.get()) {
        throw new Unavailable("closed");
      }
      return new ChatStream() {
        @Override
        public boolean hasNext() {
          return false;
        }

        @Override
        public ChatEvent next() {
          throw new java.util.NoSuchElementException();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public int countTokens(Prompt prompt) {
      return 1;
    }

    @Override
    public void close() {
      closed.set(true);
      log("-" + stored.name());
    }
  }

  private synchronized void log(String entry) {
    log.add(entry);
  }

  private StoreModels models(long memory) {
    return new StoreModels(store, "b", memory, Silent::new);
  }

  private static void ask(StoreModels models, String name) {
    models.model(name).stream(QUESTION).close();
  }

  @Test
  void theDefaultModelIsListedFirstAndNothingIsLoadedUnasked() {
    try (StoreModels models = models(2_000)) {
      assertThat(models.cards()).extracting(ModelCard::name).containsExactly("b", "a", "c");
      assertThat(models.model("a").card().name()).isEqualTo("a");
      assertThatThrownBy(() -> models.model("d")).isInstanceOf(NotFound.class);
      assertThat(log).isEmpty();
      assertThat(models.isLoaded("a")).isFalse();
    }
  }

  @Test
  void theOneAskedLongestAgoMakesRoom() {
    try (StoreModels models = models(2_000)) {
      ask(models, "a");
      ask(models, "b");
      ask(models, "a");
      ask(models, "c");
      assertThat(log).containsExactly("+a", "+b", "-b", "+c");
      assertThat(models.isLoaded("a")).isTrue();
      assertThat(models.isLoaded("b")).isFalse();
    }
    assertThat(log).contains("-a", "-c");
  }

  @Test
  void whatAnswersStaysAndOthersAreToldToWait() {
    try (StoreModels models = models(1_000)) {
      try (ChatStream _ = models.model("a").stream(QUESTION)) {
        assertThatThrownBy(() -> models.model("b").stream(QUESTION)).isInstanceOf(Busy.class);
        assertThat(log).containsExactly("+a");
      }
      ask(models, "b");
      assertThat(log).containsExactly("+a", "-a", "+b");
    }
  }

  @Test
  void aModelThatAloneIsTooLargeIsLoadedAllTheSame() {
    try (StoreModels models = models(10)) {
      ask(models, "a");
      assertThat(log).containsExactly("+a");
    }
  }

  @Test
  void manyWhoAskAtOnceLoadOnce() throws Exception {
    try (StoreModels models = models(2_000);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch go = new CountDownLatch(1);
      List<Future<?>> asked = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        asked.add(
            threads.submit(() -> {
              go.await();
              ask(models, "a");
              return "";
            }));
      }
      go.countDown();
      for (Future<?> one : asked) {
        one.get();
      }
      assertThat(log).containsExactly("+a");
    }
  }

  @Test
  void oneThatCannotBeLoadedIsTriedAgainNextTime() {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (StoreModels models =
        new StoreModels(
            store,
            "a",
            1_000,
            stored -> {
              if (broken.get()) {
                throw new Unavailable("no memory");
              }
              return new Silent(stored);
            })) {
      assertThatThrownBy(() -> ask(models, "a")).isInstanceOf(Unavailable.class);
      broken.set(false);
      ask(models, "a");
      assertThat(log).containsExactly("+a");
    }
  }

  @Test
  void afterItsEndNothingIsLoaded() {
    StoreModels models = models(1_000);
    models.close();
    assertThatThrownBy(() -> ask(models, "a")).isInstanceOf(Unavailable.class);
  }
}
