package dev.freehold.bench;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.governance.egress.EgressPolicy;
import dev.freehold.governance.egress.Gate;
import dev.freehold.workload.Capture;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workload;
import dev.freehold.workload.Workloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/// What the way of a request costs beside the model: 8 KiB, answered by two hundred words of a
/// model that takes no time, asked directly, through a workload under each policy of capture, and
/// through the gate, which looks at every word and has its intent on the disk before anything
/// leaves. Prints times of three passes; the last one counts. Arguments: requests a pass (2000).
public final class RequestBenchmark {

  private static final int LETTERS = 8192;

  private RequestBenchmark() {}

  /// Runs it.
  public static void main(String[] arguments) throws IOException {
    int rounds = arguments.length == 0 ? 2000 : Integer.parseInt(arguments[0]);
    Path folder = Files.createTempDirectory("request");
    Principal person = new Principal("p", "P", Set.of(Principal.ADMINISTRATORS));
    Asking asking = Asking.of(person);
    Echo echo = new Echo();
    try (Database database = Database.open(folder.resolve("freehold.db"))) {
      SqliteExchanges exchanges = SqliteExchanges.in(database);
      Gate gate = Gate.in(database, EgressPolicy.DEFAULT);
      try (Capture capture = Capture.open(folder.resolve("spool"), exchanges)) {
        Workloads workloads = Workloads.in(database, exchanges, capture, echo);
        for (CapturePolicy.Mode mode : CapturePolicy.Mode.values()) {
          workloads.create(
              person,
              Workload.of("w-" + mode.word(), "echo")
                  .withCapture(new CapturePolicy(mode, Duration.ofDays(1))));
        }
        for (int pass = 0; pass < 3; pass++) {
          measure("direct", rounds, "", () -> echo);
          for (CapturePolicy.Mode mode : CapturePolicy.Mode.values()) {
            measure(
                "capture " + mode.word(),
                rounds,
                "",
                () -> workloads.model("w-" + mode.word(), asking));
          }
          Supplier<ChatModel> guarded = () -> gate.guard(echo, "https://api.example", asking);
          measure("gate", rounds / 4, "", guarded);
          measure("gate, one account number", rounds / 4, "IBAN DE89370400440532013000", guarded);
        }
        workloads.settle();
        System.out.printf("%d kept%n", exchanges.count("w-full"));
      }
    }
  }

  private static void measure(String name, int rounds, String found, Supplier<ChatModel> model) {
    StringBuilder text = new StringBuilder();
    while (text.length() < LETTERS - found.length()) {
      text.append("Sehr geehrte Frau Müller, die Lieferung 4711 vom 12.03.2026 fehlt noch. ");
    }
    ChatRequest request = ChatRequest.of(new Message.User(text + found));
    long[] times = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      long began = System.nanoTime();
      model.get().answer(request);
      times[i] = System.nanoTime() - began;
    }
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT,
        "%-24s p50 %.3f ms, p95 %.3f ms, p99 %.3f ms%n",
        name,
        times[rounds / 2] / 1e6,
        times[rounds * 95 / 100] / 1e6,
        times[rounds * 99 / 100] / 1e6);
  }
}
