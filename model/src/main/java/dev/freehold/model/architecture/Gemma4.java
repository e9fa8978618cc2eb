package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.BorrowedAttention;
import dev.freehold.model.layer.DenseBesideExperts;
import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.PerLayerInput;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import dev.freehold.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Architecture `gemma4` (Google, 2026), what it makes of text. Heads of layers that see a window
/// and of those that see all differ in size and number; values are normalised; the last layers
/// attend to the keys and values of the last one of their kind before them; in small models each
/// layer has an embedding of each token for itself; in large ones experts stand beside the network.
/// Images and sound need a second file and are not served.
final class Gemma4 {

  private final Parts parts;
  private final Hyperparameters keys;
  private final Weights weights;
  private final int width;
  private final int heads;
  private final int[] kvHeads;
  private final int[] inner;
  private final boolean[] windowed;
  private final int owning;
  private final int window;
  private final int perLayer;
  private final int headSize;
  private final int nearHeadSize;
  private final RotaryEmbedding far;
  private final RotaryEmbedding near;

  private Gemma4(Parts parts) {
    this.parts = parts;
    keys = parts.keys();
    weights = parts.weights();
    width = parts.shape().embeddingLength();
    heads = parts.shape().heads();
    int layers = parts.shape().layers();
    kvHeads = keys.perLayer("attention.head_count_kv", layers);
    inner = keys.perLayer("feed_forward_length", layers);
    windowed = keys.windowed(layers, 6);
    owning = layers - keys.integer("attention.shared_kv_layers", 0);
    window = keys.positive("attention.sliding_window");
    perLayer = keys.integer("embedding_length_per_layer_input", 0);
    headSize = parts.shape().headSize();
    nearHeadSize = keys.count("attention.key_length_swa", headSize);
    int valueSize = keys.count("attention.value_length", headSize);
    int nearValueSize = keys.count("attention.value_length_swa", nearHeadSize);
    int turned = keys.integer("rope.dimension_count_swa", nearHeadSize);
    if (valueSize != headSize || nearValueSize != nearHeadSize || turned != nearHeadSize) {
      throw Hyperparameters.malformed(
          "keys of %d and %d numbers, values of %d and %d, %d turned"
              .formatted(headSize, nearHeadSize, valueSize, nearValueSize, turned));
    }
    for (int count : kvHeads) {
      if (count < 1 || heads % count != 0) {
        throw Hyperparameters.malformed(
            "%d query heads cannot share %d key/value heads".formatted(heads, count));
      }
    }
    far = parts.rotary().read(RotaryStyle.HALVES);
    near =
        RotaryReader.plain(
            nearHeadSize, RotaryStyle.HALVES, keys.number("rope.freq_base_swa", 10_000));
  }

  static Transformer.Network read(Parts parts) {
    Gemma4 model = new Gemma4(parts);
    Stack stack =
        parts
            .stack(model::steps)
            .withEmbeddingScale((float) Math.sqrt(model.width))
            .withLogitCap(model.keys.number("final_logit_softcapping", 0));
    if (model.perLayer == 0) {
      return stack;
    }
    int layers = parts.shape().layers();
    int all = layers * model.perLayer;
    return new PerLayerStack(
        stack,
        new PerLayerInput.Embeddings(
            model.weights.matrix(
                "per_layer_token_embd.weight", all, parts.shape().vocabularySize()),
            model.weights.linear("per_layer_model_proj", model.width, all),
            parts.norm("per_layer_proj_norm", model.perLayer),
            layers));
  }

  private List<Residual> steps(int layer) {
    String at = block(layer);
    List<Residual> steps = new ArrayList<>();
    steps.add(
        parts
            .step(at, "attn_norm", attention(at, layer))
            .withNormAfter(parts.norm(at + "post_attention_norm")));
    steps.add(network(at, layer).withNormAfter(parts.norm(at + "post_ffw_norm")));
    if (perLayer > 0) {
      Mixer input =
          new PerLayerInput(
              weights.linear(at + "inp_gate", width, perLayer),
              weights.linear(at + "proj", perLayer, width),
              parts.shape().layers());
      steps.add(Residual.of(width, null, input).withNormAfter(parts.norm(at + "post_norm")));
    }
    weights
        .findVector(at + "layer_output_scale.weight", 1)
        .ifPresent(scale -> steps.add(steps.removeLast().withSumScaled(scale[0])));
    return steps;
  }

  private Mixer attention(String at, int layer) {
    int size = windowed[layer] ? nearHeadSize : headSize;
    RotaryEmbedding rotary = windowed[layer] ? near : far;
    Scoring scoring = Scoring.causal(1).withWindow(windowed[layer] ? window : 0);
    Linear query = weights.linear(at + "attn_q", width, heads * size);
    Linear output = weights.linear(at + "attn_output", heads * size, width);
    RmsNorm queryNorm = parts.norm(at + "attn_q_norm", size);
    if (layer >= owning) {
      int source = source(layer);
      return new BorrowedAttention(
          query, output, queryNorm, rotary, scoring, heads, kvHeads[source], source);
    }
    int keyWidth = kvHeads[layer] * size;
    Linear key = weights.linear(at + "attn_k", width, keyWidth);
    // Where values have no projection of their own they are the keys before any norm.
    Linear value =
        weights.has(at + "attn_v.weight") ? weights.linear(at + "attn_v", width, keyWidth) : key;
    RmsNorm keyNorm = parts.norm(at + "attn_k_norm", size);
    return new Attention(
            query, key, value, output, heads, kvHeads[layer], null, null, rotary, null, scoring)
        .withHeadNorms(
            new Attention.HeadNorms(
                queryNorm, keyNorm, new RmsNorm(ones(size), keyNorm.epsilon())));
  }

  /// The last layer of the same kind that has keys and values.
  private int source(int layer) {
    for (int before = owning - 1; before >= 0; before--) {
      if (windowed[before] == windowed[layer]) {
        return before;
      }
    }
    throw Hyperparameters.malformed(
        "layer %d has no layer of its kind to take keys and values from".formatted(layer));
  }

  private Residual network(String at, int layer) {
    FeedForward dense = parts.feedForward(at, "", inner[layer], Activation.GELU_TANH);
    RmsNorm before = parts.norm(at + "ffn_norm");
    if (!weights.has(at + "ffn_gate_inp.weight")) {
      return Residual.of(width, before, dense);
    }
    return Residual.of(
        width,
        null,
        new DenseBesideExperts(
            before,
            dense,
            parts.norm(at + "post_ffw_norm_1"),
            new RmsNorm(routerWeight(at), before.epsilon()),
            parts.norm(at + "pre_ffw_norm_2"),
            experts(at),
            parts.norm(at + "post_ffw_norm_2")));
  }

  /// The router looks at a row of unit mean square, scaled, over the root of its length.
  private float[] routerWeight(String at) {
    float[] scale = weights.vector(at + "ffn_gate_inp.scale", width);
    for (int i = 0; i < width; i++) {
      scale[i] *= (float) (1 / Math.sqrt(width));
    }
    return scale;
  }

  private Experts experts(String at) {
    int count = keys.count("expert_count");
    int size = keys.positive("expert_feed_forward_length");
    List<List<Matrix>> gatesAndUps =
        weights.has(at + "ffn_gate_up_exps.weight")
            ? weights.expertPairs(at + "ffn_gate_up_exps.weight", width, size, count)
            : List.of();
    List<Linear> gates =
        gatesAndUps.isEmpty() ? parts.stack(at, "ffn_gate", width, size, count) : List.of();
    List<Linear> ups =
        gatesAndUps.isEmpty() ? parts.stack(at, "ffn_up", width, size, count) : List.of();
    List<Linear> downs = parts.stack(at, "ffn_down", size, width, count);
    List<FeedForward> networks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Linear gate =
          gatesAndUps.isEmpty() ? gates.get(i) : new Linear(gatesAndUps.get(i).getFirst(), null);
      Linear up =
          gatesAndUps.isEmpty() ? ups.get(i) : new Linear(gatesAndUps.get(i).getLast(), null);
      networks.add(new FeedForward(gate, up, downs.get(i), Activation.GELU_TANH));
    }
    return new Experts(
        weights.linear(at + "ffn_gate_inp", width, count),
        Routing.softmax(parts.expertsUsed(), true, 1),
        networks,
        weights.findVector(at + "ffn_down_exps.scale", count).orElse(null),
        null);
  }

  private static float[] ones(int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return ones;
  }
}
