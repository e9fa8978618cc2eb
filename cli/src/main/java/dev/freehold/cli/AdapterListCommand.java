package dev.freehold.cli;

import dev.freehold.store.AdapterFacts;
import dev.freehold.store.AdapterSource;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.Amounts;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `freehold adapter list`.
record AdapterListCommand(Shell shell) implements Subcommand {

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("list");
    spec.usageMessage()
        .description(
            "Lists the adapters that are here, with the names they are asked by.",
            "",
            "  freehold adapter list --json | jq -r '.adapters[].name'");
    spec.addOption(Written.json());
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    ModelStore models = ModelStore.open(settings.home());
    List<StoredModel> bases = models.list();
    List<StoredAdapter> adapters = AdapterStore.in(models).onDisk();
    if (parsed.hasMatchedOption("--json")) {
      json(adapters, bases);
    } else if (adapters.isEmpty()) {
      shell.out().println("No adapter is here yet. `freehold adapter import` takes one in.");
    } else {
      table(adapters, bases);
    }
    return ExitCode.OK;
  }

  private static List<String> names(StoredAdapter adapter, List<StoredModel> bases) {
    return bases.stream()
        .filter(base -> base.digest().equals(adapter.publication().base()))
        .map(adapter::on)
        .toList();
  }

  private static String written(AdapterSource source) {
    return switch (source) {
      case AdapterSource.Kept(String id) -> id;
      case AdapterSource.Named(Set<String> readers) -> String.join(" or ", readers);
    };
  }

  private void table(List<StoredAdapter> adapters, List<StoredModel> bases) {
    Table table = new Table("NAME", "ASKED AS", "RANK", "MATRICES", "SIZE", "FOR READERS OF", "");
    for (StoredAdapter adapter : adapters) {
      List<String> names = names(adapter, bases);
      AdapterFacts facts = adapter.publication().facts();
      table.row(
          adapter.name(),
          names.isEmpty() ? "its model is not here" : String.join(", ", names),
          Integer.toString(facts.rank()),
          Integer.toString(facts.matrices()),
          Amounts.bytes(adapter.bytes()),
          adapter.publication().sources().stream()
              .map(AdapterListCommand::written)
              .collect(Collectors.joining(" and ")),
          adapter.marks().stream().map(StoredAdapter.Mark::why).collect(Collectors.joining(" · ")));
    }
    table.print(shell.out());
  }

  private void json(List<StoredAdapter> adapters, List<StoredModel> bases) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ArrayNode array = root.putArray("adapters");
    for (StoredAdapter adapter : adapters) {
      AdapterFacts facts = adapter.publication().facts();
      ObjectNode node =
          array
              .addObject()
              .put("name", adapter.name())
              .put("base", adapter.publication().base().toString())
              .put("architecture", facts.architecture())
              .put("rank", facts.rank())
              .put("alpha", facts.alpha())
              .put("matrices", facts.matrices())
              .put("parameters", facts.parameters())
              .put("bytes", adapter.bytes())
              .put("digest", adapter.digest().toString())
              .put("origin", adapter.publication().origin())
              .put("created", adapter.created().toString())
              .put("file", adapter.file().toString());
      ArrayNode asked = node.putArray("askedAs");
      names(adapter, bases).forEach(asked::add);
      ArrayNode sources = node.putArray("sources");
      adapter.publication().sources().forEach(source -> sources.add(written(source)));
      ArrayNode marks = node.putArray("marks");
      adapter
          .marks()
          .forEach(
              mark -> marks.addObject().put("at", mark.at().toString()).put("why", mark.why()));
    }
    shell
        .out()
        .println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root));
  }
}
