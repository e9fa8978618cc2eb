package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.governance.IssuedKey;
import dev.freehold.governance.Key;
import dev.freehold.governance.Keys;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `freehold keys`: who may ask.
record KeysCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("keys");
    spec.usageMessage()
        .description(
            "Makes, lists and ends the keys by which people and programs sign in.",
            "",
            "  freehold keys create Ada --group engineering",
            "  freehold keys list",
            "  freehold keys revoke KEY-ID");
    return spec;
  }

  @Override
  public List<Subcommand> children() {
    return List.of(new Create(shell), new ListAll(shell), new Revoke(shell));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    throw new InvalidRequest("keys what? There are: keys create, keys list, keys revoke.", null);
  }

  private static Database open(Settings settings) {
    return Database.open(settings.home().resolve("freehold.db"));
  }

  /// `freehold keys create`.
  record Create(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("create");
      spec.usageMessage()
          .description(
              "Makes a key and prints it once: it is stored nowhere.",
              "",
              "  export OPENAI_API_KEY=$(freehold keys create reporting --quiet)");
      spec.addPositional(
          PositionalParamSpec.builder()
              .paramLabel("NAME")
              .arity("1")
              .type(String.class)
              .description("Who will hold it: a person or a program.")
              .build());
      spec.addOption(
          OptionSpec.builder("--group")
              .paramLabel("GROUP")
              .type(String[].class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .description("A group whose documents they may read; may be repeated.")
              .build());
      spec.addOption(
          OptionSpec.builder("--administrator")
              .description("They may manage keys and models.")
              .build());
      spec.addOption(
          OptionSpec.builder("--quiet").description("Print nothing but the key.").build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      Set<String> groups =
          new LinkedHashSet<>(List.of(parsed.matchedOptionValue("--group", new String[0])));
      if (parsed.hasMatchedOption("--administrator")) {
        groups.add(Principal.ADMINISTRATORS);
      }
      try (Database database = open(settings)) {
        IssuedKey key = Keys.in(database).create(parsed.matchedPositionalValue(0, ""), groups);
        if (!parsed.hasMatchedOption("--quiet")) {
          shell
              .err()
              .printf("Key %s for %s. It is shown this once:%n", key.id(), key.principal().name());
        }
        shell.out().println(key.secret());
      }
      return ExitCode.OK;
    }
  }

  /// `freehold keys list`.
  record ListAll(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("list");
      spec.usageMessage().description("Lists the keys, newest first; never their secrets.");
      spec.addOption(OptionSpec.builder("--json").description("As JSON.").build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      List<Key> keys;
      try (Database database = open(settings)) {
        keys = Keys.in(database).list();
      }
      if (parsed.hasMatchedOption("--json")) {
        shell.out().println(json(keys));
        return ExitCode.OK;
      }
      Table table = new Table("ID", "KEY", "HOLDER", "GROUPS", "MADE", "ENDED");
      for (Key key : keys) {
        table.row(
            key.id(),
            key.hint(),
            key.principal().name(),
            String.join(", ", sorted(key.principal().groups())),
            key.created().toString(),
            key.revoked().map(Instant::toString).orElse(""));
      }
      table.print(shell.out());
      return ExitCode.OK;
    }

    private static String json(List<Key> keys) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      ArrayNode array = root.putArray("keys");
      for (Key key : keys) {
        ObjectNode one =
            array
                .addObject()
                .put("id", key.id())
                .put("hint", key.hint())
                .put("holder", key.principal().name())
                .put("created", key.created().toString())
                .put("revoked", key.revoked().map(Instant::toString).orElse(null));
        sorted(key.principal().groups()).forEach(one.withArray("groups")::add);
      }
      return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }

    private static List<String> sorted(Set<String> groups) {
      return groups.stream().sorted(Comparator.naturalOrder()).toList();
    }
  }

  /// `freehold keys revoke`.
  record Revoke(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("revoke");
      spec.usageMessage().description("Ends a key at once, and the sessions it opened.");
      spec.addPositional(
          PositionalParamSpec.builder()
              .paramLabel("ID")
              .arity("1")
              .type(String.class)
              .description("As `freehold keys list` shows it.")
              .build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String id = Optional.ofNullable(parsed.matchedPositionalValue(0, "")).orElse("");
      try (Database database = open(settings)) {
        Keys.in(database).revoke(id);
      }
      shell.out().printf("%s is ended.%n", id);
      return ExitCode.OK;
    }
  }
}
