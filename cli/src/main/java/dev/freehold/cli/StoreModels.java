package dev.freehold.cli;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.Asking;
import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Reranker;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The models of the store behind [ChatModels]: each is loaded when it is first asked, and those
/// asked longest ago make room where memory does not hold all.
///
/// What is asked of a model holds it loaded until it is answered. Adapters are put on top of a
/// model by name, `smollm2+handbook-1`, or by a request, for those who may read them. Safe for use
/// by many threads at once.
final class StoreModels implements ChatModels, AutoCloseable {

  private final ModelStore store;
  private final ReadableAdapters adapters;
  private final String standard;
  private final long memory;
  private final ModelOpener opener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Loaded> loaded = new HashMap<>();
  // Adapters of a model may take this part of what all models may.
  private static final int SHARE_OF_ADAPTERS = 4;

  private long clock;
  private boolean closed;

  /// Models without adapters.
  ///
  /// @param store where the models lie
  /// @param standard the model that is listed first
  /// @param memory bytes that the weights of all loaded models may take together
  /// @param opener loads one
  StoreModels(ModelStore store, String standard, long memory, ModelOpener opener) {
    this(store, ReadableAdapters.NONE, standard, memory, opener);
  }

  /// @param store where the models lie
  /// @param adapters what may be put on top of them
  /// @param standard the model that is listed first
  /// @param memory bytes that the weights of all loaded models may take together
  /// @param opener loads one
  StoreModels(
      ModelStore store,
      ReadableAdapters adapters,
      String standard,
      long memory,
      ModelOpener opener) {
    this.store = store;
    this.adapters = adapters;
    this.standard = standard;
    this.memory = memory;
    this.opener = opener;
  }

  /// A model in memory, or on its way there.
  private final class Loaded {
    private final StoredModel stored;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable ChatModel model;
    private volatile @Nullable Wardrobe wardrobe;
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
          wardrobe = new Wardrobe(opener, present, memory / SHARE_OF_ADAPTERS);
          model = present;
        }
        return present;
      } finally {
        loading.unlock();
      }
    }

    /// Asks the model with these adapters ready.
    <T> T ask(List<StoredAdapter> wanted, Function<ChatModel, T> question) {
      ChatModel present = open();
      return Objects.requireNonNull(wardrobe).with(wanted, () -> question.apply(present));
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

  /// With each model, what it is with an adapter on top of it that the principal may read.
  @Override
  public List<ModelCard> cards(Principal principal) {
    List<ModelCard> cards = new ArrayList<>(cards());
    List<StoredAdapter> readable = adapters.list(principal);
    for (StoredModel base : store.list()) {
      readable.stream()
          .filter(adapter -> adapter.publication().base().equals(base.digest()))
          .map(adapter -> new AdaptedName(base, List.of(adapter)).card())
          .forEach(cards::add);
    }
    return cards;
  }

  /// A model as it is. With adapters it is asked on somebody's behalf.
  @Override
  public ChatModel model(String name) {
    if (AdaptedName.is(name)) {
      throw new InvalidRequest("Adapters are used on somebody's behalf only.", "model");
    }
    return new OnDemand(new AdaptedName(store.resolve(name), List.of()), null);
  }

  @Override
  public ChatModel model(String name, Asking asking) {
    // The store's words for what is not there, also for what may not be read.
    return AdaptedName.find(name, store, adapters, asking.principal())
        .map(found -> new OnDemand(found, asking.principal()))
        .orElseGet(() -> new OnDemand(new AdaptedName(store.resolve(name), List.of()), null));
  }

  /// Whether the weights of that model are in memory.
  boolean isLoaded(String name) {
    String digest =
        store.find(AdaptedName.base(name)).map(model -> model.digest().toString()).orElse("");
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

  /// Lets go of what the models in memory remember of a principal's prompts.
  void forget(String principal) {
    List<ChatModel> models = new ArrayList<>();
    lock.lock();
    try {
      for (Loaded entry : loaded.values()) {
        ChatModel model = entry.model;
        if (model != null) {
          models.add(model);
        }
      }
    } finally {
      lock.unlock();
    }
    models.forEach(model -> opener.forget(model, principal));
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
    private final AdaptedName asked;
    private final StoredModel stored;
    private final @Nullable Principal principal;

    /// @param principal who may name further adapters in a request, or null: nobody
    OnDemand(AdaptedName asked, @Nullable Principal principal) {
      this.asked = asked;
      this.stored = asked.base();
      this.principal = principal;
    }

    @Override
    public ModelCard card() {
      return asked.card();
    }

    /// The adapters of the name, and those of a request behind them; for one of the name, the
    /// request says the scale.
    private Map<StoredAdapter, Double> scales(List<AdapterUse> uses) {
      Map<StoredAdapter, Double> scales = new LinkedHashMap<>();
      asked.adapters().forEach(adapter -> scales.put(adapter, 1.0));
      for (AdapterUse use : uses) {
        StoredAdapter adapter =
            Optional.ofNullable(principal)
                .flatMap(who -> AdaptedName.adapter(use.name(), stored, adapters, who))
                .orElseThrow(() ->
                    new InvalidRequest(
                        "There is no adapter %s for %s."
                            .formatted(
                                use.name().length() > 90
                                    ? use.name().substring(0, 90) + "…"
                                    : use.name(),
                                stored.name()),
                        "lora"));
        scales.put(adapter, use.scale());
      }
      return scales;
    }

    private static List<AdapterUse> byDigest(Map<StoredAdapter, Double> scales) {
      List<AdapterUse> uses = new ArrayList<>();
      scales.forEach(
          (adapter, scale) -> uses.add(new AdapterUse(adapter.digest().toString(), scale)));
      return uses;
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      Map<StoredAdapter, Double> scales = scales(request.adapters());
      ChatRequest wanted = request.withAdapters(byDigest(scales));
      Loaded held = take(stored);
      boolean started = false;
      try {
        ChatStream stream = held.ask(List.copyOf(scales.keySet()), model -> model.stream(wanted));
        started = true;
        return new Held(stream, () -> giveBack(held));
      } finally {
        if (!started) {
          giveBack(held);
        }
      }
    }

    private void refuseAdapters(String what) {
      if (!asked.adapters().isEmpty()) {
        throw new Unsupported(what + " by a model with an adapter", "models as they are");
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
      return scoring(model -> model.continuations(context, texts));
    }

    @Override
    public List<Continuation> continuations(Prompt prompt, List<String> texts) {
      return scoring(model -> model.continuations(prompt, texts));
    }

    @Override
    public List<ChatEvent.TokenLogprob> tokens(String text, int top) {
      return scoring(model -> model.tokens(text, top));
    }

    /// What a model says of given texts, with the adapters of its name.
    private <T> T scoring(Function<ChatModel, T> use) {
      Loaded held = take(stored);
      try {
        Map<StoredAdapter, Double> scales = scales(List.of());
        return held.ask(
            List.copyOf(scales.keySet()),
            model ->
                use.apply(
                    scales.isEmpty()
                        ? model
                        : opener.adapted(model, card().name(), byDigest(scales))));
      } finally {
        giveBack(held);
      }
    }

    @Override
    public Embedder embedder() {
      refuseAdapters("The vector of a text");
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
      refuseAdapters("The relevance of a passage");
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
