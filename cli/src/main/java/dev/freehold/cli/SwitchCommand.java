package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.workload.Stage;
import dev.freehold.workload.Workload;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold switch`: who answers a workload.
record SwitchCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("switch");
    spec.usageMessage()
        .description(
            "Leads a workload to another model, step by step and back.",
            "",
            "A running Freehold follows at its next request. Guards take a candidate back by",
            "themselves when it does badly.",
            "",
            "  freehold switch support-mails --to smollm2 --shadow     ask it too, unseen",
            "  freehold switch support-mails --canary 10               it answers a tenth of the people",
            "  freehold switch support-mails --full --verdict v-7      it answers all",
            "  freehold switch support-mails --back                    as before");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("NAME")
            .arity("1")
            .type(String.class)
            .description("The workload.")
            .build());
    option(spec, "--to", "MODEL", "The candidate; by default the one it has.");
    flag(spec, "--shadow", "The candidate is asked the same, and nobody sees its answers.");
    option(spec, "--canary", "PERCENT", "The candidate answers this share of the people.");
    flag(spec, "--full", "The candidate answers all.");
    flag(spec, "--back", "The incumbent answers all.");
    option(spec, "--reason", "TEXT", "Why, for the history.");
    option(spec, "--verdict", "ID", "The verdict it rests on. Without one, the history says so.");
    return spec;
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  private static void flag(CommandSpec spec, String name, String what) {
    spec.addOption(OptionSpec.builder(name).description(what).build());
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    String name = parsed.matchedPositionalValue(0, "");
    Stage stage = stage(parsed);
    double share =
        stage == Stage.CANARY
            ? Numbers.decimal(parsed.matchedOptionValue("--canary", ""), "canary", 0, 100)
            : 0;
    String verdict = parsed.matchedOptionValue("--verdict", "");
    try (Administration here = Administration.open(settings)) {
      Workload after =
          here.workloads()
              .switchTo(
                  here.person(),
                  name,
                  stage,
                  Optional.ofNullable(parsed.matchedOptionValue("--to", (String) null)),
                  share,
                  parsed.matchedOptionValue("--reason", ""),
                  verdict);
      shell.out().printf("%s leads to %s.%n", name, after.route().summary());
    }
    if (verdict.isEmpty() && (stage == Stage.CANARY || stage == Stage.FULL)) {
      shell.err().println("This rests on no verdict, and the history says so.");
    }
    return ExitCode.OK;
  }

  private static Stage stage(ParseResult parsed) {
    Stage stage = null;
    for (Stage one : Stage.values()) {
      String option = one == Stage.INCUMBENT ? "--back" : "--" + one.word();
      if (parsed.hasMatchedOption(option)) {
        if (stage != null) {
          throw new InvalidRequest("Give one of --shadow, --canary, --full, --back.", null);
        }
        stage = one;
      }
    }
    if (stage == null) {
      throw new InvalidRequest("Say how far: --shadow, --canary PERCENT, --full, or --back.", null);
    }
    return stage;
  }
}
