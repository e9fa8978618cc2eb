package dev.freehold.model.adapter;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.gguf.ModelFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Whether an adapter goes onto a model: its architecture, and for each pair of factors a matrix of
/// that name and shape.
public final class Fit {

  private static final int NAMED = 5;

  private Fit() {}

  /// Checks an adapter against a model's file. Errors are those of [#require(Adapter, String,
  /// Map)].
  public static void require(Adapter adapter, ModelFile base) {
    Map<String, List<Long>> shapes = new HashMap<>();
    base.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    require(adapter, base.metadata().string("general.architecture"), shapes);
  }

  /// Checks an adapter against what is known of a model.
  ///
  /// @param shapes of all its tensors, the dimension whose numbers lie side by side first
  /// @throws InvalidRequest where it is an adapter of another architecture or shape, or of matrices
  ///   that the model does not have
  /// @throws Unsupported where it adapts what is no matrix of hidden states: embeddings, or experts
  ///   stacked in one tensor
  public static void require(Adapter adapter, String architecture, Map<String, List<Long>> shapes) {
    if (!adapter.architecture().equals(architecture)) {
      throw new InvalidRequest(
          "The adapter is for architecture %s and the model is %s."
              .formatted(adapter.architecture(), architecture),
          "adapter");
    }
    List<String> unknown = new ArrayList<>();
    adapter
        .pairs()
        .forEach((name, pair) -> {
          List<Long> shape = shapes.get(name);
          if (shape == null) {
            unknown.add(name);
          } else {
            requireMatrix(name, shape);
            requireShape(name, shape, pair);
          }
        });
    if (!unknown.isEmpty()) {
      throw new InvalidRequest(
          "The adapter adapts %d matrices that the model does not have (%s)."
              .formatted(unknown.size(), named(unknown)),
          "adapter");
    }
  }

  private static void requireMatrix(String name, List<Long> shape) {
    if (isExperts(name)) {
      throw new Unsupported(
          "An adapter of experts (%s)".formatted(name),
          "adapters of attention, of the networks all tokens pass, and of the head");
    }
    if (name.startsWith("token_")
        || name.startsWith("per_layer_token_")
        || name.startsWith("position_")) {
      throw new Unsupported("An adapter of embeddings (%s)".formatted(name), "adapters of layers");
    }
    if (shape.size() != 2 || !name.endsWith(".weight")) {
      throw new Unsupported(
          "An adapter of %s, which is no matrix,".formatted(name), "adapters of matrices");
    }
  }

  /// Whether a tensor holds experts: several in one, or one each as files of before 2024 have it.
  static boolean isExperts(String name) {
    return name.contains("_exps.") || name.matches("blk\\.\\d+\\.ffn_(gate|up|down)\\.\\d+\\..*");
  }

  private static void requireShape(String name, List<Long> shape, LowRank pair) {
    if (shape.get(0) != pair.in() || shape.get(1) != pair.out()) {
      throw new InvalidRequest(
          "The adapter's %s is for %d inputs and %d outputs; the model's has %d and %d."
              .formatted(name, pair.in(), pair.out(), shape.get(0), shape.get(1)),
          "adapter");
    }
  }

  static String named(List<String> names) {
    String some = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() > NAMED ? some + ", …" : some;
  }
}
