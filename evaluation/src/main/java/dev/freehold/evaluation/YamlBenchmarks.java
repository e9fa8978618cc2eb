package dev.freehold.evaluation;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// YAML and JSON files: promptfoo's configuration (`tests`) and lm-evaluation-harness's tasks
/// (`output_type: multiple_choice`).
final class YamlBenchmarks {

  private YamlBenchmarks() {}

  static BenchmarkFiles.Imported read(
      Path file, String name, String text, BenchmarkFiles.Reading reading) {
    // No aliases beyond a few, no custom tags: the file may be anybody's.
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setMaxAliasesForCollections(20).build();
    JsonNode root;
    List<Integer> lines;
    try {
      root = JsonMapper.shared().valueToTree(new Load(settings).loadFromString(text));
      lines = linesOfTests(new Compose(settings).composeString(text).orElse(null));
    } catch (YamlEngineException | JacksonException | StackOverflowError e) {
      throw new MalformedFile(file.toString(), -1, "is no YAML: " + e.getMessage(), e);
    }
    if (root.has("tests")) {
      return Promptfoo.read(file, name, root, lines, reading);
    }
    if (root.path("output_type").asString("").equals("multiple_choice")) {
      return task(file, root);
    }
    throw new MalformedFile(
        file.toString(),
        -1,
        "is neither promptfoo's (tests) nor a multiple-choice task of lm-evaluation-harness");
  }

  /// The line of each entry under `tests`, counted from 1.
  private static List<Integer> linesOfTests(@org.jspecify.annotations.Nullable Node root) {
    List<Integer> lines = new ArrayList<>();
    if (root instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key
            && key.getValue().equals("tests")
            && entry.getValueNode() instanceof SequenceNode tests) {
          tests
              .getValue()
              .forEach(
                  test -> lines.add(test.getStartMark().map(mark -> mark.getLine() + 1).orElse(0)));
        }
      }
    }
    return lines;
  }

  private static BenchmarkFiles.Imported task(Path file, JsonNode root) {
    String name = root.path("task").asString("task");
    JsonNode files = root.path("dataset_kwargs").path("data_files");
    JsonNode data = files.isObject() ? files.path(root.path("test_split").asString("test")) : files;
    if (!data.isString()) {
      throw new InvalidRequest(
          "The task %s names no data file under dataset_kwargs.data_files; only local JSON lines are read."
              .formatted(name),
          "dataset_kwargs");
    }
    Path folder = file.toAbsolutePath().getParent();
    Path rows = folder == null ? Path.of(data.stringValue()) : folder.resolve(data.stringValue());
    String[] all;
    try {
      all = Files.readString(rows, StandardCharsets.UTF_8).split("\\R", -1);
    } catch (IOException e) {
      throw new MalformedFile(rows.toString(), -1, "cannot be read: " + e.getMessage(), e);
    }
    TaskTemplate template = TaskTemplate.of(root);
    BenchmarkFiles.Faults faults = new BenchmarkFiles.Faults(rows);
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < all.length; i++) {
      if (!all[i].isBlank()) {
        try {
          JsonNode doc = JsonMapper.shared().readTree(all[i]);
          cases.add(Rows.choice(Integer.toString(cases.size()), template.choices(doc)));
        } catch (JacksonException e) {
          faults.add(i + 1, "is no JSON: " + e.getOriginalMessage());
        } catch (FreeholdException e) {
          faults.add(i + 1, e.getMessage());
        }
      }
    }
    faults.raise();
    return new BenchmarkFiles.Imported(
        new Benchmark(name, 1, new dev.freehold.evaluation.grader.Grader.Likelihood(false), cases),
        List.of());
  }
}
