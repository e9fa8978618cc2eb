package dev.freehold.proving;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.evaluation.Seals;
import dev.freehold.workload.Capture;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workload;
import dev.freehold.workload.Workloads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// A workload `mails` answered by `rented/large`, with `open` and `poor` at hand.
final class Firm implements AutoCloseable {

  static final Principal OLGA = new Principal("p-olga", "Olga", Set.of(Principal.ADMINISTRATORS));
  static final Principal MAX = new Principal("p-max", "Max", Set.of(Principal.ADMINISTRATORS));

  final Scripted models =
      new Scripted()
          .with("rented/large", Firm::number)
          .with("open", Firm::number)
          .with("open+support", Firm::number)
          .with("poor", question -> number(question).endsWith("3") ? "No idea." : number(question));
  final AtomicReference<String> documents = new AtomicReference<>("d0c");
  final Path home;
  final Database database;
  final Capture capture;
  final Workloads workloads;
  final Seals seals;
  final Proofs proofs;

  Firm(Path home) {
    this.home = home;
    database = Database.open(home.resolve("freehold.db"));
    SqliteExchanges exchanges = SqliteExchanges.in(database);
    capture = Capture.open(home.resolve("spool"), exchanges);
    workloads = Workloads.in(database, exchanges, capture, models);
    seals = Seals.open(home.resolve("sealed"));
    proofs =
        Proofs.in(
            database,
            workloads,
            models,
            seals,
            home,
            "test",
            (_, _) -> new OneDocument(documents.get()),
            Optional::empty);
    if (workloads.list(OLGA).isEmpty()) {
      workloads.create(
          OLGA,
          Workload.of("mails", "rented/large")
              .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(30))));
    }
  }

  static String number(String question) {
    return question.replaceAll("\\D+", " ").strip();
  }

  static String question(int i) {
    return "Please tell me the state of the order with the number %d as soon as you can."
        .formatted(i);
  }

  /// People ask, from one number to another; each whose turn it is.
  void ask(int from, int to, String... people) {
    for (int i = from; i < to; i++) {
      String id = people[i % people.length];
      workloads
          .model("mails", Asking.of(new Principal(id, id, Set.of())))
          .answer(ChatRequest.of(new Message.User(question(i))));
    }
    workloads.settle();
  }

  /// Contestants with documents are given nothing, but it has a name.
  private record OneDocument(String digest) implements Grounds {
    @Override
    public dev.freehold.chat.ChatModel ground(dev.freehold.chat.ChatModel model) {
      return model;
    }

    @Override
    public void refuseSealed(dev.freehold.chat.SealedTexts sealed) {}
  }

  @Override
  public void close() {
    workloads.settle();
    capture.close();
    database.close();
  }
}
