package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.writing.Mixture;
import dev.freehold.model.writing.ModelWriter;
import dev.freehold.model.writing.Templated;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold convert`: a folder of Hugging Face's, or a split model, as one GGUF file.
record ConvertCommand(Shell shell) implements Subcommand {

  private static final String CHAT_TEMPLATE = "--chat-template";

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("convert");
    spec.usageMessage()
        .description(
            "Writes a model as one GGUF file, also from Hugging Face's folders or split parts.",
            "",
            "Weights stay as they are unless --type says otherwise. A folder holds config.json,",
            "tokenizer.json and safetensors. A model without a chat template, as base models are,",
            "can be given one.",
            "",
            "  freehold convert ~/SmolLM2-135M-Instruct -o smollm2.gguf",
            "  freehold convert big-00001-of-00003.gguf -o big.gguf",
            "  freehold convert base.gguf --chat-template base.jinja -o base-chat.gguf");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("FOLDER")
            .arity("1")
            .type(String.class)
            .description("The folder, a GGUF file, or any part of a split one.")
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
    spec.addOption(
        OptionSpec.builder(CHAT_TEMPLATE)
            .paramLabel("FILE")
            .type(String.class)
            .description("A chat template in Jinja2, instead of the model's own.")
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
    Optional<String> template =
        Optional.ofNullable(parsed.matchedOptionValue(CHAT_TEMPLATE, (String) null))
            .map(file -> PerplexityCommand.text(Path.of(file)));
    try (ModelFile read = Models.file(from)) {
      ModelFile file = template.isPresent() ? Templated.of(read, template.get()) : read;
      Written.of(ModelWriter.write(file, to, mixture, null, Written.threads(settings)), to)
          .print(shell, parsed.hasMatchedOption("--json"));
    }
    return ExitCode.OK;
  }
}
