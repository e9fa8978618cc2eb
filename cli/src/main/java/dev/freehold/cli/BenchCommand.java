package dev.freehold.cli;

import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `freehold bench`: tokens a second, measured and shown as llama.cpp's `llama-bench` does, so that
/// the two can be laid side by side.
///
/// `pp N`: a prompt of N random tokens in one go. `tg N`: N tokens one after the other, from an
/// empty sequence, random ones so that nothing depends on what the model says. Each is run once to
/// warm up, then as often as asked; mean and sample deviation of the rates are shown.
record BenchCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("bench");
    spec.usageMessage()
        .description(
            "Measures a model on this machine, in the shape of llama-bench.",
            "",
            "  freehold bench                     prompt of 512 tokens, 128 generated, five times",
            "  freehold bench smollm2 -p 256 -n 64 -r 10 --json");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("MODEL")
            .arity("0..1")
            .type(String.class)
            .description("Which; by default the configured one.")
            .build());
    number(spec, "512", "Tokens of the prompt; 0 leaves this out.", "-p", "--prompt");
    number(spec, "128", "Tokens to generate; 0 leaves this out.", "-n", "--generate");
    number(spec, "5", "How often each is measured.", "-r", "--repetitions");
    number(spec, "0", "Threads; 0: one for each physical core.", "-t", "--threads");
    spec.addOption(OptionSpec.builder("--json").description("As JSON.").build());
    return spec;
  }

  private static void number(CommandSpec spec, String otherwise, String what, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .paramLabel("N")
            .type(String.class)
            .defaultValue(otherwise)
            .description(what + " By default ${DEFAULT-VALUE}.")
            .build());
  }

  /// One line of the table.
  private record Measured(String test, List<Double> rates) {

    double mean() {
      return rates.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    double deviation() {
      double mean = mean();
      double squares = rates.stream().mapToDouble(rate -> (rate - mean) * (rate - mean)).sum();
      return rates.size() < 2 ? 0 : Math.sqrt(squares / (rates.size() - 1));
    }
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    int prompt = Numbers.of(parsed, "-p", 0, 1 << 20);
    int generate = Numbers.of(parsed, "-n", 0, 1 << 20);
    int repetitions = Numbers.of(parsed, "-r", 1, 1_000);
    ModelConfiguration configuration = ModelConfiguration.standard();
    if (settings.threads() > 0) {
      configuration = configuration.withThreads(settings.threads());
    }
    String name = parsed.matchedPositionalValue(0, settings.model());
    StoredModel stored = ModelFiles.present(ModelStore.open(settings.home()), name, shell);
    try (LanguageModel model = Models.open(stored.file(), configuration)) {
      List<Measured> measured = new ArrayList<>();
      IntUnaryOperator random = tokens(model.parameters().vocabularySize());
      if (prompt > 0) {
        measured.add(
            measure("pp" + prompt, prompt, repetitions, () -> read(model, prompt, random)));
      }
      if (generate > 0) {
        measured.add(
            measure("tg" + generate, generate, repetitions, () -> write(model, generate, random)));
      }
      print(
          measured, model.parameters(), configuration.threads(), parsed.hasMatchedOption("--json"));
    }
    return ExitCode.OK;
  }

  private static IntUnaryOperator tokens(int vocabulary) {
    Random random = new Random(42);
    return _ -> random.nextInt(vocabulary);
  }

  private static void read(LanguageModel model, int count, IntUnaryOperator random) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = random.applyAsInt(i);
    }
    try (SequenceState sequence = model.newSequence()) {
      model.step(Batch.of(sequence, tokens, Batch.Outputs.LAST));
    }
  }

  private static void write(LanguageModel model, int count, IntUnaryOperator random) {
    try (SequenceState sequence = model.newSequence()) {
      for (int i = 0; i < count; i++) {
        model.step(Batch.of(sequence, new int[] {random.applyAsInt(i)}, Batch.Outputs.LAST));
      }
    }
  }

  private Measured measure(String test, int tokens, int repetitions, Runnable run) {
    run.run();
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      long start = System.nanoTime();
      run.run();
      rates.add(tokens / ((System.nanoTime() - start) / 1e9));
      if (shell.interactive()) {
        shell.err().printf("\r%s %d/%d\033[K", test, i + 1, repetitions);
        shell.err().flush();
      }
    }
    if (shell.interactive()) {
      shell.err().print("\r\033[K");
      shell.err().flush();
    }
    return new Measured(test, rates);
  }

  private void print(List<Measured> measured, ModelParameters model, int threads, boolean json) {
    String title = "%s %s".formatted(model.architecture(), model.storage());
    if (json) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      root.put("model", model.name())
          .put("type", title)
          .put("bytes", model.bytes())
          .put("parameters", model.weights())
          .put("backend", "JVM")
          .put("threads", threads);
      ArrayNode tests = root.putArray("tests");
      for (Measured one : measured) {
        ObjectNode test =
            tests
                .addObject()
                .put("test", one.test())
                .put("tokensPerSecond", one.mean())
                .put("deviation", one.deviation());
        one.rates().forEach(test.withArray("samples")::add);
      }
      shell
          .out()
          .println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root));
      return;
    }
    shell
        .out()
        .println(
            "| model                          |       size |     params | backend    | threads |            test |                  t/s |");
    shell
        .out()
        .println(
            "| ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |");
    for (Measured one : measured) {
      shell
          .out()
          .printf(
              Locale.ROOT,
              "| %-30s | %6.2f MiB | %8.2f M | %-10s | %7d | %15s | %20s |%n",
              title,
              model.bytes() / (1024.0 * 1024.0),
              model.weights() / 1e6,
              "JVM",
              threads,
              one.test(),
              String.format(Locale.ROOT, "%.2f ± %.2f", one.mean(), one.deviation()));
    }
  }
}
