package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.fixture.DefaultModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `freehold prove` and `freehold verify` with the real default model, held against itself.
class ProveTest {

  @TempDir private static Path home;
  @TempDir private Path folder;

  @BeforeAll
  static void theDefaultModelIsHere() {
    assertThat(
            Ran.command(home, "pull", DefaultModel.path().toString(), "--name", "smollm2").code())
        .isZero();
  }

  private Path benchmark(int cases) throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < cases; i++) {
      rows.append(
          "{\"id\":\"c%1$d\",\"question\":\"Say the number %1$d.\",\"answer\":\"%1$d\"}\n"
              .formatted(i));
    }
    return Files.writeString(folder.resolve("numbers.jsonl"), rows);
  }

  @Test
  void aModelIsAsGoodAsItselfAndTheEvidenceHolds() throws Exception {
    Path file = benchmark(32);
    String[] prove = {
      "prove",
      file.toString(),
      "--grader",
      "contains",
      "--incumbent",
      "smollm2",
      "--candidate",
      "smollm2",
      "--margin",
      "20",
      "--max-tokens",
      "2",
      "--price",
      "smollm2=1,2",
      "--out",
      folder.resolve("out").toString()
    };
    Ran first = Ran.command(home, prove);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err())
        .contains("independent cases for a power of 80 %", "96 of 96", "cost so far");
    assertThat(first.out())
        .contains("smollm2 (again) is as good as smollm2:", "a difference of +0.0");

    // Asked again, it asks nobody again.
    long journal = Files.size(folder.resolve("out/journal.jsonl"));
    assertThat(Ran.command(home, prove).code()).isZero();
    assertThat(Files.size(folder.resolve("out/journal.jsonl"))).isEqualTo(journal);

    Path pack = folder.resolve("out/evidence.zip");
    Ran verified = Ran.command(home, "verify", pack.toString());
    assertThat(verified.code()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("they are the same", "is as good as");
    byte[] bytes = Files.readAllBytes(pack);
    bytes[bytes.length / 2] ^= 1;
    Files.write(pack, bytes);
    assertThat(Ran.command(home, "verify", pack.toString()).code()).isEqualTo(65);
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("As good", "against itself");
  }

  @Test
  void tooFewCasesOpenNoGate() throws Exception {
    Ran few =
        Ran.command(
            home,
            "prove",
            benchmark(4).toString(),
            "--grader",
            "contains",
            "--incumbent",
            "smollm2",
            "--candidate",
            "smollm2",
            "--max-tokens",
            "2",
            "--no-control");
    assertThat(few.code()).as(few.err()).isEqualTo(ProveCommand.OPEN);
    assertThat(few.out()).contains("There is not enough evidence", "fewer than the 30");
  }

  @Test
  void whatCannotBeIsToldBeforeAnythingIsAsked() throws Exception {
    String file = benchmark(4).toString();
    Ran plan = Ran.command(home, "prove", file, "--margin", "3", "--plan");
    assertThat(plan.code()).isZero();
    assertThat(plan.err()).contains("A margin of 3 points needs 1787 independent cases");
    assertThat(Ran.command(home, "prove", file).code()).isEqualTo(64);
    assertThat(
            Ran.command(home, "prove", file, "--incumbent", "smollm2", "--candidate", "nobody")
                .code())
        .isEqualTo(66);
    assertThat(
            Ran.command(
                    home, "prove", file, "--incumbent", "smollm2", "--candidate", "smollm2+docs")
                .code())
        .isEqualTo(64);
    assertThat(
            Ran.command(
                    home,
                    "prove",
                    file,
                    "--incumbent",
                    "smollm2",
                    "--candidate",
                    "smollm2",
                    "--grader",
                    "vibes")
                .code())
        .isEqualTo(65);
    assertThat(
            Ran.command(
                    home,
                    "prove",
                    file,
                    "--incumbent",
                    "smollm2",
                    "--candidate",
                    "smollm2",
                    "--price",
                    "x=1,2")
                .code())
        .isEqualTo(64);
  }

  @Test
  void aSealedCaseShownAsAnExampleIsRefusedByName() throws Exception {
    Path rows =
        Files.writeString(
            folder.resolve("shown.jsonl"),
            """
            {"id":"a","question":"Where do the returned pumps wait for their form?","answer":"90"}
            {"id":"b","messages":[{"role":"system","content":"Example: Where do the returned pumps wait for their form? 90"},{"role":"user","content":"Which code?"}],"answer":"4471"}
            """);
    Ran refused =
        Ran.command(
            home,
            "prove",
            rows.toString(),
            "--grader",
            "contains",
            "--incumbent",
            "smollm2",
            "--candidate",
            "smollm2");
    assertThat(refused.code()).isEqualTo(73);
    assertThat(refused.err()).contains("case b", "shown/a");
  }

  @Test
  void aSealedCasePlantedInADocumentIsRefusedByName() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    Files.writeString(
        documents.resolve("leak.md"),
        "# Notes\n\nQ: How long must the vent screw stay open?\nA: ninety seconds\n");
    Path rows =
        Files.writeString(
            folder.resolve("leaked.jsonl"),
            "{\"id\":\"a\",\"question\":\"How long must the vent screw stay open?\",\"answer\":\"90\"}\n");
    Ran refused =
        Ran.command(
            home,
            "prove",
            rows.toString(),
            "--grader",
            "contains",
            "--incumbent",
            "smollm2",
            "--candidate",
            "smollm2+docs",
            "--docs",
            documents.toString());
    assertThat(refused.code()).as(refused.err()).isEqualTo(73);
    assertThat(refused.err()).contains("leak.md holds the sealed case");
  }
}
