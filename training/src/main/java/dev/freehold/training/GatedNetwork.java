package dev.freehold.training;

import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.training.AdaptedLinear.Asked;
import dev.freehold.training.AdaptedLinear.Learning;
import dev.freehold.training.Arena.Kept;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A gated feed-forward network with pairs, `down(activation(gate(x)) · up(x))`, forward and back.
record GatedNetwork(
    Machinery machinery,
    Arena arena,
    AdaptedLinear gate,
    AdaptedLinear up,
    AdaptedLinear down,
    Activation activation)
    implements DecoderLayer.Network {

  // Numbers that a thread bends at once.
  private static final int AT_ONCE = 1 << 14;

  @Override
  public List<AdaptedLinear> linears() {
    return List.of(gate, up, down);
  }

  @Override
  public void forward(FloatRows x, @Nullable FloatRows y, Kept kept, int rows, boolean adapted) {
    AdaptedLinear.multiply(
        machinery, x, rows, adapted, new Asked(gate, kept.gate), new Asked(up, kept.up));
    if (y == null) {
      return;
    }
    float[] gates = kept.gate.numbers();
    float[] ups = kept.up.numbers();
    float[] inner = arena.inner.numbers();
    int begin = arena.inner.start(); // as in the others
    machinery.each(
        rows * down.in(),
        AT_ONCE,
        (from, to, worker) ->
            machinery.gradients.gate(activation, gates, ups, inner, begin + from, to - from));
    AdaptedLinear.multiply(machinery, arena.inner, rows, adapted, new Asked(down, y));
  }

  @Override
  public void back(FloatRows x, FloatRows dy, FloatRows dx, Kept kept, int rows) {
    Learning last = new Learning(down, dy);
    AdaptedLinear.back(machinery, rows, arena.inner, false, last);
    float[] gates = kept.gate.numbers();
    float[] ups = kept.up.numbers();
    float[] inner = arena.inner.numbers();
    int begin = arena.inner.start();
    machinery.each(
        rows * down.in(),
        AT_ONCE,
        (from, to, worker) ->
            machinery.gradients.gateBack(activation, gates, ups, inner, begin + from, to - from));
    AdaptedLinear.learn(machinery, arena.inner, rows, last);
    Learning[] both = {new Learning(gate, kept.gate), new Learning(up, kept.up)};
    AdaptedLinear.back(machinery, rows, dx, false, both);
    AdaptedLinear.learn(machinery, x, rows, both);
  }
}
