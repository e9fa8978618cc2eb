package dev.freehold.governance;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unauthenticated;
import dev.freehold.database.Database;
import dev.freehold.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The keys and sessions that say who asks.
///
/// A key is 32 random bytes; only its SHA-256 is stored, and it is found by that digest, so that a
/// look-up takes the same time whatever was guessed. Nothing is cached: a revoked key is refused at
/// the next request, and so are the sessions that it opened.
///
/// Safe for use by many threads at once, in several processes.
public final class Keys {

  /// How long a session lasts from its beginning.
  public static final Duration SESSION = Duration.ofDays(30);

  private static final String NOT_KNOWN =
      "This key is not known here or was revoked. Make a new one with `freehold keys create NAME`.";

  private final Database database;
  private final Clock clock;

  private Keys(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// The keys kept in this database.
  public static Keys in(Database database) {
    return in(database, Clock.systemUTC());
  }

  static Keys in(Database database, Clock clock) {
    database.migrate(GovernanceSchema.SCHEMA);
    return new Keys(database, clock);
  }

  /// The first key of an administrator, if no key was ever made here; empty from then on.
  public Optional<IssuedKey> firstRun() {
    return database.write(tx ->
        tx.first("select 1 from key", row -> row.getInt(1)).isPresent()
            ? Optional.empty()
            : Optional.of(issue(tx, "owner", Set.of(Principal.ADMINISTRATORS))));
  }

  /// A new key for the person or program of that name, who is made if nobody has it yet.
  ///
  /// @param name what pages and lists show; of someone known already, another key to the same
  ///   principal
  /// @param groups the groups the principal belongs to from now on
  public IssuedKey create(String name, Set<String> groups) {
    if (name.isBlank() || name.length() > 200) {
      throw new InvalidRequest("A key needs a name of 1 to 200 characters.", "name");
    }
    groups.forEach(Keys::checkGroup);
    return database.write(tx -> issue(tx, name.strip(), groups));
  }

  /// Who holds this key.
  ///
  /// @throws Unauthenticated where the key is not known or was revoked
  public Principal authenticate(String secret) {
    return database
        .read(tx ->
            tx.first(
                """
                select p.id, p.name, p.groups
                  from key k join principal p on p.id = k.principal
                 where k.digest = ? and k.revoked is null
                """,
                Keys::principal,
                (Object) Secrets.digest(secret)))
        .orElseThrow(() -> new Unauthenticated(NOT_KNOWN));
  }

  /// All keys, the newest first, revoked ones too.
  public List<Key> list() {
    return database.read(tx ->
        tx.query(
            """
            select k.id, k.hint, k.created, k.revoked, p.id, p.name, p.groups
              from key k join principal p on p.id = k.principal
             order by k.created desc, k.rowid desc
            """,
            row ->
                new Key(
                    row.getString(1),
                    row.getString(2),
                    new Principal(row.getString(5), row.getString(6), groups(row.getString(7))),
                    Instant.ofEpochMilli(row.getLong(3)),
                    Optional.ofNullable(row.getString(4))
                        .map(text -> Instant.ofEpochMilli(Long.parseLong(text))))));
  }

  /// Ends a key and every session it opened, at once.
  ///
  /// @throws NotFound where there is no such key in force
  public void revoke(String id) {
    database.write(tx -> {
      int ended =
          tx.update(
              "update key set revoked = ? where id = ? and revoked is null", clock.millis(), id);
      if (ended == 0) {
        throw new NotFound(
            "No key in force has the id %s. `freehold keys list` shows them.".formatted(id));
      }
      return tx.update("delete from session where key = ?", id);
    });
  }

  /// Opens a session for the holder of this key and returns its token.
  ///
  /// @throws Unauthenticated where the key is not known or was revoked
  public String openSession(String secret) {
    String token = Secrets.draw("fs-");
    database.write(tx -> {
      String key =
          tx.first(
                  "select id from key where digest = ? and revoked is null",
                  row -> row.getString(1),
                  (Object) Secrets.digest(secret))
              .orElseThrow(() -> new Unauthenticated(NOT_KNOWN));
      tx.update("delete from session where ends < ?", clock.millis());
      return tx.update(
          "insert into session(digest, key, ends) values(?, ?, ?)",
          Secrets.digest(token),
          key,
          clock.instant().plus(SESSION).toEpochMilli());
    });
    return token;
  }

  /// Whose session this is.
  ///
  /// @throws Unauthenticated where there is no such session, it has ended, or its key was revoked
  public Principal session(String token) {
    return database
        .read(tx ->
            tx.first(
                """
                select p.id, p.name, p.groups
                  from session s join key k on k.id = s.key join principal p on p.id = k.principal
                 where s.digest = ? and s.ends > ? and k.revoked is null
                """,
                Keys::principal,
                Secrets.digest(token),
                clock.millis()))
        .orElseThrow(() -> new Unauthenticated("The session has ended. Sign in with your key."));
  }

  /// Ends a session; harmless if it has ended.
  public void closeSession(String token) {
    database.write(
        tx -> tx.update("delete from session where digest = ?", (Object) Secrets.digest(token)));
  }

  private IssuedKey issue(Transaction tx, String name, Set<String> groups) throws SQLException {
    String written = String.join("\n", new TreeSet<>(groups));
    tx.update(
        """
        insert into principal(id, name, groups) values(?, ?, ?)
            on conflict(name) do update set groups = excluded.groups
        """,
        Secrets.draw("p-"),
        name,
        written);
    Principal principal =
        tx.first("select id, name, groups from principal where name = ?", Keys::principal, name)
            .orElseThrow();
    String secret = Secrets.draw("fh-");
    String id = Secrets.draw("k-").substring(0, 12);
    tx.update(
        "insert into key(id, digest, hint, principal, created) values(?, ?, ?, ?, ?)",
        id,
        Secrets.digest(secret),
        secret.substring(0, 7) + "…",
        principal.id(),
        clock.millis());
    return new IssuedKey(id, principal, secret);
  }

  private static Principal principal(ResultSet row) throws SQLException {
    return new Principal(row.getString(1), row.getString(2), groups(row.getString(3)));
  }

  private static Set<String> groups(String written) {
    return written.lines().filter(line -> !line.isBlank()).collect(Collectors.toUnmodifiableSet());
  }

  private static void checkGroup(String group) {
    if (!group.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,99}")) {
      throw new InvalidRequest(
          "A group's name is 1 to 100 letters, digits, spaces, dots, hyphens or underscores; %s is not."
              .formatted(group),
          "groups");
    }
  }
}
