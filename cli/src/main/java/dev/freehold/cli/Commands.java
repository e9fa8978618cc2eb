package dev.freehold.cli;

import dev.freehold.chat.FreeholdException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The command line as a whole.
///
/// Commands are described to picocli by code, not by annotations, so that no package of ours has to
/// be opened to reflection.
final class Commands {

  private final Shell shell;
  private final CommandLine line;

  Commands(Shell shell) {
    this.shell = shell;
    CommandSpec spec = CommandSpec.create().name("freehold").version("freehold " + version());
    spec.usageMessage()
        .description(
            "Runs open models on this machine and answers from your documents. Nothing leaves it.",
            "",
            "@|bold First steps|@",
            "  freehold up                        the web page and the OpenAI API, on this machine",
            "  freehold chat                      talk to the default model here",
            "  freehold ask --docs ~/contracts \"When does the lease end?\"",
            "  freehold teach ~/handbook --name handbook-1",
            "  freehold prove mails.jsonl --incumbent NAME --candidate NAME --margin 3",
            "")
        .commandListHeading("%n@|bold Commands|@%n")
        .optionListHeading("%n@|bold Options|@%n")
        .footer(
            "",
            "@|bold Where things are|@",
            "  The data folder is FREEHOLD_HOME, by default ~/.freehold. A file"
                + " freehold.properties",
            "  in it sets host, port, authentication, model, names, threads, judge, reranker, trainer,",
            "  prompt-cache; the environment (FREEHOLD_PORT …) goes before it, a flag before both.",
            "  Completion for your shell: source <(freehold generate-completion)",
            "",
            "@|bold Exit codes|@",
            "  0 done · 64 a wrong flag or value · 65 a bad file · 66 not found · 69 not available",
            "  70 a fault of ours · 73 in the way · 75 busy, try again · 77 not permitted")
        .width(100);
    spec.mixinStandardHelpOptions(true);
    spec.exitCodeOnExecutionException(ExitCode.SOFTWARE);
    spec.addOption(
        OptionSpec.builder("--home")
            .paramLabel("FOLDER")
            .type(String.class)
            .scopeType(CommandLine.ScopeType.INHERIT)
            .description("The data folder, instead of FREEHOLD_HOME.")
            .build());
    this.line = new CommandLine(spec);
    for (Subcommand command : subcommands()) {
      line.addSubcommand(described(command));
    }
    line.addSubcommand(new AutoComplete.GenerateCompletion());
    line.setOut(writer(shell.out()));
    line.setErr(writer(shell.err()));
    line.setExecutionStrategy(this::execute);
    line.setParameterExceptionHandler((error, _) -> misused(error));
  }

  private List<Subcommand> subcommands() {
    return List.of(
        new UpCommand(shell),
        new ChatCommand(shell),
        new AskCommand(shell),
        new PullCommand(shell),
        new ModelsCommand(shell),
        new RmCommand(shell),
        new ConvertCommand(shell),
        new QuantizeCommand(shell),
        new TeachCommand(shell),
        new AdapterCommand(shell),
        new ProveCommand(shell),
        new VerifyCommand(shell),
        new PerplexityCommand(shell),
        new BenchCommand(shell),
        new KeysCommand(shell),
        new UpstreamsCommand(shell),
        new EgressCommand(shell),
        new WorkloadsCommand(shell),
        new SwitchCommand(shell),
        new WatchCommand(shell),
        new RehearseCommand());
  }

  private static CommandLine described(Subcommand command) {
    CommandSpec spec = command.spec();
    requireParameters(spec);
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .width(100)
        .optionListHeading("%n@|bold Options|@%n")
        .parameterListHeading("%n");
    CommandLine described = new CommandLine(spec);
    command.children().forEach(child -> described.addSubcommand(described(child)));
    return described;
  }

  // What takes one value at least is not left out: picocli does not conclude that by itself here.
  private static void requireParameters(CommandSpec spec) {
    List<PositionalParamSpec> parameters = List.copyOf(spec.positionalParameters());
    parameters.forEach(spec::remove);
    for (PositionalParamSpec one : parameters) {
      spec.addPositional(one.toBuilder().required(one.arity().min() > 0).build());
    }
  }

  int run(String... arguments) {
    return line.execute(arguments);
  }

  private int execute(ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    ParseResult deepest = parsed;
    Map<String, String> flags = new HashMap<>();
    collect(deepest, flags);
    while (deepest.hasSubcommand()) {
      deepest = deepest.subcommand();
      collect(deepest, flags);
    }
    CommandSpec spec = deepest.commandSpec();
    if (spec.userObject() instanceof Subcommand command) {
      try {
        return command.run(deepest, Settings.of(flags, shell.environment()));
      } catch (FreeholdException e) {
        shell.err().println(e.getMessage());
        return ExitCode.of(e);
      }
    }
    if (!parsed.hasSubcommand()) {
      spec.commandLine().usage(spec.commandLine().getErr());
      return ExitCode.USAGE;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /// Flags that are settings.
  private static void collect(ParseResult parsed, Map<String, String> flags) {
    for (String name :
        List.of("home", "host", "port", "names", "threads", "trainer", "prompt-cache")) {
      String value = parsed.matchedOptionValue("--" + name, (String) null);
      if (value != null) {
        flags.put(name, value);
      }
    }
    if (parsed.hasMatchedOption("--no-auth")) {
      flags.put("authentication", "false");
    }
  }

  private int misused(CommandLine.ParameterException error) {
    CommandLine command = error.getCommandLine();
    shell.err().println(error.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(error, writer(shell.err()));
    shell.err().printf("`%s --help` says more.%n", command.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
  }

  private static PrintWriter writer(java.io.PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  static String version() {
    Properties properties = new Properties();
    try (InputStream in = Commands.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IllegalStateException("The version is missing from this build.");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
