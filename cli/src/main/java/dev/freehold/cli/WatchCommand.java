package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.Verdict;
import dev.freehold.proving.Contestants;
import dev.freehold.proving.Look;
import dev.freehold.proving.Watch;
import dev.freehold.proving.Watches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `freehold watch`: both sides of a workload again and again, since both move. `freehold up` looks
/// when it is time.
record WatchCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("watch");
    spec.usageMessage()
        .description(
            "Looks at a workload again and again, since both sides move.",
            "",
            "Each look asks both sides old questions, to see whether either has moved, and new ones, to",
            "add to the evidence. `freehold up` looks when it is time, and sooner where a model, an",
            "adapter or the documents became others or an end was announced.",
            "",
            "  freehold watch support-mails --candidate smollm2 --every 7d --margin 3",
            "  freehold watch support-mails              what was seen",
            "  freehold watch support-mails --now        look now",
            "  freehold watch support-mails --report history.html",
            "  freehold watch                            what is watched");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("WORKLOAD")
            .arity("0..1")
            .type(String.class)
            .description("The workload.")
            .build());
    option(
        spec, "--candidate", "NAME", "Who is held against the incumbent; by default the route's.");
    option(spec, "--every", "TIME", "Such as 12h or 7d, which is the default.");
    option(spec, "--margin", "POINTS", "By default 3.");
    option(spec, "--cases", "N", "New cases a look, at most. By default 50.");
    option(spec, "--golds", "WHO", "person, the default, or model: unreviewed ones will do.");
    option(spec, "--judge", "NAME", "Who compares answers, where a judge grades.");
    option(spec, "--report", "FILE", "Writes the history as a page.");
    flag(spec, "--now", "Look now.");
    flag(spec, "--off", "Watch no more; what was seen stays.");
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
    String workload = parsed.matchedPositionalValue(0, "");
    boolean now = parsed.hasMatchedOption("--now");
    try (StoreModels models = Administration.models(settings);
        Administration here = Administration.open(settings, models);
        Watches watches = Watches.in(here.database(), here.proofs())) {
      if (workload.isEmpty()) {
        return list(watches.all(here.person()));
      }
      boolean sets =
          List.of("--candidate", "--every", "--margin", "--cases", "--golds", "--judge").stream()
              .anyMatch(parsed::hasMatchedOption);
      if (parsed.hasMatchedOption("--off")) {
        watches.end(here.person(), workload);
        shell.out().printf("%s is watched no more.%n", workload);
        return ExitCode.OK;
      }
      if (sets) {
        tell(set(parsed, here, watches, workload));
      }
      if (now) {
        tell(watches.look(here.person(), workload));
      } else if (!sets) {
        watches.of(here.person(), workload).ifPresent(this::tell);
        watches.looks(here.person(), workload).forEach(this::tell);
      }
      if (parsed.hasMatchedOption("--report")) {
        write(
            Path.of(parsed.matchedOptionValue("--report", "")),
            watches.report(here.person(), workload));
      }
      return code(watches.looks(here.person(), workload), now);
    }
  }

  /// As with `prove`, so that a look can be a gate.
  private static int code(List<Look> looks, boolean now) {
    if (!now || looks.isEmpty()) {
      return ExitCode.OK;
    }
    return switch (looks.getLast().outcome()) {
      case AS_GOOD -> ExitCode.OK;
      case WORSE -> ProveCommand.WORSE;
      case NOT_ENOUGH_EVIDENCE -> ProveCommand.OPEN;
    };
  }

  private static Watch set(
      ParseResult parsed, Administration here, Watches watches, String workload) {
    String golds = parsed.matchedOptionValue("--golds", "person");
    if (!golds.equals("person") && !golds.equals("model")) {
      throw new InvalidRequest(
          "--golds takes person or model, not \"%s\".".formatted(golds), "--golds");
    }
    Optional<String> candidate =
        Optional.ofNullable(parsed.matchedOptionValue("--candidate", (String) null));
    if (candidate.filter(Contestants::grounded).isPresent()) {
      throw new InvalidRequest(
          "A candidate with documents is watched by a running Freehold, which reads its collections, and not by this command. Set it up on the page (Prove and watch, on the workload's page) or by POST /api/workloads/%s/watch {\"candidate\":\"%s\",\"collections\":[ID]}; what was seen is shown here, too. Documents in a folder can be proved with: freehold prove %s --candidate %s --docs FOLDER."
              .formatted(workload, candidate.get(), workload, candidate.get()),
          "--candidate");
    }
    return watches.watch(
        here.person(),
        workload,
        candidate,
        Watches.Way.of(
                every(parsed.matchedOptionValue("--every", "7d")),
                Numbers.decimal(parsed.matchedOptionValue("--margin", "3"), "margin", 0.01, 99)
                    / 100,
                (int)
                    Numbers.decimal(parsed.matchedOptionValue("--cases", "50"), "cases", 1, 2_000))
            .withModelGolds(golds.equals("model"))
            .withJudge(Optional.ofNullable(parsed.matchedOptionValue("--judge", (String) null))));
  }

  private static Duration every(String text) {
    if (text.matches("\\d{1,4}[hd]")) {
      long count = Long.parseLong(text.substring(0, text.length() - 1));
      return text.endsWith("h") ? Duration.ofHours(count) : Duration.ofDays(count);
    }
    throw new InvalidRequest(
        "--every takes hours or days, such as 12h or 7d, not \"%s\".".formatted(text), "--every");
  }

  private int list(List<Watch> all) {
    if (all.isEmpty()) {
      shell.out().println("Nothing is watched.");
    }
    all.forEach(this::tell);
    return ExitCode.OK;
  }

  private void tell(Watch one) {
    shell
        .out()
        .printf(
            "%s: %s is held against its incumbent every %s, next on %s.%s%n",
            one.workload(),
            one.candidate(),
            one.every().toHours() % 24 == 0
                ? one.every().toDays() + " days"
                : one.every().toHours() + " hours",
            one.due().toString().substring(0, 16).replace('T', ' '),
            one.problem().isEmpty() ? "" : " The last look failed: " + one.problem());
  }

  private void tell(Look one) {
    shell
        .out()
        .printf(
            Locale.ROOT,
            "%s  %s %.1f, %s %.1f of 100; difference %+.1f to %+.1f on %d new conversations: %s.%s%n",
            one.at().toString().substring(0, 16).replace('T', ' '),
            one.incumbent(),
            100 * one.incumbentScore(),
            one.candidate(),
            100 * one.candidateScore(),
            100 * one.low(),
            100 * one.high(),
            one.conversations(),
            word(one.outcome()),
            one.note().isEmpty() ? "" : " " + one.note());
  }

  private static String word(Verdict.Outcome outcome) {
    return switch (outcome) {
      case AS_GOOD -> "as good";
      case WORSE -> "worse";
      case NOT_ENOUGH_EVIDENCE -> "not enough evidence";
    };
  }

  private void write(Path file, String page) {
    try {
      Files.writeString(file, page);
      shell.out().printf("History:  %s%n", file);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
