package dev.freehold.governance.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The record of what left, and whoever edits it.
class EgressLogTest {

  private static final Principal OFFICER =
      new Principal("o", "Otto", Set.of(Principal.ADMINISTRATORS));
  private static final int RECORDS = 12;

  @TempDir Path folder;
  private Database database;
  private EgressLog log;

  @BeforeEach
  void write() {
    database = Database.open(folder.resolve("freehold.db"));
    log = EgressLog.in(database);
    for (int i = 0; i < RECORDS; i++) {
      keep(i);
    }
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void keep(int i) {
    log.write(
        new EgressRecord(
            0,
            Instant.ofEpochMilli(1_000_000L + i),
            "p" + i,
            "mails",
            "https://api.example:443",
            "large",
            100 + i,
            EgressRecord.Decision.REPLACED,
            List.of("IBAN", "CARD"),
            ""));
  }

  private EgressChain.Checked check() {
    return log.check(OFFICER, Optional.empty());
  }

  private void edit(String sql) {
    database.write(tx -> tx.update(sql));
  }

  @Test
  void aRecordAsItWasWrittenIsFoundSo() {
    EgressChain.Checked checked = check();
    assertThat(checked.fault()).isEmpty();
    assertThat(checked.linked()).isEqualTo(RECORDS);
    EgressChain.Anchor head = checked.head().orElseThrow();
    assertThat(head.id()).isEqualTo(RECORDS);
    keep(99);
    assertThat(log.check(OFFICER, Optional.of(head)).fault()).isEmpty();
    assertThatThrownBy(() -> log.check(new Principal("p", "P", Set.of()), Optional.empty()))
        .isInstanceOf(NotFound.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at = at + 1",
        "principal = 'p'",
        "workload = 'mail'",
        "origin = 'https://api.example:444'",
        "model = 'larg'",
        "bytes = bytes + 1",
        "decision = 'PASSED'",
        "found = 'IBAN'",
        "link = replace(link, substr(link, 1, 1), 'z')",
        "link = ''",
        // What moves from one field into the next is another record, too.
        "workload = 'mail', origin = 'shttps://api.example:443'"
      })
  void whateverIsEditedIsFound(String change) {
    EgressChain.Anchor head = check().head().orElseThrow();
    for (int id : new int[] {1, 6, RECORDS}) {
      edit("create table true_one as select * from egress where id = " + id);
      edit("update egress set " + change + " where id = " + id);
      assertThat(log.check(OFFICER, Optional.of(head)).fault())
          .as(change + " at " + id)
          .isPresent();
      edit("delete from egress where id = " + id);
      edit("insert into egress select * from true_one");
      edit("drop table true_one");
      assertThat(log.check(OFFICER, Optional.of(head)).fault()).isEmpty();
    }
  }

  @Test
  void whatIsTakenOutIsMissedWhereverItStood() {
    edit("delete from egress where id = 5");
    assertThat(check().fault().orElseThrow()).contains("Between record 4 and record 6");
  }

  @Test
  void whatIsTakenOutAtTheBeginningIsMissed() {
    edit("delete from egress where id < 4");
    assertThat(check().fault().orElseThrow()).contains("The first records, up to 3");
  }

  @Test
  void whatIsTakenOutAtTheEndIsMissed() {
    EgressChain.Anchor head = check().head().orElseThrow();
    edit("delete from egress where id > 9");
    assertThat(check().fault().orElseThrow()).contains("After record 9, records up to 12");
    // Who knows the database's own count takes it back, too; the link noted down elsewhere tells.
    edit("update sqlite_sequence set seq = 9 where name = 'egress'");
    assertThat(check().fault()).isEmpty();
    assertThat(log.check(OFFICER, Optional.of(head)).fault().orElseThrow()).contains("Record 12");
  }

  @Test
  void whatIsPutInIsFound() {
    edit("update egress set id = 100 where id = 12");
    edit(
        "insert into egress select 12, at, principal, workload, origin, model, bytes, decision, found, link from egress where id = 11");
    edit("update egress set id = 13 where id = 100");
    assertThat(check().fault().orElseThrow()).contains("Record 12");
  }

  @Test
  void recordsFromBeforeThereWereLinksAreCountedAndThoseAfterAreTied() {
    edit("update egress set link = '' where id <= 12");
    keep(13);
    EgressChain.Checked checked = check();
    assertThat(checked.fault()).isEmpty();
    assertThat(checked.unlinked()).isEqualTo(12);
    assertThat(checked.linked()).isEqualTo(1);
  }
}
