package dev.freehold.workload;

import dev.freehold.database.Database;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteExchangesTest extends ExchangesContract {

  @TempDir Path folder;
  private Database database;
  private Exchanges exchanges;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("freehold.db"));
    exchanges = SqliteExchanges.in(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  protected Exchanges exchanges() {
    return exchanges;
  }
}
