package dev.freehold.training;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.Routing;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Matrix;
import dev.freehold.training.Arena.Kept;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A mixture of experts that stays as it is: a gradient goes back through the chosen networks and
/// through the router's weights, and nothing of them is trained. Nothing is kept; the way back
/// makes it again.
record FrozenExperts(Machinery machinery, Arena arena, Experts experts, List<FeedForward> networks)
    implements DecoderLayer.Network {

  // Numbers of the arrays in the arena.
  private static final int TAKEN = 0;
  private static final int RESULTS = 1;
  private static final int GATES = 2;
  private static final int UPS = 3;
  private static final int BENT = 4;
  private static final int GRADIENTS = 5;
  private static final int SCORES = 6;
  private static final int PLAIN = 7;

  static FrozenExperts of(Machinery machinery, Arena arena, Mixer mixer) {
    if (!(mixer instanceof Experts experts)) {
      throw new Unsupported("Training a layer without a network", "gated networks and experts");
    }
    Routing routing = experts.routing();
    List<FeedForward> networks =
        experts.experts().stream()
            .filter(FeedForward.class::isInstance)
            .map(FeedForward.class::cast)
            .toList();
    boolean plain =
        experts.shared() == null
            && experts.scales() == null
            && networks.size() == experts.experts().size()
            && routing.normalised()
            && routing.gating() == Routing.Gating.SOFTMAX
            && routing.bias() == null
            && routing.groups() == 1
            && networks.stream()
                .allMatch(expert ->
                    expert.gate().bias() == null
                        && expert.up().bias() == null
                        && expert.down().bias() == null);
    if (!plain) {
      throw new Unsupported("Training over experts of this kind", "experts as Mixtral has them");
    }
    return new FrozenExperts(machinery, arena, experts, networks);
  }

  /// Rows that one expert takes.
  ///
  /// @param rows which
  /// @param places as which of its experts each row chose it
  private record Share(int[] rows, int[] places) {}

  @Override
  public List<AdaptedLinear> linears() {
    return List.of();
  }

  private int width() {
    return experts.router().weight().columns();
  }

  private Routing.Choice[] choose(FloatRows x, int rows) {
    int count = networks.size();
    float[] scores = arena.room(SCORES, rows * count);
    float[] plain = arena.room(PLAIN, rows * width());
    System.arraycopy(x.numbers(), x.start(), plain, 0, rows * width());
    // The choice stays that of serving, whatever the precision of the rest.
    Matrix.multiply(
        machinery.workers, plain, rows, experts.router().product(scores, count).frozen());
    Routing.Choice[] choices = new Routing.Choice[rows];
    float[] bias = experts.router().bias();
    for (int row = 0; row < rows; row++) {
      if (bias != null) {
        machinery.kernels.add(scores, row * count, bias, 0, count);
      }
      choices[row] = experts.routing().choose(scores, row * count, count);
    }
    return choices;
  }

  private static Share share(Routing.Choice[] choices, int expert) {
    int[] rows = new int[choices.length];
    int[] places = new int[choices.length];
    int taken = 0;
    for (int row = 0; row < choices.length; row++) {
      int place = choices[row].placeOf(expert);
      if (place >= 0) {
        rows[taken] = row;
        places[taken++] = place;
      }
    }
    return new Share(Arrays.copyOf(rows, taken), Arrays.copyOf(places, taken));
  }

  private float[] gather(int room, FloatRows x, Share share) {
    float[] taken = arena.room(room, share.rows.length * width());
    for (int i = 0; i < share.rows.length; i++) {
      System.arraycopy(x.numbers(), x.at(share.rows[i]), taken, i * width(), width());
    }
    return taken;
  }

  /// Takes rows through one expert; gates and ups stay in the arena.
  private float[] apply(FeedForward expert, float[] taken, int rows) {
    int inner = expert.down().weight().columns();
    float[] gates = arena.room(GATES, rows * inner);
    float[] ups = arena.room(UPS, rows * inner);
    float[] bent = arena.room(BENT, rows * inner);
    float[] results = arena.room(RESULTS, rows * width());
    machinery.multiply(
        FloatRows.of(taken, width()),
        rows,
        expert.gate().product(gates, inner).frozen(),
        expert.up().product(ups, inner).frozen());
    machinery.gradients.gate(expert.activation(), gates, ups, bent, 0, rows * inner);
    machinery.multiply(
        FloatRows.of(bent, inner), rows, expert.down().product(results, width()).frozen());
    return results;
  }

  @Override
  public void forward(FloatRows x, @Nullable FloatRows y, Kept kept, int rows, boolean adapted) {
    if (y == null) {
      return;
    }
    machinery.clear(y, rows);
    Routing.Choice[] choices = choose(x, rows);
    for (int e = 0; e < networks.size(); e++) {
      Share share = share(choices, e);
      if (share.rows.length > 0) {
        float[] results = apply(networks.get(e), gather(TAKEN, x, share), share.rows.length);
        for (int i = 0; i < share.rows.length; i++) {
          float weight = choices[share.rows[i]].weights()[share.places[i]];
          addScaled(y, share.rows[i], results, i * width(), weight);
        }
      }
    }
  }

  @Override
  public void back(FloatRows x, FloatRows dy, FloatRows dx, Kept kept, int rows) {
    machinery.clear(dx, rows);
    Routing.Choice[] choices = choose(x, rows);
    float[][] along = new float[rows][experts.routing().used()]; // what each weight's gradient is
    for (int e = 0; e < networks.size(); e++) {
      Share share = share(choices, e);
      if (share.rows.length > 0) {
        back(networks.get(e), share, choices, along, x, dy, dx);
      }
    }
    int count = networks.size();
    float[] scores = arena.room(SCORES, rows * count);
    Arrays.fill(scores, 0, rows * count, 0);
    for (int row = 0; row < rows; row++) {
      scoresBack(choices[row], along[row], scores, row * count);
    }
    Matrix.addTransposed(
        machinery.workers, experts.router().weight(), FloatRows.of(scores, count), rows, dx);
  }

  /// The weights of a row's experts are the softmax of their scores, times a factor.
  private void scoresBack(Routing.Choice choice, float[] along, float[] scores, int start) {
    double scale = experts.routing().scale();
    double mean = 0;
    for (int i = 0; i < along.length; i++) {
      mean += choice.weights()[i] / scale * along[i];
    }
    for (int i = 0; i < along.length; i++) {
      scores[start + choice.experts()[i]] = (float) (choice.weights()[i] * (along[i] - mean));
    }
  }

  private void back(
      FeedForward expert,
      Share share,
      Routing.Choice[] choices,
      float[][] along,
      FloatRows x,
      FloatRows dy,
      FloatRows dx) {
    int rows = share.rows.length;
    int inner = expert.down().weight().columns();
    float[] results = apply(expert, gather(TAKEN, x, share), rows);
    float[] gradients = gather(GRADIENTS, dy, share);
    for (int i = 0; i < rows; i++) {
      int row = share.rows[i];
      int at = i * width();
      along[row][share.places[i]] = machinery.gradients.dot(results, at, gradients, at, width());
      float weight = choices[row].weights()[share.places[i]];
      for (int k = at; k < at + width(); k++) {
        gradients[k] *= weight;
      }
    }
    float[] gates = arena.room(GATES, rows * inner);
    float[] ups = arena.room(UPS, rows * inner);
    float[] bent = arena.room(BENT, rows * inner);
    FloatRows bentBack = FloatRows.of(bent, inner);
    machinery.clear(bentBack, rows);
    machinery.addTransposed(
        expert.down().weight(), FloatRows.of(gradients, width()), rows, bentBack);
    machinery.gradients.gateBack(expert.activation(), gates, ups, bent, 0, rows * inner);
    FloatRows resultsBack = FloatRows.of(results, width());
    machinery.clear(resultsBack, rows);
    machinery.addTransposed(expert.gate().weight(), FloatRows.of(gates, inner), rows, resultsBack);
    machinery.addTransposed(expert.up().weight(), FloatRows.of(ups, inner), rows, resultsBack);
    for (int i = 0; i < rows; i++) {
      addScaled(dx, share.rows[i], results, i * width(), 1);
    }
  }

  private void addScaled(FloatRows y, int row, float[] results, int start, float weight) {
    int at = y.at(row);
    for (int i = 0; i < width(); i++) {
      y.numbers()[at + i] += weight * results[start + i];
    }
  }
}
