package dev.freehold.training;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.architecture.Architectures;
import dev.freehold.model.architecture.Stack;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.Norm;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.Weights;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The base: the very layers that serving reads from a file, their matrices still quantised, with
/// those parts named that a gradient has to go back through. Whatever has no way back here is
/// refused.
///
/// @param stack what serving would run
/// @param layers its layers
record FrozenModel(Stack stack, List<Layer> layers) {

  /// Architectures with a way back, as files name them. `llama` is Mistral's and Mixtral's too.
  private static final Set<String> ARCHITECTURES = Set.of("llama", "qwen2", "qwen3", "gemma3");

  private static final String SUPPORTED =
      "llama (also Mistral and SmolLM; Mixtral with adapters on attention), qwen2, qwen3, gemma3";

  /// One layer.
  ///
  /// @param attentionNorm before attention
  /// @param attention attention
  /// @param attentionNormAfter after it, or null
  /// @param networkNorm before the feed-forward network
  /// @param network a [FeedForward], or [Experts], which stay frozen
  /// @param networkNormAfter after it, or null
  record Layer(
      RmsNorm attentionNorm,
      Attention attention,
      @Nullable RmsNorm attentionNormAfter,
      RmsNorm networkNorm,
      Mixer network,
      @Nullable RmsNorm networkNormAfter) {}

  /// Refuses a file whose architecture has no way back, before anything of it is read.
  static void requireTrainable(ModelFile file) {
    String architecture = file.metadata().string("general.architecture");
    if (!ARCHITECTURES.contains(architecture)) {
      throw new Unsupported("Training a model of architecture " + architecture, SUPPORTED);
    }
  }

  /// Reads `file`, which may be closed afterwards.
  static FrozenModel read(ModelFile file, int contextLength, Workers workers) {
    requireTrainable(file);
    return ModelFile.whole(
        file.name(),
        () -> {
          Weights weights = new Weights(file, workers);
          ModelConfiguration configuration =
              ModelConfiguration.standard().withContextLength(contextLength);
          if (!(Architectures.read(file.metadata(), weights, configuration).network()
              instanceof Stack stack)) {
            throw new Unsupported("Training an encoder", SUPPORTED);
          }
          weights.requireAllClaimed();
          if (stack.logitCap() != 0 || stack.logitScale() != 1 || stack.head().bias() != null) {
            throw new Unsupported("Training a model that bends its logits", SUPPORTED);
          }
          List<Layer> layers = new ArrayList<>();
          stack.layers().steps().forEach(steps -> layers.add(layer(steps)));
          return new FrozenModel(stack, List.copyOf(layers));
        });
  }

  private static Layer layer(List<Residual> steps) {
    if (steps.size() != 2
        || !(steps.get(0).mixer() instanceof Attention attention)
        || !(steps.get(1).mixer() instanceof FeedForward
            || steps.get(1).mixer() instanceof Experts)) {
      throw new Unsupported("Training a layer that is not attention and a network", SUPPORTED);
    }
    Scoring scoring = attention.scoring();
    boolean plain =
        attention.gate() == null
            && attention.temperature() == null
            && attention.rotary() != null
            && attention.output().bias() == null
            && scoring.softCap() == 0
            && scoring.sinks() == null
            && scoring.after() == 0;
    for (Residual step : steps) {
      plain &= step.scale() == 1 && step.sum() == null;
    }
    if (!plain) {
      throw new Unsupported("Training attention of this kind", SUPPORTED);
    }
    return new Layer(
        norm(steps.get(0).before()),
        attention,
        optionalNorm(steps.get(0).after()),
        norm(steps.get(1).before()),
        steps.get(1).mixer(),
        optionalNorm(steps.get(1).after()));
  }

  private static RmsNorm norm(@Nullable Norm norm) {
    if (norm instanceof RmsNorm rms) {
      return rms;
    }
    throw new Unsupported("Training a layer without a norm by the root mean square", SUPPORTED);
  }

  private static @Nullable RmsNorm optionalNorm(@Nullable Norm norm) {
    return norm == null ? null : norm(norm);
  }

  ModelParameters shape() {
    return stack.parameters();
  }

  /// Whether a network is chosen for each token, so that adapters are for attention only.
  boolean hasExperts() {
    return layers.stream().anyMatch(layer -> layer.network() instanceof Experts);
  }
}
