package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.fixture.DefaultModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandsTest {

  @TempDir private Path home;

  private Ran run(String... arguments) {
    return Ran.command(home, arguments);
  }

  @Test
  void theHelpListsEveryCommandAndTheExitCodes() {
    Ran help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains(
            "up ",
            "chat ",
            "ask ",
            "pull ",
            "models ",
            "rm ",
            "teach ",
            "prove ",
            "verify ",
            "perplexity ",
            "bench ",
            "keys ",
            "upstreams ",
            "workloads ",
            "switch ",
            "convert ",
            "quantize ")
        .contains("Exit codes", "host, port, authentication, model, names, threads, judge")
        .doesNotContain("rehearse");
    // What stands beside a command is a whole sentence.
    List<String> described =
        help.out()
            .lines()
            .dropWhile(line -> !line.equals("Commands"))
            .skip(1)
            .takeWhile(line -> !line.isBlank())
            .toList();
    for (int i = 0; i < described.size(); i++) {
      boolean goesOn = i + 1 < described.size() && described.get(i + 1).startsWith("     ");
      assertThat(goesOn || described.get(i).endsWith(".")).as(described.get(i)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "workloads erase, PRINCIPAL-ID",
    "workloads show, NAME",
    "keys revoke, ID",
    "pull, MODEL",
    "verify, PACK",
    "quantize in.gguf out.gguf, TYPE"
  })
  void aCommandSaysWhatItIsGivenTooLittleOf(String command, String missing) {
    Ran ran = Ran.command(home, command.split(" ", -1));
    assertThat(ran.code()).isEqualTo(64);
    assertThat(ran.err()).contains("Missing required parameter").contains(missing);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "chat",
        "ask",
        "pull",
        "models",
        "rm",
        "teach",
        "prove",
        "verify",
        "perplexity",
        "bench",
        "keys",
        "upstreams",
        "workloads",
        "switch",
        "convert",
        "quantize"
      })
  void theHelpOfEachCommandHasExamples(String command) {
    Ran help = run(command, "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("  freehold " + command);
  }

  @Test
  void nothingAtAllShowsTheHelp() {
    Ran nothing = run();
    assertThat(nothing.code()).isEqualTo(64);
    assertThat(nothing.err()).contains("First steps");
  }

  @Test
  void anUnknownCommandOrFlagIsAWrongUse() {
    assertThat(run("puull").code()).isEqualTo(64);
    assertThat(run("puull").err()).contains("pull");
    assertThat(run("models", "--jsn").code()).isEqualTo(64);
    assertThat(run("keys").code()).isEqualTo(64);
  }

  @Test
  void theVersionIsTheBuilds() {
    assertThat(run("--version").out()).matches("freehold \\d+\\.\\d+\\.\\d+.*\\R");
  }

  @Test
  void completionsAreGenerated() {
    Ran completion = run("generate-completion");
    assertThat(completion.code()).isZero();
    assertThat(completion.out()).contains("complete -F").contains("perplexity");
  }

  @Test
  void anEmptyStoreSaysHowToFillIt() {
    assertThat(run("models").out()).contains("freehold pull smollm2");
  }

  @Test
  void aModelIsTakenFromAFileListedAndRemoved() {
    Path file = DefaultModel.path();
    Ran pull = run("pull", file.toString(), "--name", "mine");
    assertThat(pull.code()).as(pull.err()).isZero();
    assertThat(pull.out()).contains("mine is here: 98 MB");
    assertThat(run("models").out()).contains("mine", "135M", "98 MB", "b179c9523d0e");
    JsonNode model =
        JsonMapper.shared().readTree(run("models", "--json").out()).path("models").path(0);
    assertThat(model.path("name").stringValue()).isEqualTo("mine");
    assertThat(model.path("architecture").stringValue()).isEqualTo("llama");
    assertThat(model.path("contextLength").intValue()).isEqualTo(8192);
    assertThat(model.path("parameters").longValue()).isEqualTo(134_515_008);
    Ran rm = run("rm", "mine");
    assertThat(rm.out()).contains("98 MB freed");
    assertThat(run("rm", "mine").code()).isEqualTo(66);
  }

  @Test
  void theCatalogueSaysWhatIsNeededAndWhatFits() {
    Ran catalogue = run("models", "--catalogue");
    assertThat(catalogue.out()).contains("smollm2", "llama-3.2-3b", "Apache-2.0", "MEMORY");
    JsonNode models =
        JsonMapper.shared().readTree(run("models", "--catalogue", "--json").out()).path("models");
    assertThat(models.valueStream().filter(one -> one.path("suggested").booleanValue()))
        .hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aFileThatIsNoModelIsABadFile() throws IOException {
    Path file = Files.writeString(home.resolve("notes.gguf"), "not a model");
    Ran pull = run("pull", file.toString());
    assertThat(pull.code()).isEqualTo(65);
    assertThat(pull.err().lines()).hasSizeLessThanOrEqualTo(4);
    assertThat(run("models").out()).contains("No model is here");
  }

  @Test
  void anUnknownModelListsTheCatalogue() {
    Ran pull = run("pull", "gpt-4");
    assertThat(pull.code()).isEqualTo(66);
    assertThat(pull.err()).contains("smollm2", "hf:OWNER/REPO");
  }

  @Test
  void keysAreMadeListedAndEnded() {
    Ran made = run("keys", "create", "Ada", "--group", "engineering", "--quiet");
    assertThat(made.code()).isZero();
    assertThat(made.out()).startsWith("fh-");
    assertThat(made.err()).isEmpty();
    JsonNode key =
        JsonMapper.shared().readTree(run("keys", "list", "--json").out()).path("keys").path(0);
    assertThat(key.path("holder").stringValue()).isEqualTo("Ada");
    assertThat(run("keys", "list").out()).doesNotContain(made.out().strip());
    String id = key.path("id").stringValue();
    assertThat(run("keys", "revoke", id).code()).isZero();
    assertThat(run("keys", "revoke", id).code()).isEqualTo(66);
  }

  @Test
  void withoutKeysOnlyThisMachineIsServed() {
    Ran up = run("up", "--host", "0.0.0.0", "--no-auth");
    assertThat(up.code()).isEqualTo(64);
    assertThat(up.err().lines()).hasSize(1);
    assertThat(up.err()).contains("--no-auth");
  }

  @Test
  void aWrongPortIsRefusedByName() {
    Ran up = run("up", "--port", "http");
    assertThat(up.code()).isEqualTo(64);
    assertThat(up.err()).contains("port takes a number");
  }
}
