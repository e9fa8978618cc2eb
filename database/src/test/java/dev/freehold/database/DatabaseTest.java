package dev.freehold.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

  private static final Schema NOTES =
      new Schema("notes", List.of("create table note(id integer primary key, text text) strict"));

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    Path file = folder.resolve("new/freehold.db");
    try (var database = Database.open(file)) {
      database.migrate(NOTES);
      database.write(tx -> tx.update("insert into note(text) values(?)", "it's 'quoted'; drop"));
    }
    try (var database = Database.open(file)) {
      database.migrate(NOTES);
      assertThat(texts(database, "select text from note")).containsExactly("it's 'quoted'; drop");
    }
  }

  @Test
  void workThatThrowsLeavesNothing() {
    try (var database = Database.open(folder.resolve("freehold.db"))) {
      database.migrate(NOTES);
      assertThatThrownBy(() ->
              database.write(tx -> {
                tx.update("insert into note(text) values('half')");
                throw new IllegalStateException("stopped in the middle");
              }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(texts(database, "select count(*) from note")).containsExactly("0");
    }
  }

  @Test
  void aStepRunsOnceAndLaterStepsFollow() {
    var second =
        new Schema(
            "notes",
            List.of(
                NOTES.steps().getFirst(),
                "alter table note add column author text; create index by_author on note(author)"));
    try (var database = Database.open(folder.resolve("freehold.db"))) {
      database.migrate(NOTES);
      database.write(tx -> tx.update("insert into note(text) values('kept')"));
      database.migrate(second);
      database.migrate(second);
      assertThat(texts(database, "select text from note")).containsExactly("kept");
    }
  }

  @Test
  void aFailingStepLeavesTheVersionBefore() {
    var broken = new Schema("notes", List.of(NOTES.steps().getFirst(), "create table oops("));
    try (var database = Database.open(folder.resolve("freehold.db"))) {
      assertThatThrownBy(() -> database.migrate(broken)).isInstanceOf(Unavailable.class);
      database.migrate(NOTES);
      assertThat(texts(database, "select * from note")).isEmpty();
    }
  }

  @Test
  void aDatabaseOfANewerVersionIsRefusedSayingWhatToDo() {
    try (var database = Database.open(folder.resolve("freehold.db"))) {
      database.migrate(new Schema("notes", List.of(NOTES.steps().getFirst(), "select 1")));
      assertThatThrownBy(() -> database.migrate(NOTES))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("newer Freehold")
          .hasMessageContaining("FREEHOLD_HOME");
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeftAsItWas() throws IOException {
    Path file = folder.resolve("freehold.db");
    Files.writeString(file, "this is a letter, not a database; ".repeat(50));
    assertThatThrownBy(() -> Database.open(file))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("no database");
    assertThat(Files.readString(file)).startsWith("this is a letter");
  }

  @Test
  void manyThreadsReadAndWriteWithoutLosingAWrite() throws Exception {
    try (var database = Database.open(folder.resolve("freehold.db"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      database.migrate(NOTES);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String text = "note " + i;
        all.add(
            threads.submit(
                () -> database.write(tx -> tx.update("insert into note(text) values(?)", text))));
        all.add(
            threads.submit(
                () -> database.read(tx -> tx.query("select id from note", row -> row.getInt(1)))));
      }
      for (Future<?> one : all) {
        one.get(10, TimeUnit.MINUTES);
      }
      assertThat(texts(database, "select count(*) from note")).containsExactly("200");
    }
  }

  @Test
  void whatAnotherProcessIsKilledOverIsKeptWholeOrNotAtAll() throws Exception {
    Path file = folder.resolve("freehold.db");
    for (int round = 0; round < 3; round++) {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  PairWriter.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      long acknowledged = 0;
      try (var lines = child.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          acknowledged = Long.parseLong(line.strip());
          if (acknowledged % 1000 >= 40 + 30L * round) {
            child.destroyForcibly().waitFor();
            break;
          }
        }
      }
      assertThat(acknowledged).isPositive();
      try (var database = Database.open(file)) {
        long last = acknowledged;
        long pairs =
            database.read(tx ->
                tx.first("select count(*) from pair where number <= ?", row -> row.getLong(1), last)
                    .orElseThrow());
        assertThat(pairs).as("both halves of every acknowledged pair").isEqualTo(2 * last);
        assertThat(texts(database, "select number from pair group by number having count(*) <> 2"))
            .as("halves of a pair")
            .isEmpty();
      }
    }
  }

  private static List<String> texts(Database database, String sql) {
    return database.read(tx -> tx.query(sql, row -> row.getString(1)));
  }
}
