package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.AdapterFile;
import dev.freehold.model.adapter.GgufAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdapterCommandsTest {

  private static final Path GOLDENS =
      Path.of("..", "model", "src", "test", "resources", "dev", "freehold", "model");
  private static final Path TEXT =
      Path.of("..", "samples", "public-domain", "newton-opticks-queries.txt");

  @TempDir private Path home;

  @BeforeEach
  void aTinyModelIsHere() throws IOException {
    ok(
        "convert",
        GOLDENS.resolve("folder/llama").toString(),
        "-o",
        here("tiny.gguf"),
        "--type",
        "F32");
    ok("pull", here("tiny.gguf"));
    Files.writeString(home.resolve("text.txt"), Files.readString(TEXT).substring(0, 1500));
  }

  private String here(String name) {
    return home.resolve(name).toString();
  }

  private Ran run(String... arguments) {
    return Ran.command(home, arguments);
  }

  private Ran ok(String... arguments) {
    Ran ran = run(arguments);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }

  private double perplexity(String model) {
    Ran ran = ok("perplexity", model, "--file", here("text.txt"), "--context", "64", "--json");
    return JsonMapper.shared().readTree(ran.out()).path("perplexity").doubleValue();
  }

  private void importPeft() {
    ok("adapter", "import", "hand", GOLDENS.resolve("adapter/llama").toString(), "--model", "tiny");
  }

  @Test
  void anAdapterComesInAnswersGoesOutInBothFormsAndComesInAgain() {
    Ran imported =
        ok(
            "adapter",
            "import",
            "hand",
            GOLDENS.resolve("adapter/llama").toString(),
            "--model",
            "tiny",
            "--reader",
            "group:staff");
    assertThat(imported.out()).contains("tiny+hand", "14 matrices");
    double base = perplexity("tiny");
    double adapted = perplexity("tiny+hand");
    assertThat(adapted).isNotCloseTo(base, within(1.0));
    JsonNode listed =
        JsonMapper.shared().readTree(ok("adapter", "list", "--json").out()).path("adapters");
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("askedAs").get(0).asString()).isEqualTo("tiny+hand");
    assertThat(listed.get(0).path("sources").get(0).asString()).isEqualTo("group:staff");
    assertThat(ok("adapter", "list").out()).contains("hand", "tiny+hand", "group:staff");
    for (String form : List.of("gguf", "peft")) {
      ok("adapter", "export", "hand", "--form", form, "-o", here("out-" + form));
      assertThat(run("adapter", "export", "hand", "--form", form, "-o", here("out-" + form)).err())
          .contains("in the way");
      ok("adapter", "import", "again-" + form, here("out-" + form), "--model", "tiny");
      assertThat(perplexity("tiny+again-" + form)).isCloseTo(adapted, within(1e-4));
    }
    assertThat(perplexity("tiny+hand+again-gguf")).isNotCloseTo(adapted, within(0.1));
    assertThat(ok("adapter", "rm", "hand", "again-gguf", "again-peft").out()).contains("is gone");
    Ran gone = run("perplexity", "tiny+hand", "--file", here("text.txt"));
    assertThat(gone.code()).isEqualTo(66);
    assertThat(gone.err()).contains("tiny+hand");
  }

  @Test
  void theMergedModelSaysWhatModelAndAdapterSayTogether() {
    importPeft();
    Ran exact =
        ok(
            "adapter",
            "merge",
            "hand",
            "-o",
            here("merged.gguf"),
            "--text",
            here("text.txt"),
            "--context",
            "64",
            "--json");
    JsonNode cost = JsonMapper.shared().readTree(exact.out()).path("cost");
    assertThat(cost.path("divergenceMean").doubleValue()).isLessThan(1e-6);
    assertThat(cost.path("sameBest").doubleValue()).isEqualTo(1);
    assertThat(cost.path("perplexity").doubleValue())
        .isCloseTo(cost.path("perplexityBefore").doubleValue(), within(1e-2));
    ok("pull", here("merged.gguf"));
    assertThat(perplexity("merged")).isCloseTo(perplexity("tiny+hand"), within(1e-2));
    Ran smaller =
        ok(
            "adapter",
            "merge",
            "hand",
            "-o",
            here("small.gguf"),
            "--type",
            "Q8_0",
            "--scale",
            "0.5",
            "--text",
            here("text.txt"),
            "--context",
            "64",
            "--json");
    assertThat(
            JsonMapper.shared()
                .readTree(smaller.out())
                .path("cost")
                .path("divergenceMean")
                .doubleValue())
        .isBetween(1e-8, 0.05);
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    Ran other =
        run(
            "adapter",
            "import",
            "q",
            GOLDENS.resolve("adapter/qwen2.gguf").toString(),
            "--model",
            "tiny");
    assertThat(other.code()).isEqualTo(64);
    assertThat(other.err()).contains("qwen2", "llama");
    Adapter adapter = GgufAdapter.read(GOLDENS.resolve("adapter/llama.gguf")).adapter();
    GgufAdapter.write(
        AdapterFile.of(adapter).madeFor("another", "sha256:" + "ab".repeat(32)),
        home.resolve("foreign.gguf"));
    Ran foreign = run("adapter", "import", "f", here("foreign.gguf"), "--model", "tiny");
    assertThat(foreign.code()).isEqualTo(64);
    assertThat(foreign.err()).contains("abababab", "--any-base");
    ok("adapter", "import", "f", here("foreign.gguf"), "--model", "tiny", "--any-base");
    Ran taken =
        run(
            "adapter",
            "import",
            "f",
            GOLDENS.resolve("adapter/llama").toString(),
            "--model",
            "tiny");
    assertThat(taken.code()).isEqualTo(73);
    assertThat(run("adapter", "import", "g", here("tiny.gguf"), "--model", "tiny").err())
        .contains("general.type");
    assertThat(run("adapter", "import", "g", here("none"), "--model", "tiny").code()).isEqualTo(66);
    assertThat(run("adapter", "export", "none", "-o", here("x")).code()).isEqualTo(66);
    assertThat(run("adapter", "rm", "none").code()).isEqualTo(66);
    assertThat(run("adapter", "merge", "f", "-o", here("x.bin")).err()).contains(".gguf");
    assertThat(run("adapter").err()).contains("import", "export");
  }
}
