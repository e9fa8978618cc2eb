package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.database.Database;
import dev.freehold.governance.egress.EgressLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The record of what left, checked, and the gate's policy, from the command line.
class EgressCommandTest {

  @TempDir private Path home;

  @BeforeEach
  void keep() {
    try (Database database = Database.open(home.resolve("freehold.db"))) {
      EgressLog.in(database);
    }
  }

  private Ran run(String... arguments) {
    return Ran.command(home, arguments);
  }

  @Test
  void aRecordThatWasEditedIsTold() {
    assertThat(run("egress", "list").out()).contains("Nothing left");
    assertThat(run("egress", "verify").out()).contains("0 records are as they were written");
    assertThat(run("egress", "verify", "--anchor", "7").code()).isEqualTo(64);
    Ran missing = run("egress", "verify", "--anchor", "7:" + "0".repeat(64));
    assertThat(missing.code()).isEqualTo(EgressCommand.BROKEN);
    assertThat(missing.err()).contains("Record 7 is not there");
    try (Database database = Database.open(home.resolve("freehold.db"))) {
      database.write(tx ->
          tx.update(
              "insert into egress values(1, 1, 'p', 'w', 'o', 'm', 1, 'PASSED', '', '"
                  + "0".repeat(64)
                  + "')"));
    }
    Ran edited = run("egress", "verify");
    assertThat(edited.code()).isEqualTo(EgressCommand.BROKEN);
    assertThat(edited.err()).contains("Record 1 is not what was written");
  }

  @Test
  void thePolicyIsShownChangedAndRefusedWhereItIsNone() throws IOException {
    assertThat(run("egress", "policy").out()).contains("replace", "stop", "5000 ms");
    assertThat(home.resolve("gate.json")).doesNotExist();
    Ran changed =
        run(
            "egress",
            "policy",
            "--identifiers",
            "stop",
            "--kind",
            "CARD=replace",
            "--deadline",
            "750");
    assertThat(changed.code()).as(changed.err()).isZero();
    assertThat(run("egress", "policy").out()).contains("CARD", "750 ms");
    assertThat(run("egress", "policy", "--kind", "CARD=").out()).doesNotContain("CARD");
    assertThat(run("egress", "policy", "--secrets", "pass").code()).isEqualTo(64);
    assertThat(run("egress", "policy", "--kind", "NAME=stop").code()).isEqualTo(64);
    Files.writeString(home.resolve("gate.json"), "{\"secrets\":\"pass\"}");
    assertThat(run("egress", "policy").code()).isEqualTo(65);
  }

  @Test
  void anUpstreamThatAWorkloadLeadsToIsNotRemoved() {
    Ran added = run("upstreams", "add", "gpu", "--kind", "vllm", "--model", "big", "--private");
    assertThat(added.code()).as(added.err()).isZero();
    assertThat(run("workloads", "create", "mails", "--incumbent", "gpu/big").code()).isZero();
    Ran refused = run("upstreams", "rm", "gpu");
    assertThat(refused.code()).isEqualTo(73);
    assertThat(refused.err()).contains("gpu is used by mails");
    assertThat(run("workloads", "rm", "mails").code()).isZero();
    assertThat(run("upstreams", "rm", "gpu").code()).isZero();
  }
}
