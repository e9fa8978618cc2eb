package dev.freehold.cli;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Reranker;
import dev.freehold.chat.Unavailable;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The models of the store behind [ChatModels]: each is loaded when it is first asked, and those
/// asked longest ago make room where memory does not hold all.
///
/// What is asked of a model holds it loaded until it is answered. Safe for use by many threads at
/// once.
final class StoreModels implements ChatModels, AutoCloseable {

  private final ModelStore store;
  private final String standard;
  private final long memory;
  private final ModelOpener opener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Loaded> loaded = new HashMap<>();
  private long clock;
  private boolean closed;

  /// @param store where the models lie
  /// @param standard the model that is listed first
  /// @param memory bytes that the weights of all loaded models may take together
  /// @param opener loads one
  StoreModels(ModelStore store, String standard, long memory, ModelOpener opener) {
    this.store = store;
    this.standard = standard;
    this.memory = memory;
    this.opener = opener;
  }

  /// A model in memory, or on its way there.
  private final class Loaded {
    private final StoredModel stored;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable ChatModel model;
    private int users;
    private long lastUse;

    Loaded(StoredModel stored) {
      this.stored = stored;
    }

    /// Whoever asks first reads the weights; the others wait for that, and for nothing else.
    ChatModel open() {
      loading.lock();
      try {
        ChatModel present = model;
        if (present == null) {
          present = opener.open(stored);
          model = present;
        }
        return present;
      } finally {
        loading.unlock();
      }
    }

    void close() {
      ChatModel present = model;
      if (present != null) {
        present.close();
      }
    }
  }

  @Override
  public List<ModelCard> cards() {
    List<ModelCard> cards = new ArrayList<>(store.list().stream().map(StoredModel::card).toList());
    cards.sort(Comparator.comparing((ModelCard card) -> !card.name().equals(standard)));
    return cards;
  }

  @Override
  public ChatModel model(String name) {
    return new OnDemand(store.resolve(name));
  }

  /// Whether the weights of that model are in memory.
  boolean isLoaded(String name) {
    String digest = store.find(name).map(model -> model.digest().toString()).orElse("");
    lock.lock();
    try {
      Loaded entry = loaded.get(digest);
      return entry != null && entry.model != null;
    } finally {
      lock.unlock();
    }
  }

  /// Holds a model for one user, making room for it if it is not in memory.
  private Loaded take(StoredModel wanted) {
    lock.lock();
    try {
      if (closed) {
        throw new Unavailable("Freehold is stopping.");
      }
      String digest = wanted.digest().toString();
      Loaded entry = loaded.get(digest);
      if (entry == null) {
        makeRoom(wanted.bytes());
        entry = new Loaded(wanted);
        loaded.put(digest, entry);
      }
      entry.users++;
      entry.lastUse = ++clock;
      return entry;
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(Loaded entry) {
    lock.lock();
    try {
      entry.users--;
      if (entry.model == null && entry.users == 0) {
        loaded.remove(entry.stored.digest().toString(), entry); // It could not be loaded.
      }
    } finally {
      lock.unlock();
    }
  }

  private void makeRoom(long bytes) {
    long taken = loaded.values().stream().mapToLong(entry -> entry.stored.bytes()).sum();
    while (taken + bytes > memory && !loaded.isEmpty()) {
      Loaded idle =
          loaded.values().stream()
              .filter(entry -> entry.users == 0)
              .min(Comparator.comparingLong((Loaded entry) -> entry.lastUse))
              .orElseThrow(() ->
                  new Busy(
                      "The models in memory are all answering, and there is no room for another.",
                      Duration.ofSeconds(10)));
      loaded.remove(idle.stored.digest().toString());
      idle.close();
      taken -= idle.stored.bytes();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      loaded.values().forEach(Loaded::close);
      loaded.clear();
    } finally {
      lock.unlock();
    }
  }

  /// A model of the store that loads itself when it is asked.
  private final class OnDemand implements ChatModel {
    private final StoredModel stored;

    OnDemand(StoredModel stored) {
      this.stored = stored;
    }

    @Override
    public ModelCard card() {
      return stored.card();
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      Loaded held = take(stored);
      boolean started = false;
      try {
        ChatStream stream = held.open().stream(request);
        started = true;
        return new Held(stream, () -> giveBack(held));
      } finally {
        if (!started) {
          giveBack(held);
        }
      }
    }

    /// What a use of the model gives, which holds it in memory meanwhile.
    private <T> T holding(Function<ChatModel, T> use) {
      Loaded held = take(stored);
      try {
        return use.apply(held.open());
      } finally {
        giveBack(held);
      }
    }

    @Override
    public int countTokens(Prompt prompt) {
      return holding(model -> model.countTokens(prompt));
    }

    @Override
    public List<Continuation> continuations(String context, List<String> texts) {
      return holding(model -> model.continuations(context, texts));
    }

    @Override
    public Embedder embedder() {
      return new Embedder() {
        @Override
        public String id() {
          return with(Embedder::id);
        }

        @Override
        public int dimensions() {
          return with(Embedder::dimensions);
        }

        @Override
        public int maxTokens() {
          return with(Embedder::maxTokens);
        }

        @Override
        public int countTokens(String text) {
          return with(embedder -> embedder.countTokens(text));
        }

        @Override
        public List<float[]> embed(Purpose purpose, List<String> texts) {
          return with(embedder -> embedder.embed(purpose, texts));
        }

        private <T> T with(Function<Embedder, T> use) {
          return holding(model -> use.apply(model.embedder()));
        }

        @Override
        public void close() {
          // As the model's own.
        }
      };
    }

    @Override
    public Reranker reranker() {
      return new Reranker() {
        @Override
        public String id() {
          return with(Reranker::id);
        }

        @Override
        public int maxTokens() {
          return with(Reranker::maxTokens);
        }

        @Override
        public int countTokens(String question, String passage) {
          return with(reranker -> reranker.countTokens(question, passage));
        }

        @Override
        public List<Double> relevance(String question, List<String> passages) {
          return with(reranker -> reranker.relevance(question, passages));
        }

        private <T> T with(Function<Reranker, T> use) {
          return holding(model -> use.apply(model.reranker()));
        }

        @Override
        public void close() {
          // As the model's own.
        }
      };
    }

    @Override
    public void close() {
      // The weights belong to all who ask for this model; they go when room is needed.
    }
  }
}
