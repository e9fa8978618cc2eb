package dev.freehold.database;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The embedded database: one SQLite file in write-ahead mode that all rooms share, each with
/// tables of its own.
///
/// A write that returned is on the disk (`synchronous=FULL`); one that threw left nothing. Reads
/// see a snapshot and wait for nobody; writes go one at a time. Several processes may open the same
/// file.
///
/// Safe for use by many threads at once.
public final class Database implements AutoCloseable {

  private static final int READERS = 8;

  private final Path file;
  private final Connection writer;
  private final ReentrantLock writing = new ReentrantLock(true);
  private final Semaphore reading = new Semaphore(READERS, true);
  private final ConcurrentLinkedDeque<Connection> idleReaders = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  private Database(Path file, Connection writer) {
    this.file = file;
    this.writer = writer;
  }

  /// Opens the file, and makes it and its folder where they are missing.
  ///
  /// @throws Unavailable where the file cannot be made, read or is no database
  public static Database open(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new Unavailable(
          "The data folder of %s cannot be made (%s). Choose a folder you may write to."
              .formatted(file, e.getMessage()),
          e);
    }
    try {
      var database = new Database(file, connect(file));
      database.write(tx ->
          tx.update(
              "create table if not exists schema_version"
                  + "(room text primary key, version integer not null) strict"));
      return database;
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  /// Brings one room's tables up to date; each step runs once, in order, and is never changed after
  /// it was released.
  ///
  /// @throws Unavailable where the file was written by a newer Freehold
  public void migrate(Schema schema) {
    write(tx -> {
      int version =
          tx.first(
                  "select version from schema_version where room = ?",
                  row -> row.getInt(1),
                  schema.room())
              .orElse(0);
      if (version > schema.steps().size()) {
        throw new Unavailable(
            ("%s was written by a newer Freehold (%s is at version %d, this one knows %d). Start the newer one, "
                    + "or choose another data folder with FREEHOLD_HOME.")
                .formatted(file, schema.room(), version, schema.steps().size()));
      }
      for (String step : schema.steps().subList(version, schema.steps().size())) {
        tx.script(step);
      }
      return tx.update(
          "insert into schema_version(room, version) values(?, ?) "
              + "on conflict(room) do update set version = excluded.version",
          schema.room(),
          schema.steps().size());
    });
  }

  /// Runs reads on one snapshot.
  public <T extends @Nullable Object> T read(Work<T> work) {
    reading.acquireUninterruptibly();
    try {
      Connection idle = idleReaders.poll();
      Connection connection = idle != null ? idle : connect(file);
      boolean sound = false;
      try {
        connection.setAutoCommit(false);
        T result = work.run(new Transaction(connection));
        sound = true;
        return result;
      } finally {
        connection.rollback();
        if (sound && !closed) {
          idleReaders.push(connection);
        } else {
          connection.close();
        }
      }
    } catch (SQLException e) {
      throw failure(file, e);
    } finally {
      reading.release();
    }
  }

  /// Runs reads and writes as one: all of it is kept, or, where it throws, none.
  public <T extends @Nullable Object> T write(Work<T> work) {
    writing.lock();
    try {
      if (closed) {
        throw new Unavailable("The database %s is closed.".formatted(file));
      }
      // Takes the write lock at the start, so that two processes queue up instead of failing
      // halfway.
      try (var begin = writer.createStatement()) {
        begin.execute("begin immediate");
      }
      boolean done = false;
      try {
        T result = work.run(new Transaction(writer));
        done = true;
        return result;
      } finally {
        try (var end = writer.createStatement()) {
          end.execute(done ? "commit" : "rollback");
        }
      }
    } catch (SQLException e) {
      throw failure(file, e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() {
    writing.lock();
    try {
      closed = true;
      writer.close();
      for (Connection reader = idleReaders.poll(); reader != null; reader = idleReaders.poll()) {
        reader.close();
      }
    } catch (SQLException e) {
      throw failure(file, e);
    } finally {
      writing.unlock();
    }
  }

  private static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try (var pragma = connection.createStatement()) {
      pragma.execute("pragma busy_timeout = 10000");
      pragma.execute("pragma journal_mode = wal");
      pragma.execute("pragma synchronous = full");
      pragma.execute("pragma foreign_keys = on");
      pragma.execute("pragma trusted_schema = off");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  private static Unavailable failure(Path file, SQLException e) {
    // SQLite's primary result codes: sqlite.org/rescode.html
    String advice =
        switch (e.getErrorCode() & 0xff) {
          case 5, 6 -> "Another process holds it; stop that one or try again.";
          case 8, 14 -> "It cannot be written; check the rights on its folder.";
          case 10, 13 -> "The disk is full or failing; free some space and try again.";
          case 11, 26 -> "It is damaged or no database; put the last backup in its place.";
          default -> "Try again; if it stays, keep the file and report it.";
        };
    return new Unavailable(
        "The database %s did not answer: %s. %s".formatted(file, e.getMessage(), advice), e);
  }

  /// What happens inside one transaction.
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    /// Does the work; whatever it throws rolls the transaction back.
    T run(Transaction transaction) throws SQLException;
  }
}
