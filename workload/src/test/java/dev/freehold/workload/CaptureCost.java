package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/// What a workload costs a request beside the model itself: the same scripted answer of 200 words
/// to 8 KiB, asked directly, through a workload that keeps nothing, and through one that keeps
/// everything. Not a test: run by hand, alone on the machine.
final class CaptureCost {

  private static final int ROUNDS = 3000;

  private CaptureCost() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("capture-cost");
    Principal admin = new Principal("p", "P", Set.of(Principal.ADMINISTRATORS));
    try (Database database = Database.open(folder.resolve("freehold.db"))) {
      Exchanges exchanges = SqliteExchanges.in(database);
      try (Capture capture = Capture.open(folder.resolve("spool"), exchanges)) {
        Scripted models = new Scripted("old");
        models.scripts.put("old", _ -> "word ".repeat(200));
        Workloads workloads = Workloads.in(database, exchanges, capture, models);
        for (CapturePolicy.Mode mode : CapturePolicy.Mode.values()) {
          workloads.create(
              admin,
              Workload.of("w-" + mode.word(), "old")
                  .withCapture(new CapturePolicy(mode, Duration.ofDays(1))));
        }
        for (int pass = 0; pass < 3; pass++) {
          measure("direct", () -> models.model("old"));
          for (CapturePolicy.Mode mode : CapturePolicy.Mode.values()) {
            measure(mode.word(), () -> workloads.model("w-" + mode.word(), Asking.of(admin)));
          }
        }
        capture.flush();
        System.out.printf("%d kept%n", exchanges.count("w-full"));
      }
    }
  }

  private interface Ask {
    ChatModel model();
  }

  private static void measure(String name, Ask ask) {
    ChatRequest request =
        ChatRequest.of(
            new Message.User(
                "Sehr geehrte Frau Müller, die Lieferung 4711 vom 12.03.2026 fehlt noch. "
                    .repeat(108)));
    long[] times = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      ask.model().answer(request);
      times[i] = System.nanoTime() - began;
    }
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT,
        "%-9s p50 %.3f ms, p95 %.3f ms, p99 %.3f ms%n",
        name,
        times[ROUNDS / 2] / 1e6,
        times[ROUNDS * 95 / 100] / 1e6,
        times[ROUNDS * 99 / 100] / 1e6);
  }
}
