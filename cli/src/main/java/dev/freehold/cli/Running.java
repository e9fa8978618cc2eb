package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Reranker;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.documents.Library;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.evaluation.Seals;
import dev.freehold.governance.IssuedKey;
import dev.freehold.governance.Key;
import dev.freehold.governance.Keys;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.governance.egress.Gate;
import dev.freehold.proving.ProofRunner;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Watches;
import dev.freehold.remote.Upstreams;
import dev.freehold.server.FreeholdServer;
import dev.freehold.server.ModelShelf;
import dev.freehold.server.ServerConfiguration;
import dev.freehold.server.ServerPorts;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.teaching.Teaching;
import dev.freehold.workload.Capture;
import dev.freehold.workload.Exchanges;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workloads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Everything that runs while Freehold is up, put together here and nowhere else.
final class Running implements AutoCloseable {

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Deque<AutoCloseable> parts;
  private final FreeholdServer server;
  private final Settings settings;
  private final Optional<IssuedKey> firstKey;
  private final ModelShelf shelf;

  private Running(
      Deque<AutoCloseable> parts,
      FreeholdServer server,
      Settings settings,
      Optional<IssuedKey> firstKey,
      ModelShelf shelf) {
    this.parts = parts;
    this.server = server;
    this.settings = settings;
    this.firstKey = firstKey;
    this.shelf = shelf;
  }

  static Running start(Settings settings, ModelStore store, ModelOpener opener) {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    boolean started = false;
    try {
      Database database = opened(parts, Database.open(settings.home().resolve("freehold.db")));
      Keys keys = Keys.in(database);
      BgeSmallEmbedder embedder = opened(parts, BgeSmallEmbedder.open());
      Seals seals = Seals.open(settings.home().resolve("sealed"));
      Library library =
          opened(
              parts,
              Library.open(
                  Documents.settings(settings.home().resolve("documents")),
                  database,
                  embedder,
                  reranker(parts, settings, store, opener),
                  seals));
      StoreModels models =
          opened(
              parts,
              new StoreModels(
                  store,
                  ReadableAdapters.by(AdapterStore.in(store), library),
                  settings.model(),
                  Runtime.getRuntime().maxMemory() / 2,
                  opener));
      Optional<IssuedKey> first = keys.firstRun();
      ModelShelf shelf = new Shelf(store, models);
      Upstreams upstreams = opened(parts, Upstreams.in(settings.home()));
      HouseModels all =
          new HouseModels(models, upstreams, Gate.in(database, settings.gatePolicy()));
      Workloads workloads = workloads(parts, settings, database, all, embedder);
      // Memory first: what waits there to be written is on no disk yet.
      workloads.alsoErase(models::forget);
      workloads.alsoErase(settings.prompts()::erase);
      Proofs proofs =
          Proofs.in(
              database,
              workloads,
              all,
              seals,
              settings.home(),
              Commands.version(),
              (person, collections) -> LibraryGrounds.of(library, person, collections),
              () -> Optional.of(embedder),
              settings.judge());
      ServerPorts.Proving proving = proving(parts, database, proofs, keys);
      Teaching teaching =
          opened(
              parts,
              TeachingHouse.open(
                  settings, store, database, keys, library, workloads, workloads, seals));
      FreeholdServer server =
          opened(
              parts,
              FreeholdServer.start(
                  configuration(settings, keys, first),
                  new ServerPorts(
                      database,
                      keys,
                      workloads,
                      List.of(embedder),
                      library,
                      shelf,
                      workloads,
                      EgressLog.in(database),
                      new UpstreamDesk(upstreams),
                      proving,
                      teaching)));
      Running running = new Running(parts, server, settings, first, shelf);
      started = true;
      // Not before: on few cores, it would keep the page waiting.
      Thread.ofPlatform().daemon().name("warm-up").start(() -> warmUp(models, settings.model()));
      return running;
    } finally {
      if (!started) {
        closeAll(parts);
      }
    }
  }

  /// The reranker that was configured, beside the models that answer. Its weights are read when a
  /// question is first asked.
  private static Optional<Reranker> reranker(
      Deque<AutoCloseable> parts, Settings settings, ModelStore store, ModelOpener opener) {
    if (settings.reranker().isEmpty()) {
      return Optional.empty();
    }
    StoreModels models =
        opened(
            parts,
            new StoreModels(
                store,
                ReadableAdapters.NONE,
                settings.reranker(),
                Runtime.getRuntime().maxMemory() / 2,
                opener));
    return Optional.of(models.model(settings.reranker()).reranker());
  }

  private static Workloads workloads(
      Deque<AutoCloseable> parts,
      Settings settings,
      Database database,
      HouseModels models,
      Embedder embedder) {
    Exchanges exchanges = SqliteExchanges.in(database);
    Capture capture = opened(parts, Capture.open(settings.home().resolve("exchanges"), exchanges));
    Workloads workloads =
        Workloads.in(
            database,
            exchanges,
            capture,
            models,
            HouseQuality.with(Optional.of(embedder), settings.judge()));
    Thread quality = Thread.ofVirtual().name("quality").start(() -> watch(workloads));
    parts.push(quality::interrupt);
    Thread retention = Thread.ofVirtual().name("retention").start(() -> retain(workloads));
    parts.push(retention::interrupt);
    return workloads;
  }

  /// Goes on with proofs that the last process left, and looks at what is watched.
  private static ServerPorts.Proving proving(
      Deque<AutoCloseable> parts, Database database, Proofs proofs, Keys keys) {
    Function<String, Optional<Principal>> people =
        id ->
            id.equals(Administration.whoeverRunsThis().id())
                ? Optional.of(Administration.whoeverRunsThis())
                : keys.list().stream()
                    .map(Key::principal)
                    .filter(one -> one.id().equals(id))
                    .findFirst();
    Watches watches = opened(parts, Watches.in(database, proofs));
    ProofRunner runner = opened(parts, new ProofRunner(proofs));
    proofs.sweep(Administration.whoeverRunsThis());
    watches.sweep(Administration.whoeverRunsThis());
    runner.resume(people);
    watches.begin(people);
    return new ServerPorts.Proving(proofs, runner, watches);
  }

  /// Looks at candidates' quality as often as their workloads say.
  private static void watch(Workloads workloads) {
    while (true) {
      try {
        Thread.sleep(LOOK);
        workloads.look();
      } catch (FreeholdException e) {
        System.err.println(e.getMessage());
      } catch (InterruptedException e) {
        return; // Freehold stops.
      }
    }
  }

  /// Deletes what has been kept long enough, at the start and every hour.
  private static void retain(Workloads workloads) {
    while (true) {
      try {
        workloads.expire();
      } catch (FreeholdException e) {
        System.err.println(e.getMessage());
      }
      try {
        Thread.sleep(Duration.ofHours(1));
      } catch (InterruptedException e) {
        return; // Freehold stops.
      }
    }
  }

  private static <T extends AutoCloseable> T opened(Deque<AutoCloseable> parts, T part) {
    parts.push(part);
    return part;
  }

  private static ServerConfiguration configuration(
      Settings settings, Keys keys, Optional<IssuedKey> first) {
    ServerConfiguration configuration =
        ServerConfiguration.local(settings.port())
            .at(settings.host(), names(settings))
            .withVersion(Commands.version());
    return settings.authentication()
        ? configuration
        : configuration.withoutAuthentication(owner(keys, first));
  }

  /// Without keys, everybody is who got the first one, so that their documents are here with and
  /// without.
  private static Principal owner(Keys keys, Optional<IssuedKey> first) {
    return first
        .map(IssuedKey::principal)
        .or(() -> keys.list().stream().min(Comparator.comparing(Key::created)).map(Key::principal))
        .orElseThrow(() -> new IllegalStateException("There is no first key."));
  }

  /// The names by which browsers may reach this machine.
  private static Set<String> names(Settings settings) {
    Set<String> names = new HashSet<>(settings.names());
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return names; // A machine without a name is reached by its address.
    }
    return names;
  }

  /// Reads the weights and writes a token of a certain form, so that the first question waits
  /// neither for them nor for what forms need to know of the model's tokens.
  private static void warmUp(StoreModels models, String name) {
    ChatRequest greeting =
        ChatRequest.of(new Message.User("Hello"))
            .withMaxTokens(1)
            .withFormat(new ResponseFormat.JsonSchema("greeting", "{\"type\": \"string\"}"))
            .withCacheScope(ChatRequest.IN_MEMORY + "warm-up");
    try (ChatModel model = models.model(name);
        ChatStream answer = model.stream(greeting)) {
      answer.forEachRemaining(_ -> {});
    } catch (FreeholdException e) {
      return; // Whoever asks this model gets the same error as an answer.
    } finally {
      LocalChatModel.warmUpForms(); // Forms are read for other models too.
    }
  }

  /// Where the page is.
  String address() {
    String host = settings.host();
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    return "http://%s:%d"
        .formatted(
            everywhere ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host, server.port());
  }

  /// The first key of an administrator, if this is the first start.
  Optional<IssuedKey> firstKey() {
    return firstKey;
  }

  Optional<ModelShelf.Suggestion> suggestion() {
    return shelf.suggestion();
  }

  @Override
  public void close() {
    closeAll(parts);
  }

  private static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        // The others must be put away all the same.
        System.err.printf("%s: %s%n", part.getClass().getSimpleName(), e.getMessage());
      }
    }
  }
}
