package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.writing.Mixture;
import dev.freehold.model.writing.ModelWriter;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold convert`: a folder of Hugging Face's, or a split model, as one GGUF file.
record ConvertCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("convert");
    spec.usageMessage()
        .description(
            "Writes a model as one GGUF file: a folder with config.json, tokenizer.json and",
            "safetensors, or a model that was split into parts. Weights stay as they are unless",
            "--type says otherwise.",
            "",
            "  freehold convert ~/SmolLM2-135M-Instruct -o smollm2.gguf",
            "  freehold convert big-00001-of-00003.gguf -o big.gguf");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("FOLDER")
            .arity("1")
            .type(String.class)
            .description("The folder, or any part of a split model.")
            .build());
    spec.addOption(
        OptionSpec.builder("-o", "--output")
            .paramLabel("FILE")
            .type(String.class)
            .required(true)
            .description("The file to write; one that is there is replaced once this is done.")
            .build());
    spec.addOption(
        OptionSpec.builder("--type")
            .paramLabel("TYPE")
            .type(String.class)
            .defaultValue("AS_IS")
            .description("F32, F16, BF16, or one of quantize's. By default ${DEFAULT-VALUE}.")
            .build());
    spec.addOption(Written.json());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    Path from = Path.of(parsed.matchedPositionalValue(0, ""));
    Path to = Path.of(parsed.matchedOptionValue("--output", ""));
    Mixture mixture = Mixture.of(parsed.commandSpec().findOption("--type").<String>getValue());
    if (!to.toString().endsWith(".gguf")) {
      throw new InvalidRequest("%s should end in .gguf.".formatted(to), "output");
    }
    try (ModelFile file = Models.file(from)) {
      Written.of(ModelWriter.write(file, to, mixture, null, Written.threads(settings)), to)
          .print(shell, parsed.hasMatchedOption("--json"));
    }
    return ExitCode.OK;
  }
}
