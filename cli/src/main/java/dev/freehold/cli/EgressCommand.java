package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.database.Database;
import dev.freehold.governance.egress.EgressChain;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.governance.egress.EgressPolicy;
import dev.freehold.governance.egress.EgressRecord;
import dev.freehold.governance.egress.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `freehold egress`: what left this machine, whether the record of it is as it was written, and
/// what the gate does about what it finds.
record EgressCommand(Shell shell) implements Subcommand {

  /// The record is not as it was written.
  static final int BROKEN = 1;

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("egress");
    spec.usageMessage()
        .description(
            "Shows and checks the record of what left this machine, and sets what may.",
            "",
            "  freehold egress list",
            "  freehold egress verify --anchor 4711:0f3a…",
            "  freehold egress policy --identifiers stop");
    return spec;
  }

  @Override
  public List<Subcommand> children() {
    return List.of(new ListAll(shell), new Verify(shell), new Policy(shell));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    throw new InvalidRequest("egress what? There are: egress list, verify, policy.", null);
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  private static Optional<String> given(ParseResult parsed, String option) {
    return Optional.ofNullable(parsed.matchedOptionValue(option, (String) null));
  }

  /// `freehold egress list`.
  record ListAll(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("list");
      spec.usageMessage()
          .description(
              "Lists the newest hundred requests that left or wanted to; never their words.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      try (Database database = Database.open(settings.home().resolve("freehold.db"))) {
        List<EgressRecord> newest =
            EgressLog.in(database).newest(Administration.whoeverRunsThis(), 100);
        if (newest.isEmpty()) {
          shell.out().println("Nothing left this machine.");
          return ExitCode.OK;
        }
        Table table =
            new Table("ID", "WHEN", "WHO", "WORKLOAD", "TO", "MODEL", "BYTES", "DECISION", "FOUND");
        newest.forEach(one ->
            table.row(
                Long.toString(one.id()),
                one.at().toString(),
                one.principal(),
                one.workload(),
                one.origin(),
                one.model(),
                Long.toString(one.bytes()),
                one.decision().name().toLowerCase(java.util.Locale.ROOT),
                String.join(" ", one.found())));
        table.print(shell.out());
      }
      return ExitCode.OK;
    }
  }

  /// `freehold egress verify`.
  record Verify(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("verify");
      spec.usageMessage()
          .description(
              "Checks that no record of what left was changed, taken out or put in; each is tied to",
              "all before it. Note down the last link elsewhere and give it next time: without it, a",
              "record that was written anew as a whole is not told from the true one.",
              "Exit code 1: the record is not as it was written.");
      option(spec, "--anchor", "ID:LINK", "A record and its link as an earlier check told them.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      Optional<EgressChain.Anchor> anchor = given(parsed, "--anchor").map(Verify::anchor);
      try (Database database = Database.open(settings.home().resolve("freehold.db"))) {
        EgressChain.Checked checked =
            EgressLog.in(database).check(Administration.whoeverRunsThis(), anchor);
        if (checked.fault().isPresent()) {
          shell.err().println(checked.fault().get());
          return BROKEN;
        }
        shell.out().printf("%d records are as they were written.%n", checked.linked());
        if (checked.unlinked() > 0) {
          shell
              .out()
              .printf(
                  "%d older ones were written before records were tied together.%n",
                  checked.unlinked());
        }
        checked
            .head()
            .ifPresent(head -> shell.out().printf("Last: %d:%s%n", head.id(), head.link()));
      }
      return ExitCode.OK;
    }

    private static EgressChain.Anchor anchor(String text) {
      if (!text.matches("[0-9]{1,18}:[0-9a-f]{64}")) {
        throw new InvalidRequest("An anchor is ID:LINK, as `egress verify` tells it.", "anchor");
      }
      int colon = text.indexOf(':');
      return new EgressChain.Anchor(
          Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
    }
  }

  /// `freehold egress policy`.
  record Policy(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("policy");
      spec.usageMessage()
          .description(
              "Shows what the gate does about what it finds, and changes what is given. It can stop",
              "a request or replace what was found by a placeholder; it lets nothing pass as it is.",
              "Kept in gate.json in the data folder; a file that cannot be read lets nothing leave.");
      option(spec, "--identifiers", "ACTION", "Numbers of people and accounts: stop or replace.");
      option(spec, "--secrets", "ACTION", "Keys and passwords: stop or replace.");
      spec.addOption(
          OptionSpec.builder("--kind")
              .paramLabel("KIND=ACTION")
              .type(String[].class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .description("One kind, IBAN for instance; may be repeated. KIND= forgets it.")
              .build());
      option(spec, "--deadline", "MILLISECONDS", "How long it may look; beyond it nothing leaves.");
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      EgressPolicy before = settings.gatePolicy().read();
      String[] kinds = parsed.matchedOptionValue("--kind", new String[0]);
      EgressPolicy after =
          new EgressPolicy(
              given(parsed, "--identifiers")
                  .map(EgressPolicy.Action::of)
                  .orElse(before.identifiers()),
              given(parsed, "--secrets").map(EgressPolicy.Action::of).orElse(before.secrets()),
              kinds(before.kinds(), kinds),
              given(parsed, "--deadline")
                  .map(text ->
                      Duration.ofMillis((long) Numbers.decimal(text, "deadline", 1, 60_000)))
                  .orElse(before.deadline()));
      if (!after.equals(before)) {
        settings.gatePolicy().write(after);
      }
      Table table = new Table("WHAT", "ACTION");
      table.row("identifiers", after.identifiers().word());
      table.row("secrets", after.secrets().word());
      new TreeMap<>(after.kinds()).forEach((kind, action) -> table.row(kind.name(), action.word()));
      table.print(shell.out());
      shell.out().printf("It looks for at most %d ms.%n", after.deadline().toMillis());
      return ExitCode.OK;
    }

    private static Map<Kind, EgressPolicy.Action> kinds(
        Map<Kind, EgressPolicy.Action> before, String[] written) {
      Map<Kind, EgressPolicy.Action> kinds = new TreeMap<>(before);
      for (String one : written) {
        int equals = one.indexOf('=');
        if (equals < 1) {
          throw new InvalidRequest("A kind is KIND=ACTION; \"%s\" is none.".formatted(one), "kind");
        }
        Kind kind = Kind.of(one.substring(0, equals));
        String action = one.substring(equals + 1);
        if (action.isEmpty()) {
          kinds.remove(kind);
        } else {
          kinds.put(kind, EgressPolicy.Action.of(action));
        }
      }
      return kinds;
    }
  }
}
