package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is logged tells that something was asked, never what.
class LogsTest {

  @TempDir Path folder;

  @Test
  void noLogLineHoldsWhatAPersonWroteNorAKey() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    Logger root = Logger.getLogger("");
    Logger ours = Logger.getLogger("dev.freehold");
    Level before = ours.getLevel();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            StringBuilder line = new StringBuilder(String.valueOf(entry.getMessage()));
            for (Throwable cause = entry.getThrown(); cause != null; cause = cause.getCause()) {
              line.append(cause);
            }
            lines.add(line.toString());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    ours.setLevel(Level.ALL);
    root.addHandler(handler);
    try (House house = House.in(folder)) {
      String ask =
          "{\"model\":\"echo\",\"user\":\"zebra-user\",\"messages\":[{\"role\":\"user\",\"content\":\"zebra\"}]}";
      house.post(house.anna, "/v1/chat/completions", ask);
      house.post(house.anna, "/v1/chat/completions", ask + "zebra");
      house.model.script =
          _ -> {
            throw new IllegalStateException("zebra");
          };
      house.post(house.anna, "/v1/chat/completions", ask);
      house.get(house.anna, "/api/search?q=zebra");
      house.get(house.anna, "/api/conversations/zebra?query=zebra");
      house.get(house.anna, "/zebra");
      // A request is logged once its answer is sent: the last of them is waited for.
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (lines.stream().filter(LogsTest::answered).count() < 6 && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      assertThat(lines).filteredOn(LogsTest::answered).hasSize(6);
      assertThat(lines).anyMatch(line -> line.contains("POST /v1/chat/completions 200"));
      assertThat(lines).anyMatch(line -> line.contains("IllegalStateException"));
      assertThat(lines).noneMatch(line -> line.contains("zebra"));
      assertThat(lines).noneMatch(line -> line.contains(house.anna.secret()));
    } finally {
      root.removeHandler(handler);
      ours.setLevel(before);
    }
  }

  /// Whether a line says what a request was answered with.
  private static boolean answered(String line) {
    return line.matches("req_\\w+ (GET|POST) .*");
  }
}
