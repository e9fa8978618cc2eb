package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.engine.Divergence;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.writing.Importance;
import dev.freehold.model.writing.ImportanceMeasure;
import dev.freehold.model.writing.Mixture;
import dev.freehold.model.writing.ModelWriter;
import dev.freehold.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold quantize`: a model with smaller weights, and what that cost.
record QuantizeCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("quantize");
    spec.usageMessage()
        .description(
            "Writes a model with smaller weights as a GGUF file, and says what that cost.",
            "",
            "The cost is measured on --text: perplexity before and after, and how far the two part",
            "(Kullback-Leibler divergence).",
            "",
            "  freehold quantize ~/SmolLM2-135M-Instruct smollm2-q4.gguf Q4_K_M --text mine.txt",
            "  freehold quantize model-f16.gguf model-q8.gguf Q8_0",
            "  freehold quantize model-f16.gguf model-q4.gguf Q4_K_M --imatrix-text ours.txt");
    positional(spec, "IN", "A folder, a GGUF file, or the name of a model that is here.");
    positional(spec, "OUT", "The file to write; one that is there is replaced once this is done.");
    positional(spec, "TYPE", "Q8_0, Q6_K, Q5_K_M, Q4_K_M, Q4_0, F16, BF16 or F32.");
    option(spec, "--imatrix", "FILE", "An importance matrix in GGUF, as llama-imatrix writes it.");
    option(
        spec,
        "--imatrix-text",
        "TEXT",
        "A text file in UTF-8 on which to measure which inputs matter; not the one of --text.");
    option(spec, "--imatrix-out", "FILE", "Where to keep what was measured, in GGUF.");
    option(spec, "--text", "TEXT", "A text file in UTF-8 on which to measure what it cost.");
    spec.addOption(
        OptionSpec.builder("--context")
            .paramLabel("N")
            .type(String.class)
            .defaultValue("512")
            .description("Tokens of a window. By default ${DEFAULT-VALUE}.")
            .build());
    spec.addOption(
        OptionSpec.builder("--windows")
            .paramLabel("N")
            .type(String.class)
            .defaultValue("64")
            .description("Windows measured at most. By default ${DEFAULT-VALUE}.")
            .build());
    spec.addOption(Written.json());
    return spec;
  }

  private static void positional(CommandSpec spec, String label, String description) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .arity("1")
            .type(String.class)
            .description(description)
            .build());
  }

  private static void option(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .build());
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    int context = Numbers.of(parsed, "--context", 4, 1 << 20);
    int windows = Numbers.of(parsed, "--windows", 1, 1 << 20);
    Mixture mixture = Mixture.of(parsed.matchedPositionalValue(2, ""));
    Path to = Path.of(parsed.matchedPositionalValue(1, ""));
    if (!to.toString().endsWith(".gguf")) {
      throw new InvalidRequest("%s should end in .gguf.".formatted(to), "OUT");
    }
    Optional<String> text =
        Optional.ofNullable(parsed.matchedOptionValue("--text", (String) null))
            .map(file -> PerplexityCommand.text(Path.of(file)));
    Path from = source(parsed.matchedPositionalValue(0, ""), settings);
    Written written;
    try (ModelFile file = Models.file(from)) {
      Importance importance = importance(parsed, file, context, windows, settings).orElse(null);
      written =
          Written.of(
              ModelWriter.write(file, to, mixture, importance, Written.threads(settings)), to);
    }
    if (text.isPresent()) {
      written =
          written.with(
              Divergence.measure(
                  from,
                  to,
                  EngineOpener.configuration(settings.threads()),
                  text.get(),
                  context,
                  windows,
                  this::progress));
    }
    written.print(shell, parsed.hasMatchedOption("--json"));
    return ExitCode.OK;
  }

  /// What was read or is measured; the two exclude each other.
  private Optional<Importance> importance(
      ParseResult parsed, ModelFile file, int context, int windows, Settings settings) {
    String matrix = parsed.matchedOptionValue("--imatrix", "");
    String text = parsed.matchedOptionValue("--imatrix-text", "");
    String keep = parsed.matchedOptionValue("--imatrix-out", "");
    if (text.isEmpty() && !keep.isEmpty()) {
      throw new InvalidRequest("--imatrix-out needs --imatrix-text.", "imatrix-out");
    }
    if (text.isEmpty()) {
      return matrix.isEmpty() ? Optional.empty() : Optional.of(Importance.read(Path.of(matrix)));
    }
    if (!matrix.isEmpty()) {
      throw new InvalidRequest(
          "An importance matrix is read or measured, not both.", "imatrix-text");
    }
    ImportanceMeasure.Result measured =
        ImportanceMeasure.of(
            file,
            Written.threads(settings),
            PerplexityCommand.text(Path.of(text)),
            context,
            windows,
            this::progress);
    if (!keep.isEmpty()) {
      measured.importance().write(Path.of(keep), text, measured.windows(), context);
    }
    return Optional.of(measured.importance());
  }

  private Path source(String name, Settings settings) {
    // A file needs no digest to be read once.
    return Files.exists(Path.of(name))
        ? Path.of(name)
        : ModelFiles.present(ModelStore.open(settings.home()), name, shell).file();
  }

  private void progress(int done, int all) {
    if (shell.interactive()) {
      shell.err().printf("\r\033[K%s", done < all ? "[%d/%d]".formatted(done, all) : "");
      shell.err().flush();
    }
  }
}
