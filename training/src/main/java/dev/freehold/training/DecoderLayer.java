package dev.freehold.training;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Attention.HeadNorms;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.tensor.FloatRows;
import dev.freehold.training.AdaptedLinear.Asked;
import dev.freehold.training.AdaptedLinear.Learning;
import dev.freehold.training.Arena.Kept;
import dev.freehold.training.CausalAttention.Heads;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One layer with its pairs, forward and back.
final class DecoderLayer {

  private final Machinery machinery;
  private final Arena arena;
  private final FrozenModel.Layer frozen;
  private final int width;
  private final Projections projections;
  private final CausalAttention attention;
  private final RotaryEmbedding rotary;
  private final Network network;

  /// The matrices of attention.
  private record Projections(
      AdaptedLinear query, AdaptedLinear key, AdaptedLinear value, AdaptedLinear output) {}

  /// What follows attention: reads normalised hidden states and adds to them.
  sealed interface Network permits GatedNetwork, FrozenExperts {
    /// Writes the results of `x`, both `[rows, width]`; `y` null where nobody wants them.
    void forward(FloatRows x, @Nullable FloatRows y, Kept kept, int rows, boolean adapted);

    /// Writes the gradient of `x` to `dx`, from that of the results.
    void back(FloatRows x, FloatRows dy, FloatRows dx, Kept kept, int rows);

    /// The matrices with pairs, or that could have one.
    List<AdaptedLinear> linears();
  }

  DecoderLayer(
      Machinery machinery,
      Arena arena,
      FrozenModel.Layer frozen,
      int layer,
      Parameters parameters) {
    this.machinery = machinery;
    this.arena = arena;
    this.frozen = frozen;
    Attention read = frozen.attention();
    width = read.query().weight().columns();
    projections =
        new Projections(
            adapted(read.query(), Target.QUERY, layer, parameters),
            adapted(read.key(), Target.KEY, layer, parameters),
            adapted(read.value(), Target.VALUE, layer, parameters),
            adapted(read.output(), Target.OUTPUT, layer, parameters));
    attention =
        new CausalAttention(
            machinery,
            read.heads(),
            read.kvHeads(),
            read.query().weight().rows() / read.heads(),
            read.value().weight().rows() / read.kvHeads(),
            read.scoring().scale(),
            read.scoring().before());
    rotary = Objects.requireNonNull(read.rotary());
    network =
        frozen.network() instanceof FeedForward found
            ? new GatedNetwork(
                machinery,
                arena,
                adapted(found.gate(), Target.GATE, layer, parameters),
                adapted(found.up(), Target.UP, layer, parameters),
                adapted(found.down(), Target.DOWN, layer, parameters),
                found.activation())
            : FrozenExperts.of(machinery, arena, frozen.network());
  }

  private AdaptedLinear adapted(
      dev.freehold.model.layer.Weights.Linear linear,
      Target target,
      int layer,
      Parameters parameters) {
    Pair pair = parameters.pair(target.tensorName(layer)).orElse(null);
    return new AdaptedLinear(machinery, arena, linear, pair, parameters);
  }

  /// Lays the pairs out anew, after they changed.
  void refresh() {
    Stream.concat(
            Stream.of(projections.query, projections.key, projections.value, projections.output),
            network.linears().stream())
        .forEach(AdaptedLinear::refresh);
  }

  /// Takes hidden states through the layer.
  ///
  /// @param in `[rows, width]`
  /// @param out `[rows, width]`, or null where only what is kept is wanted
  /// @param kept receives what the way back needs
  /// @param adapted whether the pairs take part
  void forward(Packed pass, FloatRows in, @Nullable FloatRows out, Kept kept, boolean adapted) {
    int rows = pass.rows();
    FloatRows normed = arena.normed;
    normalize(frozen.attentionNorm(), in, normed, rows);
    attend(pass, normed, kept, adapted);
    FloatRows written = orElse(kept.attentionOut, arena.added);
    multiply(kept.attended, rows, projections.output, written, adapted);
    sum(in, written, frozen.attentionNormAfter(), kept.middle, rows);
    normalize(frozen.networkNorm(), kept.middle, normed, rows);
    boolean wanted = out != null || kept.networkOut != null;
    written = orElse(kept.networkOut, arena.added);
    network.forward(normed, wanted ? written : null, kept, rows, adapted);
    if (out != null) {
      sum(kept.middle, written, frozen.networkNormAfter(), out, rows);
    }
  }

  private static FloatRows orElse(@Nullable FloatRows first, FloatRows second) {
    return first == null ? second : first;
  }

  private void multiply(FloatRows x, int rows, AdaptedLinear linear, FloatRows y, boolean adapted) {
    AdaptedLinear.multiply(machinery, x, rows, adapted, new Asked(linear, y));
  }

  private void attend(Packed pass, FloatRows normed, Kept kept, boolean adapted) {
    int rows = pass.rows();
    FloatRows queries = orElse(kept.rawQueries, kept.queries);
    FloatRows keys = orElse(kept.rawKeys, kept.keys);
    AdaptedLinear.multiply(
        machinery,
        normed,
        rows,
        adapted,
        new Asked(projections.query, queries),
        new Asked(projections.key, keys),
        new Asked(projections.value, kept.values));
    rotary.reach(pass.longest());
    machinery.workers.run(
        pass.sequences(),
        (sequence, worker) -> {
          for (int row = pass.starts()[sequence]; row < pass.starts()[sequence + 1]; row++) {
            turn(row, row - pass.starts()[sequence], kept);
          }
        });
    Heads heads = new Heads(kept.queries, kept.keys, kept.values);
    attention.forward(pass, heads, kept.attended, kept.logSums);
  }

  /// Normalises and turns the heads of one row.
  private void turn(int row, int position, Kept kept) {
    HeadNorms norms = frozen.attention().norms();
    if (norms != null) {
      headNorms(
          norms.query(),
          orElse(kept.rawQueries, kept.queries),
          kept.queries,
          row,
          attention.heads());
      headNorms(norms.key(), orElse(kept.rawKeys, kept.keys), kept.keys, row, attention.kvHeads());
    }
    rotate(kept.queries, row, attention.heads(), position);
    rotate(kept.keys, row, attention.kvHeads(), position);
  }

  private void rotate(FloatRows x, int row, int heads, int position) {
    int size = attention.headSize();
    rotary.rotate(machinery.kernels, x.numbers(), x.at(row), heads, size, position);
  }

  private void headNorms(RmsNorm norm, FloatRows x, FloatRows y, int row, int heads) {
    float[] weight = norm.weight();
    for (int i = 0; i < heads; i++) {
      int from = x.at(row) + i * weight.length;
      int to = y.at(row) + i * weight.length;
      machinery.gradients.normalize(x.numbers(), from, weight, norm.epsilon(), y.numbers(), to);
    }
  }

  private void normalize(RmsNorm norm, FloatRows x, FloatRows y, int rows) {
    machinery.eachRows(
        rows,
        (from, to, worker) -> {
          for (int row = from; row < to; row++) {
            machinery.gradients.normalize(
                x.numbers(), x.at(row), norm.weight(), norm.epsilon(), y.numbers(), y.at(row));
          }
        });
  }

  /// `result = x + after(added)`; `added` may be changed where it is not kept.
  private void sum(
      FloatRows x, FloatRows added, @Nullable RmsNorm after, FloatRows result, int rows) {
    machinery.eachRows(
        rows,
        (from, to, worker) -> {
          for (int row = from; row < to; row++) {
            FloatRows last = added;
            if (after == null) {
              System.arraycopy(x.numbers(), x.at(row), result.numbers(), result.at(row), width);
            } else {
              last = x;
              machinery.gradients.normalize(
                  added.numbers(),
                  added.at(row),
                  after.weight(),
                  after.epsilon(),
                  result.numbers(),
                  result.at(row));
            }
            machinery.kernels.add(
                result.numbers(), result.at(row), last.numbers(), last.at(row), width);
          }
        });
  }

  /// Takes the gradient of the layer's result back to its inputs, in place, and adds the pairs' own
  /// gradients.
  ///
  /// @param in what went in
  /// @param gradient `[rows, width]`, of the result on entry and of `in` on return
  /// @param below whether anything below wants the gradient; if not it is left half way
  void back(Packed pass, FloatRows in, Kept kept, FloatRows gradient, boolean below) {
    int rows = pass.rows();
    FloatRows written = throughNorm(frozen.networkNormAfter(), kept.networkOut, gradient, rows);
    normalize(frozen.networkNorm(), kept.middle, arena.normed, rows);
    network.back(arena.normed, written, arena.normedBack, kept, rows);
    addThroughNorm(frozen.networkNorm(), kept.middle, arena.normedBack, gradient, rows);

    written = throughNorm(frozen.attentionNormAfter(), kept.attentionOut, gradient, rows);
    Learning output = new Learning(projections.output, written);
    AdaptedLinear.back(machinery, rows, arena.attendedBack, false, output);
    AdaptedLinear.learn(machinery, kept.attended, rows, output);
    attentionBack(pass, kept);
    normalize(frozen.attentionNorm(), in, arena.normed, rows);
    Learning[] three = {
      new Learning(projections.query, arena.queriesBack),
      new Learning(projections.key, arena.keysBack),
      new Learning(projections.value, arena.valuesBack)
    };
    AdaptedLinear.back(machinery, rows, below ? arena.normedBack : null, false, three);
    AdaptedLinear.learn(machinery, arena.normed, rows, three);
    if (below) {
      addThroughNorm(frozen.attentionNorm(), in, arena.normedBack, gradient, rows);
    }
  }

  /// The gradient of what was written, from that of the sum it went into.
  private FloatRows throughNorm(
      @Nullable RmsNorm after, @Nullable FloatRows written, FloatRows gradient, int rows) {
    if (after == null || written == null) {
      return gradient;
    }
    // What is added now is at hand only here: the array between the layers serves for both.
    System.arraycopy(
        gradient.numbers(),
        gradient.start(),
        arena.normedBack.numbers(),
        arena.normedBack.start(),
        rows * width);
    machinery.clear(arena.added, rows);
    addThroughNorm(after, written, arena.normedBack, arena.added, rows);
    return arena.added;
  }

  /// Adds to `dx` the gradient of `x` from that of its norm, which is changed.
  private void addThroughNorm(RmsNorm norm, FloatRows x, FloatRows dy, FloatRows dx, int rows) {
    machinery.eachRows(
        rows,
        (from, to, worker) -> {
          for (int row = from; row < to; row++) {
            machinery.gradients.normalizeBack(
                x.numbers(),
                x.at(row),
                norm.weight(),
                norm.epsilon(),
                dy.numbers(),
                dy.at(row),
                dx.numbers(),
                dx.at(row));
          }
        });
  }

  private void attentionBack(Packed pass, Kept kept) {
    Heads back = new Heads(arena.queriesBack, arena.keysBack, arena.valuesBack);
    attention.back(
        pass,
        new Heads(kept.queries, kept.keys, kept.values),
        kept.attended,
        kept.logSums,
        arena.attendedBack,
        arena.along,
        back);
    machinery.workers.run(
        pass.sequences(),
        (sequence, worker) -> {
          for (int row = pass.starts()[sequence]; row < pass.starts()[sequence + 1]; row++) {
            turnBack(row, row - pass.starts()[sequence], kept, worker);
          }
        });
  }

  private void turnBack(int row, int position, Kept kept, int worker) {
    rotateBack(arena.queriesBack, row, attention.heads(), position);
    rotateBack(arena.keysBack, row, attention.kvHeads(), position);
    HeadNorms norms = frozen.attention().norms();
    if (norms != null) {
      headNormsBack(
          norms.query(),
          orElse(kept.rawQueries, kept.queries),
          arena.queriesBack,
          row,
          attention.heads(),
          worker);
      headNormsBack(
          norms.key(),
          orElse(kept.rawKeys, kept.keys),
          arena.keysBack,
          row,
          attention.kvHeads(),
          worker);
    }
  }

  private void rotateBack(FloatRows x, int row, int heads, int position) {
    int size = attention.headSize();
    rotary.rotateBack(machinery.kernels, x.numbers(), x.at(row), heads, size, position);
  }

  private void headNormsBack(
      RmsNorm norm, FloatRows x, FloatRows gradient, int row, int heads, int worker) {
    int size = norm.weight().length;
    float[] scratch = machinery.scratch(worker, size);
    for (int i = 0; i < heads; i++) {
      int from = x.at(row) + i * size;
      int to = gradient.at(row) + i * size;
      System.arraycopy(gradient.numbers(), to, scratch, 0, size);
      Arrays.fill(gradient.numbers(), to, to + size, 0);
      machinery.gradients.normalizeBack(
          x.numbers(), from, norm.weight(), norm.epsilon(), scratch, 0, gradient.numbers(), to);
    }
  }
}
