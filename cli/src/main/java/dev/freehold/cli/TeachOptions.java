package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.teaching.Source;
import dev.freehold.teaching.TeachingPorts;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.Wish;
import dev.freehold.teaching.recipe.RecipeSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// What `freehold teach` was asked for.
///
/// @param source a folder, a file of conversations, the name of a collection, or `workload:NAME`
/// @param model the base
/// @param name what the adapter will be called
/// @param exam a file of questions
/// @param job a job to go on with
/// @param order a job whose adapter is to be served although a gate was missed
/// @param reason why
/// @param key whose rights count
record TeachOptions(
    String source,
    String model,
    String name,
    Optional<Path> exam,
    Optional<String> job,
    Optional<String> order,
    String reason,
    Optional<String> key,
    boolean dataOnly,
    boolean preferences,
    String trainer,
    RecipeSettings recipe,
    Training training) {

  /// What was said of the training; the rest is what is standard for the source.
  record Training(
      OptionalInt rank,
      OptionalDouble learningRate,
      OptionalInt epochs,
      OptionalInt batch,
      OptionalInt length) {

    /// @throws InvalidRequest where it cannot be
    TrainerSettings over(TrainerSettings standard) {
      int rank = this.rank.orElse(standard.rank());
      return new TrainerSettings(
          rank,
          2.0 * rank,
          standard.targets(),
          learningRate.orElse(standard.learningRate()),
          epochs.orElse(standard.epochs()),
          batch.orElse(standard.examplesPerStep()),
          length.orElse(standard.sequenceLength()),
          standard.seed(),
          standard.beta());
    }
  }

  static CommandSpec describe(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Teaches a model documents, captured exchanges or conversations, and measures it as it"
                + " is served.",
            "What it learned is an adapter beside the model, asked as MODEL+NAME by whoever may"
                + " read all its sources.",
            "",
            "  freehold teach ~/handbook --name handbook-1",
            "  freehold teach handbook --model smollm2 --name handbook-1 --data-only",
            "  freehold teach --job ftjob-…",
            "  freehold teach workload:mails --name mails-1",
            "  freehold teach pairs.jsonl --preferences --name tone-1",
            "  freehold teach --order ftjob-… --reason \"for the trial in the workshop only\"",
            "",
            "Served only if the gates hold (docs/teaching.md). Exit codes: 0 served, 1 held back.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("SOURCE")
            .arity("0..1")
            .type(String.class)
            .description("A folder, a JSONL file, a collection's name, or workload:NAME.")
            .build());
    option(spec, "--model", "MODEL", "The base; by default the configured one.");
    option(spec, "--name", "NAME", "What the adapter is called.");
    option(spec, "--exam", "FILE", "Questions in place of those written from the documents.");
    option(spec, "--job", "JOB", "Goes on with a job.");
    option(spec, "--order", "JOB", "Serves what missed a gate; needs --reason.");
    option(spec, "--reason", "WHY", "Kept with the adapter.");
    option(spec, "--key", "KEY", "Whose rights count; by default yours on this machine.");
    option(spec, "--texts", "N", "Wordings of each fact.");
    option(spec, "--model-texts", "N", "Texts the base is asked to write of each fact.");
    option(spec, "--grounded", "SHARE", "Lessons with passages, as a share of the others.");
    option(spec, "--replay", "SHARE", "The base's own answers, as a share of the others.");
    option(spec, "--control", "SHARE", "Facts that are kept out, to measure against.");
    option(spec, "--rank", "N", "Rank of the adapter; alpha is twice that.");
    option(spec, "--learning-rate", "RATE", "The highest.");
    option(spec, "--epochs", "N", "How often each lesson is seen.");
    option(spec, "--batch", "N", "Lessons of one step.");
    option(spec, "--length", "N", "Most tokens of a lesson.");
    option(spec, "--trainer", "COMMAND", "A program that trains in place of this one.");
    spec.addOption(
        OptionSpec.builder("--data-only")
            .description("Writes the data set and waits for you to look at it.")
            .build());
    spec.addOption(
        OptionSpec.builder("--preferences")
            .description("The file holds pairs of answers (DPO).")
            .build());
    return spec;
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  static TeachOptions of(ParseResult parsed, Settings settings) {
    Optional<String> job = given(parsed, "--job");
    Optional<String> order = given(parsed, "--order");
    String source = parsed.matchedPositionalValue(0, "");
    String name = given(parsed, "--name").orElse("");
    if (job.isEmpty() && order.isEmpty() && (source.isEmpty() || name.isEmpty())) {
      throw new InvalidRequest(
          "Say what to teach and --name what the adapter is called, or --job which to go on with.",
          "name");
    }
    RecipeSettings recipe = RecipeSettings.STANDARD;
    Training training =
        new Training(
            whole(parsed, "--rank"),
            number(parsed, "--learning-rate"),
            whole(parsed, "--epochs"),
            whole(parsed, "--batch"),
            whole(parsed, "--length"));
    training.over(TrainerSettings.STANDARD); // what cannot be is refused before anything is read
    return new TeachOptions(
        source,
        given(parsed, "--model").orElse(settings.model()),
        name,
        given(parsed, "--exam").map(Path::of),
        job,
        order,
        given(parsed, "--reason").orElse(""),
        given(parsed, "--key"),
        parsed.hasMatchedOption("--data-only"),
        parsed.hasMatchedOption("--preferences"),
        settings.trainer().isEmpty() ? "" : TeachingPorts.EXTERNAL,
        new RecipeSettings(
            whole(parsed, "--texts").orElse(recipe.textsPerFact()),
            whole(parsed, "--model-texts").orElse(recipe.modelTexts()),
            number(parsed, "--grounded").orElse(recipe.grounded()),
            recipe.unanswerable(),
            number(parsed, "--replay").orElse(recipe.replay()),
            number(parsed, "--control").orElse(recipe.control()),
            recipe.heldOut(),
            recipe.seed()),
        training);
  }

  private static Optional<String> given(ParseResult parsed, String option) {
    return Optional.ofNullable(parsed.matchedOptionValue(option, (String) null))
        .filter(value -> !value.isBlank());
  }

  private static OptionalInt whole(ParseResult parsed, String option) {
    return given(parsed, option).isPresent()
        ? OptionalInt.of(Numbers.of(parsed, option, 0, Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  private static OptionalDouble number(ParseResult parsed, String option) {
    Optional<String> text = given(parsed, option);
    try {
      return text.isPresent()
          ? OptionalDouble.of(Double.parseDouble(text.get()))
          : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      throw new InvalidRequest(
          "%s takes a number, not \"%s\".".formatted(option, text.orElse("")), option);
    }
  }

  /// The same, with the name under which the model is served.
  TeachOptions of(String served) {
    return new TeachOptions(
        source,
        served,
        name,
        exam,
        job,
        order,
        reason,
        key,
        dataOnly,
        preferences,
        trainer,
        recipe,
        training);
  }

  Wish wish(Source from, Optional<Source.File> questions) {
    return new Wish(
        model,
        name,
        List.of(from),
        preferences ? Wish.Method.DPO : Wish.Method.SUPERVISED,
        Optional.empty(),
        questions,
        recipe,
        training.over(TrainerSettings.standard(List.of(from))),
        trainer,
        dataOnly,
        Map.of());
  }
}
