package dev.freehold.database;

import java.nio.file.Path;
import java.util.List;

/// A process that writes pairs of rows and says each number once both are kept, until it is killed.
final class PairWriter {

  private PairWriter() {}

  public static void main(String[] arguments) {
    try (var database = Database.open(Path.of(arguments[0]))) {
      database.migrate(
          new Schema("pairs", List.of("create table pair(number integer, half integer) strict")));
      long start =
          database.read(tx ->
              tx.first("select coalesce(max(number), 0) from pair", row -> row.getLong(1))
                  .orElseThrow());
      for (long number = start + 1; ; number++) {
        long current = number;
        database.write(tx -> {
          tx.update("insert into pair values(?, 1)", current);
          return tx.update("insert into pair values(?, 2)", current);
        });
        System.out.println(current);
        System.out.flush();
      }
    }
  }
}
