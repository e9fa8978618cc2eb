package dev.freehold.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import dev.freehold.chat.ChatModels;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.documents.DocumentSettings;
import dev.freehold.documents.Library;
import dev.freehold.evaluation.Seals;
import dev.freehold.governance.IssuedKey;
import dev.freehold.governance.Keys;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.proving.ProofRunner;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Watches;
import dev.freehold.server.FreeholdServer;
import dev.freehold.server.ModelShelf;
import dev.freehold.server.School;
import dev.freehold.server.ServerConfiguration;
import dev.freehold.server.ServerPorts;
import dev.freehold.server.UpstreamsInMemory;
import dev.freehold.teaching.Teaching;
import dev.freehold.workload.Capture;
import dev.freehold.workload.Exchanges;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workloads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A Freehold on a port of its own, with real documents and a scripted model, and the tabs that
/// look at it. What the browser complained of and what it asked of others is kept.
///
/// Used by one thread.
final class Site implements AutoCloseable {

  private static BgeSmallEmbedder embedder;

  final ScriptedModel model = new ScriptedModel();
  final IssuedKey key;
  final List<String> complaints = new ArrayList<>();
  final List<String> outside = new ArrayList<>();
  private final List<BrowserContext> contexts = new ArrayList<>();
  private final Path folder;
  private final Database database;
  final Keys keys;
  private Library library;
  private Capture capture;
  private final UnaryOperator<ChatModels> change;
  final UpstreamsInMemory upstreams = new UpstreamsInMemory();
  Workloads workloads;
  Proofs proofs;
  private ProofRunner runner;
  private Teaching teaching;
  private FreeholdServer server;

  Site(Path folder) {
    this(folder, models -> models);
  }

  /// With other models beside the scripted one.
  Site(Path folder, UnaryOperator<ChatModels> change) {
    this.change = change;
    this.folder = folder;
    database = Database.open(folder.resolve("freehold.db"));
    keys = Keys.in(database);
    key = keys.create("Claire", Set.of("staff"));
    start(0);
  }

  private static BgeSmallEmbedder embedder() {
    if (embedder == null) {
      embedder = BgeSmallEmbedder.open();
    }
    return embedder;
  }

  private void start(int port) {
    library =
        Library.open(
            DocumentSettings.of(
                folder.resolve("documents"),
                DocumentSettings.classPath(System.getProperty("freehold.parser.classpath", ""))),
            database,
            embedder());
    Exchanges exchanges = SqliteExchanges.in(database);
    capture = Capture.open(folder.resolve("spool"), exchanges);
    ChatModels models = change.apply(model);
    workloads = Workloads.in(database, exchanges, capture, models);
    proofs =
        Proofs.in(
            database,
            workloads,
            models,
            Seals.open(folder.resolve("sealed")),
            folder,
            "test",
            (_, _) -> {
              throw new IllegalStateException("No test gives documents here.");
            },
            () -> Optional.of(embedder()));
    runner = new ProofRunner(proofs);
    runner.resume(id ->
        keys.list().stream()
            .map(dev.freehold.governance.Key::principal)
            .filter(one -> one.id().equals(id))
            .findFirst());
    ServerPorts.Proving proving =
        new ServerPorts.Proving(proofs, runner, Watches.in(database, proofs));
    teaching = School.open(database, library, keys, folder.resolve("teaching"));
    server =
        FreeholdServer.start(
            ServerConfiguration.local(port),
            new ServerPorts(
                database,
                keys,
                workloads,
                List.of(embedder()),
                library,
                new Shelf(),
                workloads,
                EgressLog.in(database),
                upstreams,
                proving,
                teaching));
  }

  /// Stops the server and its documents and starts them again at the same address.
  void restart() {
    int port = server.port();
    server.close();
    runner.close();
    teaching.close();
    library.close();
    capture.close();
    start(port);
  }

  String base() {
    return "http://127.0.0.1:" + server.port();
  }

  /// A tab of a fresh browser profile.
  Page tab(int width, int height, ColorScheme scheme, String locale) {
    BrowserContext context =
        Chromium.browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(width, height)
                    .setColorScheme(scheme)
                    .setLocale(locale));
    contexts.add(context);
    context.setDefaultTimeout(20_000);
    Page page = context.newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      // A refused sign-in is an answer, not a fault of the page.
      if (message.type().equals("error") && !message.text().contains("401")) {
        complaints.add(message.text());
      }
    });
    page.onRequest(this::seen);
    return page;
  }

  private void seen(Request request) {
    if (!request.url().startsWith(base()) && !request.url().startsWith("data:")) {
      outside.add(request.url());
    }
  }

  /// A tab that came by the link that is printed at the first start.
  Page signedIn(int width, int height, ColorScheme scheme) {
    Page page = tab(width, height, scheme, "en-GB");
    page.navigate(base() + "/sign-in#key=" + key.secret());
    page.waitForSelector("#question");
    return page;
  }

  Page signedIn() {
    return signedIn(1280, 860, ColorScheme.LIGHT);
  }

  /// Asks in the open conversation and waits until the answer is complete.
  static void ask(Page page, String question) {
    int before = page.locator(".figures").count();
    page.fill("#question", question);
    page.press("#question", "Enter");
    page.waitForCondition(
        () -> page.locator(".figures").count() > before && page.locator(".growing").count() == 0);
  }

  /// Drops files onto the page, as a hand would.
  static void drop(Page page, Map<String, byte[]> files) {
    List<Map<String, String>> carried =
        files.entrySet().stream()
            .map(file ->
                Map.of(
                    "name",
                    file.getKey(),
                    "bytes",
                    Base64.getEncoder().encodeToString(file.getValue())))
            .toList();
    page.evaluate(
        """
        files => {
          const transfer = new DataTransfer();
          for (const { name, bytes } of files)
            transfer.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
          for (const type of ["dragenter", "dragover", "drop"])
            document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
        """,
        carried);
  }

  /// Nothing failed in the page and nothing was asked of another address.
  void assertQuiet() {
    assertThat(complaints).as("what the browser complained of").isEmpty();
    assertThat(outside).as("requests to other addresses").isEmpty();
  }

  @Override
  public void close() {
    contexts.forEach(BrowserContext::close);
    server.close();
    runner.close();
    teaching.close();
    library.close();
    capture.close();
    database.close();
  }

  private static final class Shelf implements ModelShelf {
    @Override
    public boolean loaded(String name) {
      return true;
    }

    @Override
    public String note(String name) {
      return "small: for trying";
    }

    @Override
    public Optional<Suggestion> suggestion() {
      return Optional.of(new Suggestion("larger", "It fits this machine.", "freehold pull larger"));
    }
  }
}
