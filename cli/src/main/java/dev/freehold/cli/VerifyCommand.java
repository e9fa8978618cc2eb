package dev.freehold.cli;

import dev.freehold.chat.NotFound;
import dev.freehold.evaluation.EvidencePack;
import dev.freehold.evaluation.Verdict;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold verify`: computes the verdicts of an evidence pack again, from nothing but the pack.
record VerifyCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("verify");
    spec.usageMessage()
        .description(
            "Checks an evidence pack that `freehold prove` wrote, and computes its verdicts again.",
            "",
            "Its signature, what it holds, and that scores and verdicts follow from the answers in it.",
            "Nothing but the pack is needed.",
            "",
            "  freehold verify evidence.zip",
            "  freehold verify evidence.zip --key 0f3a…     signed by this key, and no other");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("PACK")
            .arity("1")
            .type(String.class)
            .description("The pack.")
            .build());
    spec.addOption(
        OptionSpec.builder("--key")
            .paramLabel("FINGERPRINT")
            .type(String.class)
            .description("Must be the key that signed it; by default it is only shown.")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    String file = parsed.matchedPositionalValue(0, "");
    if (file.isEmpty()) {
      throw new NotFound("A pack is needed.");
    }
    EvidencePack.Verified verified =
        EvidencePack.verify(
            Path.of(file), Optional.ofNullable(parsed.matchedOptionValue("--key", (String) null)));
    shell.out().printf("Signed by %s.%n", verified.key());
    shell
        .out()
        .println(
            verified.regraded()
                ? "Scores were computed again from the answers, and verdicts from the scores: they are the same."
                : "Verdicts were computed again from the scores: they are the same. The scores themselves need a model, a program or people.");
    for (Verdict verdict : verified.verdicts()) {
      shell.out().println(verdict.sentence());
    }
    return ExitCode.OK;
  }
}
