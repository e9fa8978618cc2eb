package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// A process that answers two hundred at once and says each answer's number once its asker has the
/// whole of it, until it is killed.
final class CapturingProcess {

  private CapturingProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    Path folder = Path.of(arguments[0]);
    Principal admin = new Principal("p", "P", Set.of(Principal.ADMINISTRATORS));
    Database database = Database.open(folder.resolve("freehold.db"));
    Exchanges exchanges = SqliteExchanges.in(database);
    Capture capture = Capture.open(folder.resolve("spool"), exchanges);
    Workloads workloads = Workloads.in(database, exchanges, capture, new Scripted("old"));
    if (workloads.list(admin).isEmpty()) {
      workloads.create(
          admin,
          Workload.of("w", "old")
              .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(1))));
    }
    ChatModel model = workloads.model("w", Asking.of(admin));
    Thread[] threads = new Thread[200];
    for (int i = 0; i < threads.length; i++) {
      int asker = i;
      threads[i] =
          Thread.ofVirtual()
              .start(() -> {
                for (int turn = 0; ; turn++) {
                  String number = arguments[1] + "-" + asker + "-" + turn;
                  String answer = model.answer(ChatRequest.of(new Message.User(number))).text();
                  if (!answer.equals("old says " + number)) {
                    throw new IllegalStateException(answer);
                  }
                  synchronized (System.out) {
                    System.out.println(number);
                    System.out.flush();
                  }
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.exit(workloads.exchanges(admin, "w", Optional.empty(), 1).size());
  }
}
