package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.AdapterFile;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.PeftFolder;
import dev.freehold.store.AdapterSource;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.Amounts;
import dev.freehold.store.ModelStore;
import dev.freehold.store.Name;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold adapter`: what is put on top of models.
record AdapterCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("adapter");
    spec.usageMessage()
        .description(
            "Brings LoRA adapters in and out.",
            "",
            "One that is here is asked by name, behind its model's.",
            "",
            "  freehold adapter import handbook-1 ./peft-folder --model smollm2",
            "  freehold chat smollm2+handbook-1",
            "  freehold adapter export handbook-1 --form gguf -o handbook-1.gguf",
            "  freehold adapter merge handbook-1 -o smollm2-handbook.gguf --type Q8_0");
    return spec;
  }

  @Override
  public List<Subcommand> children() {
    return List.of(
        new Import(shell),
        new Export(shell),
        new AdapterListCommand(shell),
        new AdapterMergeCommand(shell),
        new Remove(shell));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    throw new InvalidRequest(
        "adapter what? There are: adapter import, export, list, merge, rm.", null);
  }

  static void positional(CommandSpec spec, String label, String description) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .arity("1")
            .type(String.class)
            .description(description)
            .build());
  }

  static OptionSpec.Builder option(String name, String label, String description) {
    return OptionSpec.builder(name).paramLabel(label).type(String.class).description(description);
  }

  static OptionSpec.Builder output(String description) {
    return OptionSpec.builder("-o", "--output")
        .paramLabel("PATH")
        .type(String.class)
        .required(true)
        .description(description);
  }

  /// `freehold adapter import`.
  record Import(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("import");
      spec.usageMessage()
          .description(
              "Takes an adapter in: a GGUF file as llama.cpp reads it, or a folder of PEFT's.",
              "It is checked against the model, and what would be passed over is refused by name.",
              "",
              "  freehold adapter import handbook-1 adapter.gguf --model smollm2",
              "  freehold adapter import handbook-1 ./peft --model smollm2 --reader group:staff");
      positional(spec, "NAME", "What to call it.");
      positional(spec, "PATH", "The file or the folder.");
      spec.addOption(option("--model", "MODEL", "The model it is for.").required(true).build());
      spec.addOption(
          OptionSpec.builder("--reader")
              .paramLabel("READER")
              .type(String[].class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .description(
                  "Who may use it: group:NAME, person:ID or everybody; may be repeated.",
                  "By default group:administrators.")
              .build());
      spec.addOption(
          OptionSpec.builder("--any-base")
              .description("Take it although it says it was made for a file of another digest.")
              .build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      Name name = new Name(parsed.matchedPositionalValue(0, ""));
      Path path = Path.of(parsed.matchedPositionalValue(1, ""));
      ModelStore models = ModelStore.open(settings.home());
      StoredModel base =
          ModelFiles.present(models, parsed.matchedOptionValue("--model", ""), shell);
      Set<String> readers =
          Set.of(
              parsed.matchedOptionValue(
                  "--reader", new String[] {"group:" + Principal.ADMINISTRATORS}));
      AdapterSource source = new AdapterSource.Named(readers);
      Adapter adapter = AdapterFiles.read(path, base, parsed.hasMatchedOption("--any-base"));
      StoredAdapter stored =
          AdapterFiles.publish(
              AdapterStore.in(models),
              name,
              base,
              adapter,
              List.of(source),
              Set.of(),
              "file " + path.toAbsolutePath().normalize(),
              "");
      shell
          .out()
          .printf(
              "%s: %d matrices, rank %d, %s. Ask it as %s.%n",
              stored.name(),
              stored.publication().facts().matrices(),
              stored.publication().facts().rank(),
              Amounts.bytes(stored.bytes()),
              stored.on(base));
      return ExitCode.OK;
    }
  }

  /// `freehold adapter export`.
  record Export(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("export");
      spec.usageMessage()
          .description(
              "Writes an adapter for other programs: a GGUF file for llama.cpp and what builds on it,",
              "or a folder for PEFT.",
              "",
              "  freehold adapter export handbook-1 --form peft -o ./handbook-1");
      positional(spec, "NAME", "Which.");
      spec.addOption(option("--form", "FORM", "gguf or peft.").defaultValue("gguf").build());
      spec.addOption(output("The file, or the folder, which must not be there yet.").build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      ModelStore models = ModelStore.open(settings.home());
      StoredAdapter adapter = AdapterStore.in(models).resolve(parsed.matchedPositionalValue(0, ""));
      Path target = Path.of(parsed.matchedOptionValue("--output", ""));
      if (Files.exists(target)) {
        throw new InvalidRequest("%s is in the way.".formatted(target), "output");
      }
      AdapterFile file = GgufAdapter.read(adapter.file());
      String form = parsed.commandSpec().findOption("--form").<String>getValue();
      switch (form) {
        case "gguf" -> GgufAdapter.write(file, target);
        case "peft" -> {
          StoredModel base = AdapterFiles.base(models, adapter);
          try (ModelFile weights = Models.file(base.file())) {
            PeftFolder.write(file, target, weights.metadata());
          }
        }
        default ->
            throw new InvalidRequest("--form is gguf or peft, not %s.".formatted(form), "form");
      }
      shell.out().printf("%s%n", target);
      return ExitCode.OK;
    }
  }

  /// `freehold adapter rm`.
  record Remove(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("rm");
      spec.usageMessage().description("Removes adapters. Their models stay.");
      spec.addPositional(
          PositionalParamSpec.builder()
              .paramLabel("NAME")
              .arity("1..*")
              .type(String[].class)
              .auxiliaryTypes(String.class)
              .description("Which.")
              .build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      AdapterStore store = AdapterStore.in(ModelStore.open(settings.home()));
      for (String name : parsed.matchedPositionalValue(0, new String[0])) {
        long freed = store.remove(name);
        shell.out().printf("%s is gone; %s freed.%n", name, Amounts.bytes(freed));
      }
      return ExitCode.OK;
    }
  }
}
