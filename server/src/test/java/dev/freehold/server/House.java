package dev.freehold.server;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.documents.DocumentSettings;
import dev.freehold.documents.Library;
import dev.freehold.evaluation.Seals;
import dev.freehold.governance.IssuedKey;
import dev.freehold.governance.Keys;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.proving.ProofRunner;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Watches;
import dev.freehold.workload.Capture;
import dev.freehold.workload.Exchanges;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workloads;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on a port of its own with two people's keys, and a client for it.
final class House implements AutoCloseable {

  static final JsonMapper JSON = JsonMapper.builder().build();

  final EchoModel model = new EchoModel();
  final Database database;
  final Keys keys;
  final Library library;
  final Capture capture;
  final UpstreamsInMemory upstreams = new UpstreamsInMemory();
  final Workloads workloads;
  final IssuedKey anna;
  final IssuedKey bruno;
  final IssuedKey ada;
  final Proofs proofs;
  final ProofRunner runner;
  final ServerPorts ports;
  final FreeholdServer server;
  final HttpClient client = HttpClient.newHttpClient();

  static House in(Path folder) {
    return new House(folder, configuration -> configuration);
  }

  House(Path folder, UnaryOperator<ServerConfiguration> change) {
    this(folder, change, null, new LetterEmbedder());
  }

  /// With other models than the scripted one.
  ///
  /// @param models null: the scripted one
  House(
      Path folder,
      UnaryOperator<ServerConfiguration> change,
      ChatModels models,
      Embedder embedder) {
    database = Database.open(folder.resolve("freehold.db"));
    keys = Keys.in(database);
    anna = keys.create("Anna", Set.of("staff"));
    bruno = keys.create("Bruno", Set.of("visitors"));
    ada = keys.create("Ada", Set.of(Principal.ADMINISTRATORS));
    library =
        Library.open(
            DocumentSettings.of(
                folder.resolve("documents"),
                DocumentSettings.classPath(System.getProperty("freehold.parser.classpath", ""))),
            database,
            embedder,
            Optional.empty(),
            Seals.open(folder.resolve("sealed")));
    Exchanges exchanges = SqliteExchanges.in(database);
    capture = Capture.open(folder.resolve("spool"), exchanges);
    workloads = Workloads.in(database, exchanges, capture, models == null ? model : models);
    Seals seals = Seals.open(folder.resolve("sealed"));
    proofs =
        Proofs.in(
            database,
            workloads,
            models == null ? model : models,
            seals,
            folder,
            "test",
            (_, _) -> {
              throw new IllegalStateException("No test gives documents here.");
            },
            () -> Optional.of(embedder));
    runner = new ProofRunner(proofs);
    ServerPorts.Proving proving =
        new ServerPorts.Proving(proofs, runner, Watches.in(database, proofs));
    ports =
        new ServerPorts(
            database,
            keys,
            workloads,
            List.of(embedder),
            library,
            new Shelf(),
            workloads,
            EgressLog.in(database),
            upstreams,
            proving);
    server = FreeholdServer.start(change.apply(ServerConfiguration.local(0)), ports);
  }

  String base() {
    return "http://127.0.0.1:" + server.port();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base() + path));
  }

  HttpRequest.Builder as(IssuedKey key, String path) {
    return request(path).header("Authorization", "Bearer " + key.secret());
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(IssuedKey key, String path) throws IOException, InterruptedException {
    return send(as(key, path).GET());
  }

  HttpResponse<String> post(IssuedKey key, String path, String json)
      throws IOException, InterruptedException {
    return send(
        as(key, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<String> change(IssuedKey key, String method, String path, String json)
      throws IOException, InterruptedException {
    return send(
        as(key, path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json)));
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    client.shutdownNow();
    server.close();
    runner.close();
    library.close();
    capture.close();
    database.close();
  }

  /// What a page shows about models; nothing here.
  static final class Shelf implements ModelShelf {
    @Override
    public boolean loaded(String name) {
      return true;
    }

    @Override
    public String note(String name) {
      return "";
    }

    @Override
    public Optional<Suggestion> suggestion() {
      return Optional.empty();
    }
  }

  /// An embedder that counts letters: enough to tell texts apart.
  static final class LetterEmbedder implements Embedder {
    @Override
    public String id() {
      return "letters";
    }

    @Override
    public int dimensions() {
      return 26;
    }

    @Override
    public int maxTokens() {
      return 512;
    }

    @Override
    public int countTokens(String text) {
      return text.split("\\s+").length;
    }

    @Override
    public List<float[]> embed(Purpose purpose, List<String> texts) {
      return texts.stream().map(LetterEmbedder::vector).toList();
    }

    private static float[] vector(String text) {
      float[] counts = new float[26];
      counts[0] = 1e-3f;
      text.toLowerCase(java.util.Locale.ROOT)
          .chars()
          .filter(c -> c >= 'a' && c <= 'z')
          .forEach(c -> counts[c - 'a']++);
      double norm = 0;
      for (float count : counts) {
        norm += (double) count * count;
      }
      for (int i = 0; i < counts.length; i++) {
        counts[i] /= (float) Math.sqrt(norm);
      }
      return counts;
    }

    @Override
    public void close() {}
  }
}
