package dev.freehold.cli;

import dev.freehold.store.Amounts;
import dev.freehold.store.Catalogue;
import dev.freehold.store.CatalogueEntry;
import dev.freehold.store.Digest;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredModel;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `freehold models`: what is here, and what could be.
record ModelsCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("models");
    spec.usageMessage()
        .description(
            "Lists the models that are here.",
            "",
            "  freehold models ~/model.gguf    what a file or folder is",
            "  freehold models --catalogue     those that can be pulled by a short name, and what they need",
            "  freehold models --json | jq -r '.models[].name'");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("MODEL")
            .arity("0..1")
            .type(String.class)
            .description("One of them, or the path of a file or folder; by default all.")
            .build());
    spec.addOption(
        OptionSpec.builder("--catalogue")
            .description("List what can be pulled by a short name instead.")
            .build());
    spec.addOption(OptionSpec.builder("--json").description("As JSON.").build());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    boolean json = parsed.hasMatchedOption("--json");
    ModelStore store = ModelStore.open(settings.home());
    String one = parsed.matchedPositionalValue(0, "");
    List<StoredModel> here = one.isEmpty() ? store.list() : List.of(ModelFiles.known(store, one));
    if (parsed.hasMatchedOption("--catalogue")) {
      catalogue(here, json);
    } else {
      here(here, json);
    }
    return ExitCode.OK;
  }

  private void here(List<StoredModel> models, boolean json) {
    if (json) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      ArrayNode array = root.putArray("models");
      for (StoredModel model : models) {
        array
            .addObject()
            .put("name", model.name())
            .put("architecture", model.facts().architecture())
            .put("parameters", model.facts().parameters())
            .put("contextLength", model.facts().contextLength())
            .put("licence", model.facts().licence())
            .put("bytes", model.bytes())
            .put("digest", model.digest().toString())
            .put("source", model.source())
            .put("created", model.created().toString())
            .put("file", model.file().toString());
      }
      print(root);
      return;
    }
    if (models.isEmpty()) {
      shell.out().println("No model is here yet. `freehold pull smollm2` gets a small one.");
      return;
    }
    Table table = new Table("NAME", "PARAMETERS", "SIZE", "CONTEXT", "LICENCE", "SHA-256");
    for (StoredModel model : models) {
      table.row(
          model.name(),
          count(model.facts().parameters()),
          Amounts.bytes(model.bytes()),
          model.facts().contextLength() == 0
              ? "?"
              : Integer.toString(model.facts().contextLength()),
          model.facts().licence(),
          model.digest().hex().substring(0, 12));
    }
    table.print(shell.out());
  }

  private void catalogue(List<StoredModel> here, boolean json) {
    List<String> names = here.stream().map(StoredModel::name).toList();
    List<CatalogueEntry> entries = Catalogue.shipped().entries();
    String suggested = Machine.suggestion().map(entry -> entry.name().value()).orElse("");
    if (json) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      ArrayNode array = root.putArray("models");
      for (CatalogueEntry entry : entries) {
        array
            .addObject()
            .put("name", entry.name().value())
            .put("title", entry.title())
            .put("architecture", entry.facts().architecture())
            .put("parameters", entry.facts().parameters())
            .put("contextLength", entry.facts().contextLength())
            .put("licence", entry.facts().licence())
            .put("bytes", entry.bytes())
            .put("memory", entry.memory())
            .put("digest", entry.digest().map(Digest::toString).orElse(null))
            .put("note", entry.note())
            .put("here", names.contains(entry.name().value()))
            .put("suggested", entry.name().value().equals(suggested));
      }
      print(root);
      return;
    }
    Table table = new Table("NAME", "MODEL", "SIZE", "MEMORY", "LICENCE", "");
    for (CatalogueEntry entry : entries) {
      String name = entry.name().value();
      table.row(
          name,
          entry.title(),
          Amounts.bytes(entry.bytes()),
          Amounts.bytes(entry.memory()),
          entry.facts().licence(),
          (names.contains(name) ? "here · " : "")
              + (name.equals(suggested) ? "the best that fits this machine · " : "")
              + entry.note());
    }
    table.print(shell.out());
  }

  private void print(ObjectNode root) {
    shell
        .out()
        .println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root));
  }

  static String count(long parameters) {
    if (parameters == 0) {
      return "?";
    }
    return parameters >= 1_000_000_000
        ? String.format(Locale.ROOT, "%.1fB", parameters / 1e9)
        : Math.round(parameters / 1e6) + "M";
  }
}
