package dev.freehold.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unauthenticated;
import dev.freehold.database.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {

  @TempDir Path folder;
  private Database database;
  private Keys keys;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("freehold.db"));
    keys = Keys.in(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void theFirstRunGivesAnAdministratorsKeyOnce() {
    IssuedKey first = keys.firstRun().orElseThrow();
    assertThat(first.principal().administrator()).isTrue();
    assertThat(keys.authenticate(first.secret())).isEqualTo(first.principal());
    assertThat(keys.firstRun()).isEmpty();
    keys.revoke(first.id());
    assertThat(keys.firstRun()).as("not again, even when every key is revoked").isEmpty();
  }

  @Test
  void aSecretIsStoredNowhere() throws IOException {
    IssuedKey issued = keys.create("Anna", Set.of("hr"));
    String token = keys.openSession(issued.secret());
    database.close();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(bytes).doesNotContain(issued.secret()).doesNotContain(token);
      }
    }
    assertThat(issued.toString()).doesNotContain(issued.secret());
  }

  @Test
  void anUnknownKeyIsRefusedInTheSameWordsAsARevokedOne() {
    IssuedKey issued = keys.create("Anna", Set.of());
    String unknown = refusal(() -> keys.authenticate("fh-guessed"));
    keys.revoke(issued.id());
    assertThat(refusal(() -> keys.authenticate(issued.secret()))).isEqualTo(unknown);
    assertThat(refusal(() -> keys.authenticate(""))).isEqualTo(unknown);
    assertThat(refusal(() -> keys.authenticate("' or 1=1 --"))).isEqualTo(unknown);
  }

  @Test
  void aKeysIdIsNotItsSecret() {
    IssuedKey issued = keys.create("Anna", Set.of());
    assertThatThrownBy(() -> keys.authenticate(issued.id())).isInstanceOf(Unauthenticated.class);
    assertThatThrownBy(() -> keys.authenticate(issued.secret().substring(0, 20)))
        .isInstanceOf(Unauthenticated.class);
  }

  @Test
  void twoKeysOfOneNameAreOnePrincipalWithTheLatestGroups() {
    IssuedKey first = keys.create("Anna", Set.of("hr"));
    IssuedKey second = keys.create("Anna", Set.of("hr", "board"));
    assertThat(second.principal()).isEqualTo(first.principal());
    assertThat(keys.authenticate(first.secret()).groups()).containsExactlyInAnyOrder("hr", "board");
    assertThat(keys.list()).hasSize(2).extracting(Key::hint).doesNotHaveDuplicates();
  }

  @Test
  void revokingAKeyEndsItsSessionsAtOnceAndNoOthers() {
    IssuedKey anna = keys.create("Anna", Set.of());
    IssuedKey ben = keys.create("Ben", Set.of());
    String annas = keys.openSession(anna.secret());
    String bens = keys.openSession(ben.secret());
    assertThat(keys.session(annas)).isEqualTo(anna.principal());
    keys.revoke(anna.id());
    assertThatThrownBy(() -> keys.session(annas)).isInstanceOf(Unauthenticated.class);
    assertThat(keys.session(bens)).isEqualTo(ben.principal());
    assertThatThrownBy(() -> keys.revoke(anna.id())).isInstanceOf(NotFound.class);
  }

  @Test
  void aSessionEndsWhenClosedAndAfterItsTime() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    IssuedKey anna = keys.create("Anna", Set.of());
    String early = Keys.in(database, at(start)).openSession(anna.secret());
    assertThat(Keys.in(database, at(start.plus(Duration.ofDays(29)))).session(early))
        .isEqualTo(anna.principal());
    assertThatThrownBy(() -> Keys.in(database, at(start.plus(Keys.SESSION))).session(early))
        .isInstanceOf(Unauthenticated.class);
    String closed = keys.openSession(anna.secret());
    keys.closeSession(closed);
    assertThatThrownBy(() -> keys.session(closed)).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void aGroupThatCouldBeMistakenForSeveralIsRefused() {
    for (String group : List.of("hr\nboard", "", " ", "a".repeat(101), "x,y")) {
      assertThatThrownBy(() -> keys.create("Anna", Set.of(group)))
          .isInstanceOfSatisfying(
              InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("groups"));
    }
    assertThat(keys.create("Anna", Set.of("Équipe qualité")).principal().groups())
        .containsExactly("Équipe qualité");
  }

  @Test
  void listsShowWhenAKeyWasRevokedAndNeverTheSecret() {
    IssuedKey issued = keys.create("Anna", Set.of());
    keys.revoke(issued.id());
    Key listed = keys.list().getFirst();
    assertThat(listed.revoked()).isNotEqualTo(Optional.empty());
    assertThat(listed.hint()).hasSizeLessThan(10);
    assertThat(listed.toString()).doesNotContain(issued.secret());
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }

  private static String refusal(Runnable work) {
    try {
      work.run();
    } catch (Unauthenticated e) {
      return e.getMessage();
    }
    throw new AssertionError("It was let in.");
  }
}
