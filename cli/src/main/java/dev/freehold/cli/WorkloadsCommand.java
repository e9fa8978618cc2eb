package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sensitivity;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Exchange;
import dev.freehold.workload.Form;
import dev.freehold.workload.Guards;
import dev.freehold.workload.Price;
import dev.freehold.workload.Quality;
import dev.freehold.workload.Switched;
import dev.freehold.workload.Workload;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold workloads`: names that clients send as `model`, and where they lead.
record WorkloadsCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("workloads");
    spec.usageMessage()
        .description(
            "Makes, lists, shows, changes and removes workloads.",
            "",
            "A workload is a stable name that applications send as model, and that leads to whichever",
            "model answers it now.",
            "",
            "  freehold workloads create support-mails --incumbent openai/gpt-4o --capture full",
            "  freehold workloads show support-mails",
            "  freehold workloads set support-mails --capture off",
            "  freehold workloads erase PRINCIPAL-ID");
    return spec;
  }

  @Override
  public List<Subcommand> children() {
    return List.of(
        new Create(shell),
        new ListAll(shell),
        new Show(shell),
        new Change(shell),
        new Remove(shell),
        new Erase(shell));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    throw new InvalidRequest(
        "workloads what? There are: workloads create, list, show, set, rm, erase.", null);
  }

  private static void name(CommandSpec spec, String label, String what) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(label)
            .arity("1")
            .type(String.class)
            .description(what)
            .build());
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  private static void several(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String[].class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .description(what)
            .build());
  }

  private static void settings(CommandSpec spec) {
    several(spec, "--fallback", "MODEL", "Asked where the others fail; may be repeated.");
    option(spec, "--capture", "MODE", "off (the default), metadata, or full.");
    option(spec, "--retention", "DAYS", "How long exchanges are kept; 30 unless given.");
    option(
        spec,
        "--sensitivity",
        "CLASS",
        "public, internal (the default), or secret: never sent to an upstream.");
    option(spec, "--form", "FORM", "What answers must be: text (the default) or json.");
    several(
        spec,
        "--price",
        "MODEL=IN,CACHED,OUT",
        "What a million tokens of prompt, cached prompt and answer cost; may be repeated.");
    option(spec, "--guard-errors", "PERCENT", "Share of answers that may fail; 5 unless given.");
    option(spec, "--guard-invalid", "PERCENT", "Share that may break the form; 5 unless given.");
    option(spec, "--guard-refusals", "PERCENT", "Share that may be refusals; 10 unless given.");
    option(
        spec,
        "--guard-seconds",
        "SECONDS",
        "Time within which 19 of 20 answers must be complete; 60 unless given.");
    quality(spec);
  }

  private static void quality(CommandSpec spec) {
    option(
        spec,
        "--quality",
        "GRADER",
        "How candidates' answers are held against the incumbent's: a grader of `prove`, or off.");
    option(spec, "--judge", "MODEL", "Who compares them, where the grader is judge.");
    option(
        spec,
        "--guard-quality",
        "SCORE",
        "Mean score, 0 to 1, under which traffic goes back; 0.5 unless given.");
    option(spec, "--quality-every", "SECONDS", "Time between two looks; 3600 unless given.");
    option(spec, "--quality-cases", "NUMBER", "Most answers of a look; 20 unless given.");
  }

  private static Quality quality(Quality before, ParseResult parsed) {
    String grader = given(parsed, "--quality").orElse(before.grader());
    boolean off = grader.equals("off");
    return new Quality(
        off ? "" : grader,
        off ? "" : given(parsed, "--judge").orElse(before.judge()),
        before.pinned(),
        given(parsed, "--guard-quality")
            .map(text -> Numbers.decimal(text, "guard-quality", 0, 1))
            .orElse(before.least()),
        given(parsed, "--quality-every")
            .map(text -> Numbers.decimal(text, "quality-every", 1, 30 * 86_400))
            .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
            .orElse(before.every()),
        given(parsed, "--quality-cases")
            .map(text -> (int) Numbers.decimal(text, "quality-cases", 1, 1000))
            .orElse(before.cases()));
  }

  private static Workload changed(Workload before, ParseResult parsed) {
    Workload after =
        before.withCapture(
            new CapturePolicy(
                given(parsed, "--capture")
                    .map(CapturePolicy.Mode::of)
                    .orElse(before.capture().mode()),
                given(parsed, "--retention")
                    .map(
                        days -> Duration.ofDays((long) Numbers.decimal(days, "retention", 1, 3650)))
                    .orElse(before.capture().retention())));
    after = given(parsed, "--form").map(Form::of).map(after::withForm).orElse(after);
    after =
        given(parsed, "--sensitivity")
            .map(WorkloadsCommand::sensitivity)
            .map(after::withSensitivity)
            .orElse(after);
    String[] fallbacks = parsed.matchedOptionValue("--fallback", (String[]) null);
    if (fallbacks != null) {
      after = after.withRoute(after.route().withFallbacks(List.of(fallbacks)));
    }
    String[] prices = parsed.matchedOptionValue("--price", (String[]) null);
    if (prices != null) {
      after = after.withPrices(prices(after.prices(), prices));
    }
    return after
        .withGuards(guards(after.guards(), parsed))
        .withQuality(quality(after.quality(), parsed));
  }

  private static Optional<String> given(ParseResult parsed, String option) {
    return Optional.ofNullable(parsed.matchedOptionValue(option, (String) null));
  }

  private static Guards guards(Guards before, ParseResult parsed) {
    return new Guards(
        given(parsed, "--guard-errors").map(WorkloadsCommand::share).orElse(before.errors()),
        given(parsed, "--guard-invalid").map(WorkloadsCommand::share).orElse(before.invalid()),
        given(parsed, "--guard-refusals").map(WorkloadsCommand::share).orElse(before.refusals()),
        given(parsed, "--guard-seconds")
            .map(text -> Numbers.decimal(text, "guard-seconds", 0.001, 86_400))
            .map(seconds -> Duration.ofNanos((long) (seconds * 1e9)))
            .orElse(before.latency()));
  }

  private static double share(String percent) {
    return Numbers.decimal(percent, "guard", 0, 100) / 100;
  }

  private static Sensitivity sensitivity(String word) {
    for (Sensitivity one : Sensitivity.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(word)) {
        return one;
      }
    }
    throw new InvalidRequest(
        "--sensitivity takes public, internal or secret, not \"%s\".".formatted(word),
        "sensitivity");
  }

  private static Map<String, Price> prices(Map<String, Price> before, String[] written) {
    Map<String, Price> prices = new HashMap<>(before);
    for (String one : written) {
      int equals = one.lastIndexOf('=');
      String[] numbers = one.substring(equals + 1).split(",", -1);
      if (equals < 1 || numbers.length != 3) {
        throw new InvalidRequest(
            "A price is MODEL=IN,CACHED,OUT; \"%s\" is none.".formatted(one), "price");
      }
      prices.put(
          one.substring(0, equals),
          new Price(
              Numbers.decimal(numbers[0], "price", 0, 1e9),
              Numbers.decimal(numbers[1], "price", 0, 1e9),
              Numbers.decimal(numbers[2], "price", 0, 1e9)));
    }
    return prices;
  }

  /// `freehold workloads create`.
  record Create(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("create");
      spec.usageMessage().description("Makes a workload. Nothing of it is kept unless you say so.");
      name(spec, "NAME", "What clients send as model.");
      option(spec, "--incumbent", "MODEL", "Which model answers now.");
      settings(spec);
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      Workload fresh =
          Workload.of(
              parsed.matchedPositionalValue(0, ""),
              given(parsed, "--incumbent")
                  .orElseThrow(
                      () -> new InvalidRequest("Name the model with --incumbent.", "incumbent")));
      try (Administration here = Administration.open(settings)) {
        here.workloads().create(here.person(), changed(fresh, parsed));
      }
      shell.out().printf("%s leads to %s.%n", fresh.name(), fresh.route().summary());
      return ExitCode.OK;
    }
  }

  /// `freehold workloads list`.
  record ListAll(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("list");
      spec.usageMessage().description("Lists them and where they lead.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      try (Administration here = Administration.open(settings)) {
        List<Workload> all = here.workloads().list(here.person());
        if (all.isEmpty()) {
          shell
              .out()
              .println("There is none. `freehold workloads create --help` shows how to make one.");
          return ExitCode.OK;
        }
        Table table = new Table("WORKLOAD", "STAGE", "CAPTURE", "LEADS TO");
        all.forEach(one ->
            table.row(
                one.name(),
                one.route().stage().word(),
                one.capture().mode().word(),
                one.route().summary()));
        table.print(shell.out());
      }
      return ExitCode.OK;
    }
  }

  /// `freehold workloads show`.
  record Show(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("show");
      spec.usageMessage().description("Shows a workload, its history and its newest exchanges.");
      name(spec, "NAME", "Which.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String name = parsed.matchedPositionalValue(0, "");
      try (Administration here = Administration.open(settings)) {
        Workload one = here.workloads().get(here.person(), name);
        shell
            .out()
            .printf(
                "%s leads to %s.%nCapture: %s, kept for %d days. Sensitivity: %s. Answers: %s.%n",
                name,
                one.route().summary(),
                one.capture().mode().word(),
                one.capture().retention().toDays(),
                one.sensitivity().name().toLowerCase(Locale.ROOT),
                one.form().word());
        List<Switched> history = here.workloads().history(here.person(), name);
        if (!history.isEmpty()) {
          shell.out().println();
          Table table = new Table("WHEN", "WHO", "FROM", "TO", "VERDICT", "WHY");
          history.forEach(line ->
              table.row(
                  line.at().toString(),
                  line.actorName(),
                  line.before(),
                  line.after(),
                  verdict(line),
                  line.reason()));
          table.print(shell.out());
        }
        exchanges(here.workloads().exchanges(here.person(), name, Optional.empty(), 10));
      }
      return ExitCode.OK;
    }

    private static String verdict(Switched line) {
      if (!line.verdict().isEmpty()) {
        return line.verdict();
      }
      return line.actor().equals(Switched.GUARDS) ? "" : "without a verdict";
    }

    private void exchanges(List<Exchange> newest) {
      if (newest.isEmpty()) {
        return;
      }
      shell.out().println();
      Table table = new Table("WHEN", "PART", "MODEL", "ENDED", "SECONDS", "TOKENS");
      newest.forEach(one ->
          table.row(
              one.at().toString(),
              one.part().name().toLowerCase(Locale.ROOT),
              one.model(),
              one.problem().isEmpty()
                  ? one.outcome().name().toLowerCase(Locale.ROOT)
                  : one.problem(),
              String.format(Locale.ROOT, "%.2f", one.took().toNanos() / 1e9),
              one.promptTokens() + "+" + one.completionTokens()));
      table.print(shell.out());
    }
  }

  /// `freehold workloads set`.
  record Change(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("set");
      spec.usageMessage()
          .description(
              "Changes what is given; the rest stays. `freehold switch` changes who answers.");
      name(spec, "NAME", "Which.");
      settings(spec);
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String name = parsed.matchedPositionalValue(0, "");
      try (Administration here = Administration.open(settings)) {
        here.workloads().change(here.person(), name, before -> changed(before, parsed));
      }
      shell.out().printf("%s is changed.%n", name);
      return ExitCode.OK;
    }
  }

  /// `freehold workloads rm`.
  record Remove(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("rm");
      spec.usageMessage().description("Removes a workload, its exchanges and its history.");
      name(spec, "NAME", "Which.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String name = parsed.matchedPositionalValue(0, "");
      try (Administration here = Administration.open(settings)) {
        here.workloads().remove(here.person(), name);
      }
      shell.out().printf("%s is removed.%n", name);
      return ExitCode.OK;
    }
  }

  /// `freehold workloads erase`.
  record Erase(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("erase");
      spec.usageMessage()
          .description(
              "Erases the exchanges of one person or program from every workload, and the saved prompts.");
      name(spec, "PRINCIPAL-ID", "As exchanges show it.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String principal = parsed.matchedPositionalValue(0, "");
      try (Administration here = Administration.open(settings)) {
        shell
            .out()
            .printf(
                "%d exchanges are erased, and its saved prompts.%n",
                here.workloads().erase(here.person(), principal));
      }
      return ExitCode.OK;
    }
  }
}
