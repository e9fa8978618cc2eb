package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.fixture.ChatModelContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class RoutedModelContractTest extends ChatModelContract {

  @TempDir Path folder;
  private Database database;
  private Capture capture;
  private ChatModel model;

  @BeforeEach
  void open() {
    Principal admin = new Principal("p", "P", Set.of(Principal.ADMINISTRATORS));
    database = Database.open(folder.resolve("freehold.db"));
    Exchanges exchanges = SqliteExchanges.in(database);
    capture = Capture.open(folder.resolve("spool"), exchanges);
    Workloads workloads = Workloads.in(database, exchanges, capture, new Scripted("old"));
    workloads.create(
        admin,
        Workload.of("w", "old")
            .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(1))));
    model = workloads.model("w", Asking.of(admin));
  }

  @AfterEach
  void close() {
    capture.close();
    database.close();
  }

  @Override
  protected ChatModel model() {
    return model;
  }
}
