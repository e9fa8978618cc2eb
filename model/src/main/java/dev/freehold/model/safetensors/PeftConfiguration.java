package dev.freehold.model.safetensors;

import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.AdapterFile;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The `adapter_config.json` of an adapter that is written.
///
/// @param file the adapter
/// @param names what its modules are called
/// @param modules its factors, by the module's name such as `model.layers.0.self_attn.q_proj`
record PeftConfiguration(AdapterFile file, PeftNames names, SortedMap<String, LowRank> modules) {

  private static final Pattern IN_LAYER = Pattern.compile("model\\.layers\\.\\d+\\.(.+)");

  String text() {
    Adapter adapter = file.adapter();
    int usual = usualRank();
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
    targets().forEach(targets::add);
    ObjectNode ranks = json.putObject("rank_pattern");
    modules.forEach((module, pair) -> {
      if (pair.rank() != usual) {
        ranks.put(module, pair.rank());
      }
    });
    json.putObject("alpha_pattern");
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private int usualRank() {
    Map<Integer, Long> counts =
        modules.values().stream()
            .collect(Collectors.groupingBy(LowRank::rank, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }

  /// What stands in every layer by its last word, the rest by its place, so that PEFT makes factors
  /// for nothing else.
  private SortedSet<String> targets() {
    SortedMap<String, SortedSet<String>> places = new TreeMap<>();
    SortedSet<String> targets = new TreeSet<>();
    for (String module : modules.keySet()) {
      Matcher inLayer = IN_LAYER.matcher(module);
      if (inLayer.matches()) {
        places.computeIfAbsent(inLayer.group(1), _ -> new TreeSet<>()).add(module);
      } else {
        targets.add(module);
      }
    }
    places.forEach((name, all) -> {
      if (all.size() == names.layers()) {
        targets.add(names.shortName(name));
      } else {
        targets.addAll(all);
      }
    });
    return targets;
  }
}
