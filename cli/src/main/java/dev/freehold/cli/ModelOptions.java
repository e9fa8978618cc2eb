package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sampling;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The flags by which commands let a person choose how a model answers.
///
/// @param sampling how tokens are chosen
/// @param maxTokens most tokens of an answer
record ModelOptions(Sampling sampling, OptionalInt maxTokens) {

  static void add(CommandSpec spec, String temperature) {
    option(
        spec,
        "--temperature",
        "0…2",
        "0 says the likeliest always. By default " + temperature + ".");
    option(spec, "--top-k", "N", "Choose among the N likeliest tokens only.");
    option(spec, "--top-p", "0…1", "Choose among the likeliest that make up this share.");
    option(spec, "--min-p", "0…1", "Drop tokens less likely than this share of the likeliest.");
    option(spec, "--repeat-penalty", "1…", "Make what was said lately less likely.");
    option(spec, "--seed", "N", "Same seed, same question, same answer.");
    option(spec, "--max-tokens", "N", "Longest answer.");
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  static ModelOptions of(ParseResult parsed, double temperature) {
    String seed = parsed.matchedOptionValue("--seed", "");
    String maxTokens = parsed.matchedOptionValue("--max-tokens", "");
    return new ModelOptions(
        new Sampling(
            number(parsed, "--temperature", temperature),
            (int) whole("--top-k", parsed.matchedOptionValue("--top-k", "40")),
            number(parsed, "--top-p", 0.95),
            number(parsed, "--min-p", 0.05),
            number(parsed, "--repeat-penalty", 1),
            0,
            0,
            seed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(whole("--seed", seed))),
        maxTokens.isEmpty()
            ? OptionalInt.empty()
            : OptionalInt.of((int) Math.min(Integer.MAX_VALUE, whole("--max-tokens", maxTokens))));
  }

  private static double number(ParseResult parsed, String name, double otherwise) {
    String text = parsed.matchedOptionValue(name, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new InvalidRequest("%s takes a number, not \"%s\".".formatted(name, text), name);
    }
  }

  private static long whole(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidRequest("%s takes a whole number, not \"%s\".".formatted(name, text), name);
    }
  }
}
