package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.BenchmarkFiles;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.Labels;
import dev.freehold.evaluation.Plan;
import dev.freehold.evaluation.Price;
import dev.freehold.evaluation.ProofSettings;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.proving.Contestants;
import dev.freehold.proving.PinnedJudge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The flags of `freehold prove`.
///
/// @param contestants by name, the incumbent first; a model that is held against itself has another
///   name the second time
record ProveOptions(
    String what,
    BenchmarkFiles.Reading reading,
    List<String> contestants,
    ProofSettings settings,
    Optional<Double> assumed,
    Optional<String> judge,
    boolean judgeForced,
    Labels labels,
    Prices prices,
    int parallel,
    Optional<Path> out,
    Optional<Path> documents,
    boolean planOnly,
    Drawing drawing) {

  /// How a workload's benchmark is drawn, where one is proved.
  ///
  /// @param cases how many at most; empty: as many as the margin needs
  /// @param since exchanges before stay free for training
  /// @param anew whether a new one is drawn although there is one
  /// @param modelGolds whether golds that no person has looked at will do
  /// @param columns whether each candidate also takes part with documents and adapters
  record Drawing(
      Optional<Integer> cases, Instant since, boolean anew, boolean modelGolds, boolean columns) {}

  /// Whether a file is named, and not a workload.
  boolean isFile() {
    return file(what);
  }

  private static boolean file(String what) {
    return what.contains("/") || what.contains(".") || Files.isRegularFile(Path.of(what));
  }

  Path file() {
    return Path.of(what);
  }

  /// Prices by contestant.
  record Prices(Map<String, Price> byName) {
    Price of(String name) {
      return byName.getOrDefault(name, Price.FREE);
    }
  }

  static CommandSpec describe(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Says whether candidates are as good as the incumbent on a benchmark, and how sure that is.",
            "",
            "  freehold prove mails.jsonl --incumbent gpt --candidate smollm2 --margin 3",
            "  freehold prove facts.jsonl --grader contains --slices kind,language …",
            "  freehold prove facts.jsonl --docs ~/manuals --incumbent NAME --candidate NAME+docs",
            "  freehold prove mails.jsonl --margin 3 --plan        only: how many cases are needed",
            "  freehold prove support-mails --candidate smollm2 --candidate gemma3 --margin 3",
            "",
            "The last one draws its benchmark from what was asked of the workload support-mails, seals",
            "it, and holds the candidates against the model that answers now; golds are reviewed on the",
            "page. Several candidates share one level of error.",
            "",
            "A benchmark is a file of JSON lines (question, answer), OpenAI Evals, promptfoo, or a",
            "multiple-choice task of lm-evaluation-harness. A run that was broken off goes on.",
            "Exit codes: 0 as good, 1 worse, 2 not enough evidence; others as ever.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("BENCHMARK|WORKLOAD")
            .arity("1")
            .type(String.class)
            .description("The file, or the workload.")
            .build());
    option(spec, "--incumbent", "NAME", "The model that has the place now.");
    spec.addOption(
        OptionSpec.builder("--candidate")
            .paramLabel("NAME")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("A model that may take it; may be given several times.")
            .build());
    option(
        spec, "--margin", "POINTS", "How many points of 100 worse is still as good. By default 3.");
    option(
        spec, "--grader", "GRADER", "How answers are scored: " + GraderNames.all() + "; or JSON.");
    option(spec, "--slices", "FIELDS", "Fields of the file that divide the cases, with commas.");
    option(spec, "--runs", "N", "How often each case is asked, with a temperature.");
    option(spec, "--temperature", "0…2", "0, the default, takes the likeliest answer always.");
    option(spec, "--max-tokens", "N", "Longest answer. By default 256.");
    option(spec, "--seed", "N", "Of sampling. By default 1.");
    option(spec, "--parallel", "N", "Cases asked at once. By default 4.");
    option(
        spec, "--judge", "NAME", "The model that compares answers, where the grader is a judge.");
    option(spec, "--labels", "FILE", "What people scored: JSON lines of case, contestant, score.");
    option(spec, "--assume", "SHARE", "For the plan: on how many cases equals differ, e.g. 0.2.");
    option(spec, "--docs", "FOLDER", "What contestants called NAME+docs are given to read.");
    option(spec, "--out", "FOLDER", "Where journal, report and evidence go.");
    option(spec, "--cases", "N", "Of a workload: draw at most so many; by default what is needed.");
    option(spec, "--since", "DATE", "Of a workload: what was asked before is left for training.");
    option(
        spec, "--golds", "WHO", "Of a workload: person, the default, or model: unreviewed ones.");
    spec.addOption(
        OptionSpec.builder("--anew")
            .description("Of a workload: draw a new benchmark although there is one.")
            .build());
    spec.addOption(
        OptionSpec.builder("--columns")
            .description("Each candidate also with its adapters and, with --docs, with documents.")
            .build());
    spec.addOption(
        OptionSpec.builder("--price")
            .paramLabel("NAME=IN,OUT[,HOUR]")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("Money for a million tokens in and out, and for an hour.")
            .build());
    spec.addOption(
        OptionSpec.builder("--force-judge")
            .description("Also one of a contestant's family.")
            .build());
    spec.addOption(
        OptionSpec.builder("--no-control").description("Do not ask the incumbent twice.").build());
    spec.addOption(
        OptionSpec.builder("--plan").description("Only say how many cases are needed.").build());
    return spec;
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  private static boolean judged(String grader) {
    return !grader.isEmpty() && GraderNames.parse(grader) instanceof Grader.Judge;
  }

  /// @param house the judge where none is named
  static ProveOptions of(ParseResult parsed, Optional<PinnedJudge> house) {
    List<String> contestants = new ArrayList<>();
    boolean plan = parsed.hasMatchedOption("--plan");
    String incumbent = parsed.matchedOptionValue("--incumbent", "");
    List<String> candidates = parsed.matchedOptionValue("--candidate", List.<String>of());
    String what = parsed.matchedPositionalValue(0, "");
    boolean workload = !file(what);
    refuseOthers(parsed, workload);
    if (workload && !incumbent.isEmpty()) {
      throw new InvalidRequest(
          "A workload's incumbent is the model that answers it; leave --incumbent out. (There is no file %s.)"
              .formatted(what),
          "--incumbent");
    }
    if (workload && candidates.isEmpty() && !plan) {
      throw new InvalidRequest("At least one --candidate is needed.", "--candidate");
    }
    if (!workload && !plan && (incumbent.isEmpty() || candidates.isEmpty())) {
      throw new InvalidRequest(
          "--incumbent and at least one --candidate are needed.", "--candidate");
    }
    contestants.add(incumbent);
    candidates.forEach(
        one -> contestants.add(one.equals(incumbent) ? one + Contestants.TWICE : one));
    double temperature = number(parsed, "--temperature", 0);
    ProofSettings standard = ProofSettings.standard(number(parsed, "--margin", 3) / 100);
    ProofSettings settings =
        new ProofSettings(
            standard.margin(),
            standard.confidence(),
            standard.power(),
            standard.minimum(),
            (int) number(parsed, "--runs", 1),
            temperature,
            (int) number(parsed, "--max-tokens", 256),
            !parsed.hasMatchedOption("--no-control"),
            (long) number(parsed, "--seed", 1));
    String slices = parsed.matchedOptionValue("--slices", "");
    String grader = parsed.matchedOptionValue("--grader", "");
    String labels = parsed.matchedOptionValue("--labels", "");
    int parallel = (int) number(parsed, "--parallel", 4);
    if (parallel < 1 || parallel > 1_000) {
      throw new InvalidRequest("--parallel takes a number from 1 to 1000.", "--parallel");
    }
    return new ProveOptions(
        what,
        new BenchmarkFiles.Reading(
            grader.isEmpty() ? Optional.empty() : Optional.of(GraderNames.parse(grader)),
            slices.isEmpty() ? List.of() : Arrays.asList(slices.split(",", -1))),
        contestants,
        settings,
        parsed.hasMatchedOption("--assume")
            ? Optional.of(number(parsed, "--assume", 0))
            : Optional.empty(),
        Optional.ofNullable(parsed.matchedOptionValue("--judge", (String) null))
            .or(() -> judged(grader) ? house.map(PinnedJudge::name) : Optional.empty()),
        parsed.hasMatchedOption("--force-judge"),
        labels.isEmpty() ? Labels.NONE : Labels.read(Path.of(labels)),
        prices(parsed.matchedOptionValue("--price", List.<String>of()), contestants),
        parallel,
        Optional.ofNullable(parsed.matchedOptionValue("--out", (String) null)).map(Path::of),
        documents(parsed, contestants),
        plan,
        new Drawing(
            parsed.hasMatchedOption("--cases")
                ? Optional.of((int) number(parsed, "--cases", 0))
                : Optional.empty(),
            since(parsed.matchedOptionValue("--since", "")),
            parsed.hasMatchedOption("--anew"),
            modelGolds(parsed.matchedOptionValue("--golds", "person")),
            parsed.hasMatchedOption("--columns")));
  }

  /// Flags that only a file, or only a workload, has a use for.
  private static void refuseOthers(ParseResult parsed, boolean workload) {
    List<String> others =
        workload
            ? List.of("--price", "--labels", "--slices", "--out")
            : List.of("--cases", "--since", "--golds", "--anew", "--columns");
    for (String one : others) {
      if (parsed.hasMatchedOption(one)) {
        throw new InvalidRequest(
            workload
                ? "%s is for benchmarks in files; a workload has its own (`freehold workloads set`)."
                    .formatted(one)
                : "%s is for workloads; a file holds its cases already.".formatted(one),
            one);
      }
    }
  }

  private static Instant since(String date) {
    try {
      return date.isEmpty()
          ? Instant.EPOCH
          : LocalDate.parse(date).atStartOfDay(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeParseException e) {
      throw new InvalidRequest(
          "--since takes a day such as 2026-11-01, not \"%s\".".formatted(date), "--since");
    }
  }

  private static boolean modelGolds(String who) {
    return switch (who) {
      case "person" -> false;
      case "model" -> true;
      default ->
          throw new InvalidRequest(
              "--golds takes person or model, not \"%s\".".formatted(who), "--golds");
    };
  }

  private static Optional<Path> documents(ParseResult parsed, List<String> contestants) {
    boolean wanted =
        contestants.stream().anyMatch(Contestants::grounded)
            || (parsed.hasMatchedOption("--columns") && parsed.hasMatchedOption("--docs"));
    String folder = parsed.matchedOptionValue("--docs", "");
    if (wanted == folder.isEmpty()) {
      throw new InvalidRequest(
          wanted
              ? "A contestant called NAME+docs needs --docs FOLDER."
              : "--docs is of no use without a contestant called NAME+docs.",
          "--docs");
    }
    return folder.isEmpty() ? Optional.empty() : Optional.of(Path.of(folder));
  }

  private static Prices prices(List<String> given, List<String> contestants) {
    Map<String, Price> prices = new HashMap<>();
    for (String one : given) {
      int equals = one.lastIndexOf('=');
      String[] parts = one.substring(equals + 1).split(",", -1);
      if (equals < 1 || parts.length < 2 || parts.length > 3) {
        throw new InvalidRequest(
            "--price takes NAME=IN,OUT[,HOUR], not \"%s\".".formatted(one), "--price");
      }
      String name = one.substring(0, equals);
      if (!contestants.contains(name)) {
        throw new InvalidRequest("--price names %s, who takes no part.".formatted(name), "--price");
      }
      prices.put(
          name,
          new Price(
              number("--price", parts[0]),
              number("--price", parts[1]),
              parts.length == 3 ? number("--price", parts[2]) : 0));
    }
    return new Prices(prices);
  }

  private static double number(ParseResult parsed, String flag, double otherwise) {
    String text = parsed.matchedOptionValue(flag, "");
    return text.isEmpty() ? otherwise : number(flag, text);
  }

  private static double number(String flag, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new InvalidRequest("%s takes a number, not \"%s\".".formatted(flag, text), flag);
    }
  }

  List<String> candidates() {
    return contestants.subList(1, contestants.size());
  }

  private int tried() {
    return Math.max(1, candidates().size());
  }

  Plan plan(Benchmark benchmark) {
    return assumed
        .map(share -> Plan.of(benchmark, settings, share, tried()))
        .orElseGet(() -> Plan.of(benchmark, settings, tried()));
  }

  /// The same terms lead to the same folder, so that a run that was broken off is found again.
  Path folder(Path home, Benchmark benchmark, String terms) {
    return out.orElseGet(() -> {
      String name = benchmark.name().replaceAll("[^A-Za-z0-9._-]", "_");
      return home.resolve("proofs").resolve(name + "-" + Digests.sha256(terms).substring(0, 12));
    });
  }
}
