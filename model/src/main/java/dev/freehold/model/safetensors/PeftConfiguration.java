package dev.freehold.model.safetensors;

import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.AdapterFile;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The `adapter_config.json` of an adapter that is written.
///
/// @param file the adapter
/// @param names what its matrices are called
record PeftConfiguration(AdapterFile file, PeftNames names) {

  String text() {
    Adapter adapter = file.adapter();
    int usual = usualRank(adapter);
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("peft_type", "LORA");
    json.put("task_type", "CAUSAL_LM");
    json.put("base_model_name_or_path", file.baseName());
    json.put("inference_mode", true);
    json.put("r", usual);
    if (adapter.alpha() == Math.rint(adapter.alpha())) {
      json.put("lora_alpha", (long) adapter.alpha());
    } else {
      json.put("lora_alpha", adapter.alpha());
    }
    json.put("lora_dropout", 0.0);
    json.put("bias", "none");
    json.put("fan_in_fan_out", false);
    json.put("use_rslora", false);
    json.put("use_dora", false);
    json.put("init_lora_weights", true);
    json.putNull("modules_to_save");
    ArrayNode targets = json.putArray("target_modules");
    targets(adapter).forEach(targets::add);
    ObjectNode ranks = json.putObject("rank_pattern");
    adapter
        .pairs()
        .forEach((matrix, pair) -> {
          if (pair.rank() != usual) {
            ranks.put(names.module(matrix).orElseThrow(), pair.rank());
          }
        });
    json.putObject("alpha_pattern");
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static int usualRank(Adapter adapter) {
    Map<Integer, Long> counts =
        adapter.pairs().values().stream()
            .collect(Collectors.groupingBy(LowRank::rank, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }

  /// What stands in every layer by its last word, the rest by its place, so that PEFT makes factors
  /// for nothing else.
  private SortedSet<String> targets(Adapter adapter) {
    SortedSet<String> targets = new TreeSet<>();
    PeftNames.shortNames()
        .forEach((matrix, last) -> {
          SortedSet<String> places = new TreeSet<>();
          for (int layer = 0; layer < names.layers(); layer++) {
            String name = "blk.%d.%s.weight".formatted(layer, matrix);
            if (adapter.pairs().containsKey(name)) {
              places.add(names.module(name).orElseThrow());
            }
          }
          if (!places.isEmpty() && places.size() == names.layers()) {
            targets.add(last);
          } else {
            targets.addAll(places);
          }
        });
    if (adapter.pairs().containsKey("output.weight")) {
      targets.add("lm_head");
    }
    return targets;
  }
}
