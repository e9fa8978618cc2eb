package dev.freehold.cli;

import dev.freehold.store.Amounts;
import dev.freehold.store.Digest;
import dev.freehold.store.ModelStore;
import dev.freehold.store.Name;
import dev.freehold.store.StoredModel;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold pull`: gets a model into the store.
record PullCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("pull");
    spec.usageMessage()
        .description(
            "Gets a model: downloads, checks its SHA-256, then shows it. A pull that was cut goes on where it ended.",
            "",
            "  freehold pull smollm2-1.7b                        a name of `freehold models --catalogue`",
            "  freehold pull hf:bartowski/Llama-3.2-3B-Instruct-GGUF       the usual file of a repository",
            "  freehold pull hf:OWNER/REPO:Q8_0                  that quantisation, or a file's name",
            "  freehold pull hf:HuggingFaceTB/SmolLM2-135M-Instruct        a repository of safetensors",
            "  freehold pull ~/Downloads/model.gguf --name mine  a file you have, or a folder",
            "  freehold pull big-00001-of-00003.gguf             a part stands for all of them",
            "  freehold pull https://example.org/model.gguf --sha256 9f86…",
            "",
            "Gated repositories need HF_TOKEN; a mirror is named by HF_ENDPOINT.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("MODEL")
            .arity("1")
            .type(String.class)
            .description("What to get.")
            .build());
    spec.addOption(
        OptionSpec.builder("--name")
            .paramLabel("NAME")
            .type(String.class)
            .description("What to call it here.")
            .build());
    spec.addOption(
        OptionSpec.builder("--sha256")
            .paramLabel("HEX")
            .type(String.class)
            .description("What the file must hash to.")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    String what = parsed.matchedPositionalValue(0, "");
    Optional<Name> name =
        Optional.ofNullable(parsed.matchedOptionValue("--name", (String) null)).map(Name::new);
    Optional<Digest> digest =
        Optional.ofNullable(parsed.matchedOptionValue("--sha256", (String) null)).map(Digest::of);
    ModelStore store = ModelStore.open(settings.home());
    StoredModel model;
    try (Progress progress = new Progress(shell, what)) {
      model = ModelFiles.puller(store, shell).pull(what, name, digest, progress);
    }
    shell
        .out()
        .printf(
            "%s is here: %s, licence %s, %s%n",
            model.name(), Amounts.bytes(model.bytes()), model.facts().licence(), model.digest());
    return ExitCode.OK;
  }
}
