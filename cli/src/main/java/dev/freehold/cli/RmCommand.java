package dev.freehold.cli;

import dev.freehold.store.Amounts;
import dev.freehold.store.ModelStore;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold rm`: takes a model's name away, and its weights with the last name.
record RmCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("rm");
    spec.usageMessage()
        .description(
            "Removes a model. Its weights go when no other name points to them.",
            "",
            "  freehold rm smollm2");
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
    ModelStore store = ModelStore.open(settings.home());
    for (String name : parsed.matchedPositionalValue(0, new String[0])) {
      long freed = store.remove(name);
      shell.out().printf("%s is gone; %s freed.%n", name, Amounts.bytes(freed));
    }
    return ExitCode.OK;
  }
}
