package dev.freehold.model.architecture;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.KeyValues;
import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Workspace;
import dev.freehold.tensor.Kernels.RotaryStyle;
import dev.freehold.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Architecture `llama`: Llama 1 to 3, SmolLM, Mistral and others of the same pass (Touvron et al.,
/// arXiv 2302.13971). Keys and tensor names are those of llama.cpp's converter, which stores the
/// rows of `attn_q` and `attn_k` so that neighbouring numbers form a rotary pair.
public final class Llama implements Transformer.Decoder {

  private record Block(Attention attention, FeedForward feedForward) {}

  private final ModelParameters parameters;
  private final int valueSize;
  private final Matrix embedding;
  private final List<Block> blocks = new ArrayList<>();
  private final RmsNorm outputNorm;
  private final Matrix output;

  /// Reads the parameters and claims the tensors.
  public Llama(Metadata metadata, Weights weights, ModelConfiguration configuration) {
    parameters = parameters(metadata, weights, configuration);
    int width = parameters.embeddingLength();
    int headSize = parameters.headSize();
    valueSize = metadata.integer("llama.attention.value_length", headSize);
    float epsilon = metadata.number("llama.attention.layer_norm_rms_epsilon");
    RotaryEmbedding rotary = rotary(metadata, weights);
    embedding = weights.matrix("token_embd.weight", width, parameters.vocabularySize());
    for (int i = 0; i < parameters.layers(); i++) {
      blocks.add(block("blk.%d.".formatted(i), weights, rotary, epsilon));
    }
    outputNorm = new RmsNorm(weights.vector("output_norm.weight", width), epsilon);
    output =
        weights.has("output.weight")
            ? weights.matrix("output.weight", width, parameters.vocabularySize())
            : embedding;
  }

  private static ModelParameters parameters(
      Metadata metadata, Weights weights, ModelConfiguration configuration) {
    if (metadata.integer("llama.expert_count", 0) > 0) {
      throw new Unsupported("A mixture of experts", "models of one feed-forward network a layer");
    }
    int width = metadata.integer("llama.embedding_length");
    int heads = metadata.integer("llama.attention.head_count");
    int kvHeads = metadata.integer("llama.attention.head_count_kv", heads);
    int trained = metadata.integer("llama.context_length");
    int layers = metadata.integer("llama.block_count");
    int inner = metadata.integer("llama.feed_forward_length");
    Stream.of(width, heads, kvHeads, trained, layers, inner)
        .filter(number -> number < 1)
        .findFirst()
        .ifPresent(number -> fail("a dimension of the model is " + number));
    if (heads % kvHeads != 0) {
      fail("%d query heads cannot share %d key/value heads".formatted(heads, kvHeads));
    }
    int limit = configuration.contextLength();
    return new ModelParameters(
        "llama",
        metadata.string("general.name", "llama"),
        weights.storage().name(),
        layers,
        width,
        heads,
        kvHeads,
        metadata.integer("llama.attention.key_length", width / heads),
        inner,
        weights.rows("token_embd.weight"),
        limit == 0 ? trained : Math.min(limit, trained),
        trained,
        metadata.number("llama.rope.freq_base", 10_000),
        weights.count(),
        weights.bytes());
  }

  private RotaryEmbedding rotary(Metadata metadata, Weights weights) {
    int dimensions = metadata.integer("llama.rope.dimension_count", parameters.headSize());
    if (dimensions < 2 || dimensions % 2 != 0 || dimensions > parameters.headSize()) {
      fail("llama.rope.dimension_count is " + dimensions);
    }
    String scaling = metadata.string("llama.rope.scaling.type", "none");
    float scale =
        switch (scaling) {
          case "none" -> metadata.number("llama.rope.scale_linear", 1);
          case "linear" -> metadata.number("llama.rope.scaling.factor");
          default ->
              throw new Unsupported(
                  "Rotary scaling " + scaling, "none, linear, and llama3 (rope_freqs.weight)");
        };
    float[] factors = weights.findVector("rope_freqs.weight", dimensions / 2).orElse(null);
    return new RotaryEmbedding(
        RotaryStyle.INTERLEAVED, dimensions, parameters.ropeBase(), scale, factors);
  }

  private Block block(String prefix, Weights weights, RotaryEmbedding rotary, float epsilon) {
    int width = parameters.embeddingLength();
    int inner = parameters.feedForwardLength();
    int queryWidth = parameters.heads() * parameters.headSize();
    int keyWidth = parameters.kvHeads() * parameters.headSize();
    Attention attention =
        new Attention(
            new RmsNorm(weights.vector(prefix + "attn_norm.weight", width), epsilon),
            weights.linear(prefix + "attn_q", width, queryWidth),
            weights.linear(prefix + "attn_k", width, keyWidth),
            weights.linear(prefix + "attn_v", width, parameters.kvHeads() * valueSize),
            weights.linear(prefix + "attn_output", parameters.heads() * valueSize, width),
            rotary,
            parameters.heads(),
            parameters.kvHeads());
    FeedForward feedForward =
        new FeedForward(
            new RmsNorm(weights.vector(prefix + "ffn_norm.weight", width), epsilon),
            weights.linear(prefix + "ffn_gate", width, inner),
            weights.linear(prefix + "ffn_up", width, inner),
            weights.linear(prefix + "ffn_down", inner, width));
    return new Block(attention, feedForward);
  }

  @Override
  public ModelParameters parameters() {
    return parameters;
  }

  @Override
  public List<LayerState> newStates() {
    List<LayerState> states = new ArrayList<>();
    for (int i = 0; i < parameters.layers(); i++) {
      states.add(new KeyValues(parameters.kvHeads(), parameters.headSize(), valueSize));
    }
    return states;
  }

  @Override
  public void pass(Rows rows, float[] hidden, Workspace workspace) {
    int width = parameters.embeddingLength();
    for (int row = 0; row < rows.count(); row++) {
      embedding.row(rows.tokens()[row], hidden, row * width);
    }
    for (int layer = 0; layer < blocks.size(); layer++) {
      Block block = blocks.get(layer);
      block.attention.apply(hidden, rows, layer, workspace);
      block.feedForward.apply(hidden, rows.count(), workspace);
    }
  }

  @Override
  public void normalize(float[] hidden, int rows, Workspace workspace) {
    outputNorm.apply(hidden, hidden, rows, workspace);
  }

  @Override
  public Matrix output() {
    return output;
  }

  private static void fail(String reason) {
    throw new MalformedFile("The model's metadata", -1, reason);
  }
}
