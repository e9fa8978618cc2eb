package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// A matrix of each layer that can be adapted, by the name GGUF files give it.
public enum Target {
  /// Queries of attention.
  QUERY("attn_q", "q_proj"),
  /// Keys of attention.
  KEY("attn_k", "k_proj"),
  /// Values of attention.
  VALUE("attn_v", "v_proj"),
  /// Output of attention.
  OUTPUT("attn_output", "o_proj"),
  /// Gate of the feed-forward network.
  GATE("ffn_gate", "gate_proj"),
  /// Upward projection of the feed-forward network.
  UP("ffn_up", "up_proj"),
  /// Downward projection of the feed-forward network.
  DOWN("ffn_down", "down_proj");

  private final String tensor;
  private final String projection;

  Target(String tensor, String projection) {
    this.tensor = tensor;
    this.projection = projection;
  }

  /// All seven.
  public static Set<Target> all() {
    return Collections.unmodifiableSet(EnumSet.allOf(Target.class));
  }

  /// The four of attention: what a mixture of experts can have adapted.
  public static Set<Target> attention() {
    return Collections.unmodifiableSet(EnumSet.range(QUERY, OUTPUT));
  }

  /// The tensor's name in layer `layer`, such as `blk.0.attn_q.weight`.
  public String tensorName(int layer) {
    return "blk." + layer + "." + tensor + ".weight";
  }

  /// Reads names as GGUF or PEFT has them (`attn_q` or `q_proj`), or `all` or `attention`.
  ///
  /// @throws InvalidRequest naming the first that is none
  public static Set<Target> read(List<String> names) {
    Set<Target> targets = EnumSet.noneOf(Target.class);
    for (String name : names) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case "all", "all-linear" -> targets.addAll(all());
        case "attention" -> targets.addAll(attention());
        default -> targets.add(one(name));
      }
    }
    return Collections.unmodifiableSet(targets);
  }

  private static Target one(String name) {
    return Arrays.stream(values())
        .filter(target -> target.tensor.equals(name) || target.projection.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new InvalidRequest(
                "There is nothing to adapt that is called %s. There are: %s, all, attention."
                    .formatted(
                        name,
                        Arrays.stream(values())
                            .map(target -> target.projection)
                            .collect(Collectors.joining(", "))),
                "targets"));
  }
}
