package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.engine.Divergence;
import dev.freehold.engine.ScaledAdapter;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.writing.Merge;
import dev.freehold.model.writing.Mixture;
import dev.freehold.model.writing.ModelWriter;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `freehold adapter merge`: an adapter inside its model's weights, as one file.
record AdapterMergeCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("merge");
    spec.usageMessage()
        .description(
            "Writes the model with the adapter in its weights, as a GGUF file of its own.",
            "",
            "With --text it says how far that lies from model and adapter together.",
            "",
            "  freehold adapter merge handbook-1 -o smollm2-handbook.gguf --type Q8_0 --text mine.txt");
    AdapterCommand.positional(spec, "NAME", "Which adapter.");
    spec.addOption(
        AdapterCommand.output("The file to write; one that is there is replaced.").build());
    spec.addOption(
        AdapterCommand.option("--type", "TYPE", "One of quantize's, or AS_IS for those it has.")
            .defaultValue("AS_IS")
            .build());
    spec.addOption(
        AdapterCommand.option("--scale", "S", "Multiplies what the adapter adds.")
            .defaultValue("1")
            .build());
    spec.addOption(
        AdapterCommand.option("--text", "TEXT", "A text file in UTF-8 to measure on.").build());
    spec.addOption(
        OptionSpec.builder("--context")
            .paramLabel("N")
            .type(String.class)
            .defaultValue("512")
            .description("Tokens of a window. By default ${DEFAULT-VALUE}.")
            .build());
    spec.addOption(Written.json());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    int context = Numbers.of(parsed, "--context", 4, 1 << 20);
    float scale = scale(parsed.commandSpec().findOption("--scale").<String>getValue());
    Mixture mixture = Mixture.of(parsed.commandSpec().findOption("--type").<String>getValue());
    Path to = Path.of(parsed.matchedOptionValue("--output", ""));
    if (!to.toString().endsWith(".gguf")) {
      throw new InvalidRequest("%s should end in .gguf.".formatted(to), "output");
    }
    Optional<String> text =
        Optional.ofNullable(parsed.matchedOptionValue("--text", (String) null))
            .map(file -> PerplexityCommand.text(Path.of(file)));
    ModelStore models = ModelStore.open(settings.home());
    StoredAdapter stored = AdapterStore.in(models).resolve(parsed.matchedPositionalValue(0, ""));
    StoredModel base = AdapterFiles.base(models, stored);
    Adapter adapter = GgufAdapter.read(stored.file()).adapter();
    Written written;
    try (ModelFile file = Models.file(base.file())) {
      written =
          Written.of(
              ModelWriter.write(
                  file, to, mixture, null, new Merge(adapter, scale), Written.threads(settings)),
              to);
    }
    if (text.isPresent()) {
      written =
          written.with(
              Divergence.measure(
                  base.file(),
                  List.of(new ScaledAdapter(adapter, scale)),
                  to,
                  EngineOpener.configuration(settings.threads()),
                  text.get(),
                  context,
                  64,
                  (_, _) -> {}));
    }
    written.print(shell, parsed.hasMatchedOption("--json"));
    return ExitCode.OK;
  }

  private static float scale(String text) {
    try {
      float scale = Float.parseFloat(text);
      if (Math.abs(scale) <= 16) {
        return scale;
      }
    } catch (NumberFormatException e) {
      throw new InvalidRequest("--scale takes a number, not \"%s\".".formatted(text), "scale");
    }
    throw new InvalidRequest("--scale lies between -16 and 16.", "scale");
  }
}
