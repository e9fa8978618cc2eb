package dev.freehold.remote;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/// The servers that may be asked beside the models that are here, with their keys.
///
/// They are read from the data folder at each use, so that what another process added or removed
/// counts at once. Safe for use by many threads and processes at once.
public final class Upstreams implements AutoCloseable {

  private static final int FAILURES_ALLOWED = 5;
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private final UpstreamFile file;
  private final KeySafe safe;
  private final Deadlines deadlines;
  private final Reach.Resolver resolver;
  private final HttpClient client;
  private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();

  private Upstreams(Path home, Deadlines deadlines, Reach.Resolver resolver) {
    this.file = new UpstreamFile(home.resolve("upstreams.json"));
    this.safe = new KeySafe(home.resolve("secrets.key"));
    this.deadlines = deadlines;
    this.resolver = resolver;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY) // A proxy would look names up for itself.
            .connectTimeout(deadlines.connect())
            .build();
  }

  /// Those of a data folder.
  public static Upstreams in(Path home) {
    return in(home, Deadlines.DEFAULT);
  }

  /// Those of a data folder, with other deadlines.
  public static Upstreams in(Path home, Deadlines deadlines) {
    return in(home, deadlines, InetAddress::getAllByName);
  }

  static Upstreams in(Path home, Deadlines deadlines, Reach.Resolver resolver) {
    return new Upstreams(home, deadlines, resolver);
  }

  /// All of them, in the order they were added.
  public List<Upstream> list() {
    return file.read().values().stream().map(UpstreamFile.Entry::upstream).toList();
  }

  /// One of them.
  ///
  /// @throws NotFound where there is none of that name
  public Upstream get(String name) {
    return entry(name).upstream();
  }

  /// Adds one.
  ///
  /// @param key what it asks for; empty: nothing
  /// @throws Conflict where the name is taken
  public void add(Upstream upstream, Optional<String> key) {
    key.ifPresent(Upstreams::requireHeader);
    String sealed = key.map(secret -> safe.seal(secret, bound(upstream))).orElse("");
    file.change(entries -> {
      if (entries.containsKey(upstream.name())) {
        throw new Conflict(
            "There is an upstream %s already; `freehold upstreams rm %s` removes it."
                .formatted(upstream.name(), upstream.name()));
      }
      entries.put(
          upstream.name(),
          new UpstreamFile.Entry(
              new Upstream(
                  upstream.name(),
                  upstream.dialect(),
                  upstream.base(),
                  upstream.reach(),
                  upstream.apiVersion(),
                  key.isPresent(),
                  upstream.fixed(),
                  upstream.models()),
              sealed));
      return entries;
    });
  }

  private static void requireHeader(String key) {
    if (key.isBlank() || key.length() > 4096 || key.chars().anyMatch(c -> c <= 0x20 || c > 0x7e)) {
      throw new InvalidRequest(
          "A key is made of printable ASCII characters without spaces.", "key");
    }
  }

  /// Removes one, and its key.
  ///
  /// @throws NotFound where there is none of that name
  public void remove(String name) {
    file.change(entries -> {
      if (entries.remove(name) == null) {
        throw unknown(name);
      }
      return entries;
    });
    breakers.remove(name);
  }

  /// Asks one for its models and remembers them; where they were named by hand, only whether it
  /// answers.
  ///
  /// @throws NotFound where there is none of that name
  /// @throws Unavailable where it does not answer as it should
  public List<UpstreamModelEntry> refresh(String name) {
    UpstreamFile.Entry entry = entry(name);
    Upstream upstream = entry.upstream();
    List<UpstreamModelEntry> listed = upstream.wire().models(name, listing(entry));
    if (upstream.fixed()) {
      return upstream.models();
    }
    file.change(entries -> {
      entries.computeIfPresent(
          name,
          (_, now) -> new UpstreamFile.Entry(now.upstream().withModels(listed), now.sealed()));
      return entries;
    });
    return listed;
  }

  private JsonNode listing(UpstreamFile.Entry entry) {
    UpstreamHttp http = http(entry);
    return http.json(
        http.ask(entry.upstream().wire().listPath(), Optional.empty(), "application/json"));
  }

  /// The models that the upstreams are known to have, under the names by which they are asked here.
  public List<ModelCard> cards() {
    return list().stream()
        .flatMap(upstream -> upstream.models().stream().map(model -> card(upstream, model)))
        .toList();
  }

  /// The upstream that a model's name begins with, if it is one's.
  ///
  /// @param name `upstream/model`
  public Optional<Upstream> of(String name) {
    int slash = name.indexOf('/');
    return slash <= 0 || slash == name.length() - 1
        ? Optional.empty()
        : Optional.ofNullable(file.read().get(name.substring(0, slash)))
            .map(UpstreamFile.Entry::upstream);
  }

  /// A model of an upstream, whether it is listed or not: some list only a part of what they have.
  ///
  /// What it is asked leaves the house, so it belongs behind the gate.
  ///
  /// @param name `upstream/model`
  /// @throws NotFound where no upstream has that name
  public ChatModel model(String name) {
    Upstream upstream = of(name).orElseThrow(() -> unknown(name));
    String model = name.substring(upstream.name().length() + 1);
    return new UpstreamModel(
        upstream.name(),
        model,
        card(upstream, upstream.entry(model).orElseGet(() -> UpstreamModelEntry.of(model))),
        upstream.wire(),
        http(entry(upstream.name())));
  }

  private static ModelCard card(Upstream upstream, UpstreamModelEntry model) {
    return new ModelCard(
        upstream.name() + "/" + model.id(),
        "upstream",
        0,
        0,
        model.contextLength(),
        "",
        "",
        Instant.EPOCH,
        model.shutdown());
  }

  private UpstreamHttp http(UpstreamFile.Entry entry) {
    Upstream upstream = entry.upstream();
    String key = entry.sealed().isEmpty() ? "" : safe.open(entry.sealed(), bound(upstream));
    return new UpstreamHttp(
        upstream.name(),
        upstream.base(),
        upstream.reach(),
        resolver,
        upstream.wire().headers(key),
        deadlines,
        client,
        breaker(upstream.name()));
  }

  private CircuitBreaker breaker(String name) {
    return breakers.computeIfAbsent(
        name, _ -> new CircuitBreaker(name, FAILURES_ALLOWED, PAUSE, System::nanoTime));
  }

  /// Also by where it may stand: whoever edits the file cannot send the key into another network.
  private static String bound(Upstream upstream) {
    return upstream.origin() + "\n" + upstream.reach() + "\n" + upstream.dialect();
  }

  private UpstreamFile.Entry entry(String name) {
    UpstreamFile.Entry entry = file.read().get(name);
    if (entry == null) {
      throw unknown(name);
    }
    return entry;
  }

  private static NotFound unknown(String name) {
    return new NotFound(
        "There is no upstream %s. `freehold upstreams list` shows those there are."
            .formatted(name));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
