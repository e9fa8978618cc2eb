package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.remote.Reach;
import dev.freehold.remote.Upstream;
import dev.freehold.remote.UpstreamModelEntry;
import dev.freehold.remote.Upstreams;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `freehold upstreams`: servers that are asked beside the models that are here.
record UpstreamsCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("upstreams");
    spec.usageMessage()
        .description(
            "Adds, lists, tests and removes servers whose models are asked as NAME/MODEL.",
            "What is asked of them leaves this machine, through the gate.",
            "",
            "  freehold upstreams add openai --kind openai --key-env OPENAI_API_KEY",
            "  freehold upstreams add gpu --kind vllm --url http://gpu-box:8000/v1 --private",
            "  freehold upstreams test openai");
    return spec;
  }

  @Override
  public List<Subcommand> children() {
    return List.of(new Add(shell), new ListAll(shell), new Test(shell), new Remove(shell));
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    throw new InvalidRequest(
        "upstreams what? There are: upstreams add, upstreams list, upstreams test, upstreams rm.",
        null);
  }

  private static void name(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("NAME")
            .arity("1")
            .type(String.class)
            .description("Its name here.")
            .build());
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  /// `freehold upstreams add`.
  record Add(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("add");
      spec.usageMessage()
          .description(
              "Adds a server. Its key is read from the environment or from standard input, kept",
              "encrypted, and sent to this one server only.");
      name(spec);
      option(
          spec,
          "--kind",
          "KIND",
          "openai, azure, mistral, vllm, llamacpp, ollama, freehold, anthropic, or compatible.");
      option(spec, "--url", "ADDRESS", "Its base address; by default the kind's usual one.");
      option(spec, "--key-env", "VARIABLE", "The environment variable that holds its key.");
      spec.addOption(
          OptionSpec.builder("--key-stdin")
              .description("Read its key from standard input.")
              .build());
      spec.addOption(
          OptionSpec.builder("--private")
              .description(
                  "It stands in your own network: plain http is allowed, public addresses are not.")
              .build());
      option(spec, "--api-version", "VERSION", "Azure's, 2024-10-21 for instance.");
      spec.addOption(
          OptionSpec.builder("--model")
              .paramLabel("MODEL")
              .type(String[].class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .description("A model or deployment it has, instead of asking it; may be repeated.")
              .build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      Upstream upstream =
          Upstream.described(
              parsed.matchedPositionalValue(0, ""),
              parsed.matchedOptionValue("--kind", "compatible"),
              parsed.matchedOptionValue("--url", ""),
              parsed.hasMatchedOption("--private"),
              parsed.matchedOptionValue("--api-version", ""),
              List.of(parsed.matchedOptionValue("--model", new String[0])));
      try (Upstreams upstreams = Upstreams.in(settings.home())) {
        upstreams.add(upstream, key(parsed));
      }
      shell
          .out()
          .printf(
              "%s is added. `freehold upstreams test %s` asks it for its models.%n",
              upstream.name(), upstream.name());
      return ExitCode.OK;
    }

    private Optional<String> key(ParseResult parsed) {
      String variable = parsed.matchedOptionValue("--key-env", "");
      if (!variable.isEmpty()) {
        String key = shell.environment().getOrDefault(variable, "").strip();
        if (key.isEmpty()) {
          throw new InvalidRequest(
              "The environment variable %s is empty.".formatted(variable), "key-env");
        }
        return Optional.of(key);
      }
      return parsed.hasMatchedOption("--key-stdin") ? Optional.of(fromInput()) : Optional.empty();
    }

    private String fromInput() {
      try {
        byte[] bytes = shell.in().readNBytes(8192);
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip();
      } catch (java.io.IOException e) {
        throw new dev.freehold.chat.Unavailable("The key cannot be read: " + e.getMessage(), e);
      }
    }
  }

  /// `freehold upstreams list`.
  record ListAll(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("list");
      spec.usageMessage().description("Lists them, without their keys.");
      spec.addOption(OptionSpec.builder("--json").description("As JSON.").build());
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      try (Upstreams upstreams = Upstreams.in(settings.home())) {
        List<Upstream> all = upstreams.list();
        if (parsed.hasMatchedOption("--json")) {
          shell.out().println(json(all));
          return ExitCode.OK;
        }
        if (all.isEmpty()) {
          shell
              .out()
              .println("There is none. `freehold upstreams add --help` shows how to add one.");
          return ExitCode.OK;
        }
        Table table = new Table("NAME", "KIND", "ADDRESS", "KEY", "MODELS");
        all.forEach(one ->
            table.row(
                one.name(),
                one.dialect().word(),
                one.base().toString(),
                one.keyed() ? "yes" : "",
                Integer.toString(one.models().size())));
        table.print(shell.out());
      }
      return ExitCode.OK;
    }

    private static String json(List<Upstream> all) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      ArrayNode array = root.putArray("upstreams");
      for (Upstream one : all) {
        ObjectNode json =
            array
                .addObject()
                .put("name", one.name())
                .put("kind", one.dialect().word())
                .put("address", one.base().toString())
                .put("private", one.reach() == Reach.PRIVATE)
                .put("keyed", one.keyed());
        ArrayNode models = json.putArray("models");
        for (UpstreamModelEntry model : one.models()) {
          ObjectNode entry =
              models
                  .addObject()
                  .put("name", one.name() + "/" + model.id())
                  .put("contextLength", model.contextLength());
          entry.put("shutdown", model.shutdown().map(Object::toString).orElse(null));
        }
      }
      return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }
  }

  /// `freehold upstreams test`.
  record Test(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("test");
      spec.usageMessage()
          .description(
              "Asks a server for its models and remembers them. Nothing else is sent to it.");
      name(spec);
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String name = parsed.matchedPositionalValue(0, "");
      try (Upstreams upstreams = Upstreams.in(settings.home())) {
        List<UpstreamModelEntry> models = upstreams.refresh(name);
        Table table = new Table("MODEL", "CONTEXT", "ENDS");
        models.forEach(one ->
            table.row(
                name + "/" + one.id(),
                one.contextLength() > 0 ? Integer.toString(one.contextLength()) : "",
                one.shutdown().map(Object::toString).orElse("")));
        table.print(shell.out());
      }
      return ExitCode.OK;
    }
  }

  /// `freehold upstreams rm`.
  record Remove(Shell shell) implements Subcommand {

    @Override
    public CommandSpec spec() {
      CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("rm");
      spec.usageMessage().description("Removes a server and its key.");
      name(spec);
      return spec;
    }

    @Override
    public int run(ParseResult parsed, Settings settings) {
      String name = parsed.matchedPositionalValue(0, "");
      try (Administration here = Administration.open(settings)) {
        here.workloads().requireUnused(here.person(), name);
        here.upstreams().remove(name);
      }
      shell.out().printf("%s and its key are removed.%n", name);
      return ExitCode.OK;
    }
  }
}
