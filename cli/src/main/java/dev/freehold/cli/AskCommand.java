package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.documents.Collection;
import dev.freehold.documents.Document;
import dev.freehold.documents.Grounded;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Library;
import dev.freehold.documents.Passage;
import dev.freehold.documents.Problem;
import dev.freehold.documents.SyncReport;
import dev.freehold.store.ModelStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold ask`: one question to a folder of documents.
///
/// The folder is kept as a collection of the person who runs the program, in a library of its own
/// below the data folder: it works beside a running `freehold up`, and nobody else reads it.
record AskCommand(Shell shell) implements Subcommand {

  private static final int SHOWN_WHEN_NOTHING_FITS = 3;

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("ask");
    spec.usageMessage()
        .description(
            "Answers a question from the documents of a folder, with numbered citations.",
            "What is new or changed in the folder is read first; the rest is known from last time.",
            "",
            "  freehold ask --docs ~/contracts \"When does the lease end?\"",
            "  freehold ask --docs ./handbuch --model llama-3.2-3b \"Wie viele Urlaubstage gibt es?\"",
            "  freehold ask --docs ~/contracts --model smollm2+contracts-1 \"Who signed?\"",
            "  freehold ask --docs ~/contracts --json \"Who signed?\" | jq .citations");
    spec.addOption(
        OptionSpec.builder("--docs")
            .paramLabel("FOLDER")
            .type(String.class)
            .required(true)
            .description(
                "PDF, Word, PowerPoint, Excel, OpenDocument, HTML, Markdown, text, e-mail, EPUB.")
            .build());
    spec.addOption(
        OptionSpec.builder("--model")
            .paramLabel("MODEL")
            .type(String.class)
            .description("Which; by default the configured one.")
            .build());
    spec.addOption(OptionSpec.builder("--json").description("As JSON, when done.").build());
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("QUESTION")
            .arity("1")
            .type(String.class)
            .description("In the language of the answer you want.")
            .build());
    ModelOptions.add(spec, "0");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    String question = parsed.matchedPositionalValue(0, "").strip();
    if (question.isEmpty()) {
      throw new InvalidRequest("A question is needed.", "question");
    }
    Path folder = Path.of(parsed.matchedOptionValue("--docs", "")).toAbsolutePath().normalize();
    ModelOptions options = ModelOptions.of(parsed, 0);
    String name = parsed.matchedOptionValue("--model", settings.model());
    AdaptedName asked = AskedModel.named(ModelStore.open(settings.home()), name, shell);
    FutureTask<ChatModel> loading =
        new FutureTask<>(() -> AskedModel.open(asked, new EngineOpener(settings.threads())));
    Thread.ofVirtual().name("load-model").start(loading);
    Path library = settings.home().resolve("ask");
    try (Database database = Database.open(library.resolve("ask.db"));
        BgeSmallEmbedder embedder = BgeSmallEmbedder.open();
        Library documents = Library.open(Documents.settings(library), database, embedder)) {
      Principal person = new Principal("person:local", System.getProperty("user.name"), Set.of());
      Collection collection = collection(documents, person, folder);
      index(documents, person, collection, folder);
      try (ChatModel model = loaded(loading)) {
        AskReport report =
            parsed.hasMatchedOption("--json") ? AskReport.json(shell) : AskReport.text(shell);
        answer(documents, person, collection, model, question, options, report);
      }
    }
    return ExitCode.OK;
  }

  static Collection collection(Library documents, Principal person, Path folder) {
    String name = folder.toString();
    return documents.collections(person).stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseGet(() -> documents.createCollection(person, name));
  }

  void index(Library documents, Principal person, Collection collection, Path folder) {
    SyncReport report = documents.sync(person, collection.id(), folder);
    int fresh = report.added().size() + report.changed().size();
    if (fresh > 0 || !report.removed().isEmpty()) {
      shell
          .err()
          .printf(
              "%d new, %d changed, %d gone, %d known.%n",
              report.added().size(),
              report.changed().size(),
              report.removed().size(),
              report.unchanged());
    }
    waitFor(documents, person, collection);
    report
        .skipped()
        .forEach(one -> shell.err().printf("Left out: %s: %s%n", one.name(), one.why()));
    for (Document document : documents.documents(person, collection.id())) {
      for (Problem problem : document.problems()) {
        shell
            .err()
            .printf(
                "Not read: %s%s: %s%n",
                document.name(),
                problem.where().isEmpty() ? "" : ", " + problem.where(),
                problem.what());
      }
    }
  }

  private void waitFor(Library documents, Principal person, Collection collection) {
    try {
      boolean shown = false;
      while (!documents.await(person, collection.id(), Duration.ofMillis(300))) {
        List<Document> all = documents.documents(person, collection.id());
        long done = all.stream().filter(one -> one.state().settled()).count();
        if (shell.interactive()) {
          shell.err().printf("\r\033[KReading documents: %d of %d", done, all.size());
          shell.err().flush();
          shown = true;
        }
      }
      if (shown) {
        shell.err().print("\r\033[K");
        shell.err().flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Reading was interrupted; it goes on next time.", e);
    }
  }

  private static ChatModel loaded(FutureTask<ChatModel> loading) {
    try {
      return loading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Loading was interrupted.", e);
    }
  }

  private static void answer(
      Library documents,
      Principal person,
      Collection collection,
      ChatModel model,
      String question,
      ModelOptions options,
      AskReport report) {
    ChatRequest request = ChatCommand.request(List.of(new Message.User(question)), options);
    Set<String> where = Set.of(collection.id());
    Grounded grounded = new Grounding(documents).ground(person, model, request, where);
    switch (grounded.state()) {
      case GROUNDED -> {
        report.begin(grounded, grounded.passages());
        Answering.Answer answer = new Answering().write(model, grounded.request(), report::text);
        report.end(answer);
      }
      case NOTHING_FOUND, DOCUMENTS_UNREAD -> {
        List<Passage> nearest = documents.search(person, question, where, SHOWN_WHEN_NOTHING_FITS);
        report.nothing(grounded, nearest);
      }
    }
  }
}
