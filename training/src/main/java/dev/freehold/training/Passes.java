package dev.freehold.training;

import dev.freehold.model.ModelParameters;
import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.tensor.FloatRows;
import dev.freehold.training.Arena.Kept;
import dev.freehold.training.Arena.LayerShape;
import java.util.ArrayList;
import java.util.List;

/// The whole model, forward and back, over arrays that are allocated once.
///
/// Hidden states between layers are always kept. Of what layers write inside, that of the first
/// `keptLayers` layers is kept from the way forward; the others write into one place in turn, and
/// the way back makes theirs again.
final class Passes {

  private final Machinery machinery;
  private final FrozenModel model;
  private final Arena arena;
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();
  private final List<FloatRows> hidden = new ArrayList<>(); // [rows, width] before each layer
  private final Predictions predictions;

  /// @param rows most tokens of a pass
  /// @param keptLayers layers whose numbers are kept
  Passes(Machinery machinery, FrozenModel model, Parameters parameters, int rows, int keptLayers) {
    this.machinery = machinery;
    this.model = model;
    LayerShape shape = shape(model);
    arena = new Arena(machinery, shape, rows, parameters.rank());
    int count = model.layers().size();
    for (int layer = 0; layer < count; layer++) {
      layers.add(new DecoderLayer(machinery, arena, model.layers().get(layer), layer, parameters));
      hidden.add(machinery.rows(rows, shape.width()));
    }
    hidden.add(machinery.rows(rows, shape.width()));
    for (int layer = 0; layer < Math.min(count, keptLayers); layer++) {
      kept.add(new Kept(machinery, shape, rows));
    }
    if (keptLayers < count) {
      kept.add(new Kept(machinery, shape, rows));
    }
    predictions = new Predictions(machinery, model.stack());
    refresh();
  }

  static LayerShape shape(FrozenModel model) {
    FrozenModel.Layer layer = model.layers().getFirst();
    Attention attention = layer.attention();
    return new LayerShape(
        attention.query().weight().columns(),
        attention.heads(),
        attention.query().weight().rows(),
        attention.key().weight().rows(),
        attention.value().weight().rows(),
        attention.output().weight().columns(),
        layer.network() instanceof FeedForward network ? network.up().weight().rows() : 0,
        attention.norms() != null,
        layer.attentionNormAfter() != null);
  }

  /// Lays all pairs out anew, after they changed.
  void refresh() {
    layers.forEach(DecoderLayer::refresh);
  }

  private Kept kept(int layer) {
    return kept.get(Math.min(layer, kept.size() - 1));
  }

  /// Takes a pass through all layers.
  ///
  /// @param adapted whether the pairs take part
  void forward(Packed pass, boolean adapted) {
    ModelParameters shape = model.shape();
    int width = shape.embeddingLength();
    FloatRows first = hidden.getFirst();
    float scale = model.stack().embeddingScale();
    machinery.eachRows(
        pass.rows(),
        (from, to, worker) -> {
          for (int row = from; row < to; row++) {
            int at = first.at(row);
            model.stack().embedding().row(pass.tokens()[row], first.numbers(), at);
            for (int i = at; i < at + width && scale != 1; i++) {
              first.numbers()[i] *= scale;
            }
          }
        });
    for (int layer = 0; layer < layers.size(); layer++) {
      layers
          .get(layer)
          .forward(pass, hidden.get(layer), hidden.get(layer + 1), kept(layer), adapted);
    }
  }

  /// The log-probability of each token that is learnt, after [#forward].
  double[] logProbabilities(Packed pass) {
    double[] logProbabilities = new double[pass.predicting().length];
    predictions.compute(pass, hidden.getLast(), logProbabilities, null, new float[0], null);
    return logProbabilities;
  }

  /// What the layers made of the rows whose next token is learnt, after [#forward], one after the
  /// other.
  float[] predicting(Packed pass) {
    int width = model.shape().embeddingLength();
    float[] rows = new float[pass.predicting().length * width];
    for (int i = 0; i < pass.predicting().length; i++) {
      FloatRows last = hidden.getLast();
      System.arraycopy(last.numbers(), last.at(pass.predicting()[i]), rows, i * width, width);
    }
    return rows;
  }

  /// Adds the gradient of `−Σ weights · log p` over the tokens that are learnt to that of the
  /// pairs, after [#forward] with the pairs; returns their log-probabilities.
  ///
  /// @param base what [#predicting] gave without the pairs of the sequences that are to stay what
  ///   they are to the base; their `log p` is the one expected under the base
  double[] back(Packed pass, float[] weights, float[] base) {
    double[] logProbabilities = new double[pass.predicting().length];
    machinery.clear(arena.hiddenBack, pass.rows());
    predictions.compute(pass, hidden.getLast(), logProbabilities, weights, base, arena.hiddenBack);
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      if (!isKept(layer)) {
        layers.get(layer).forward(pass, hidden.get(layer), null, kept(layer), true);
      }
      layers.get(layer).back(pass, hidden.get(layer), kept(layer), arena.hiddenBack, layer > 0);
    }
    return logProbabilities;
  }

  /// Whether what the layer wrote going forward is still there: it is for layers with a place of
  /// their own, and for the last, which wrote into the common place after all others.
  private boolean isKept(int layer) {
    return layer < kept.size() - 1 || layer == layers.size() - 1;
  }
}
