package dev.freehold.training;

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
  public void forward(float[] x, float @Nullable [] y, Kept kept, int rows, boolean adapted) {
    AdaptedLinear.multiply(
        machinery, x, rows, adapted, new Asked(gate, kept.gate), new Asked(up, kept.up));
    if (y == null) {
      return;
    }
    machinery.each(
        rows * down.in(),
        AT_ONCE,
        (from, to, worker) ->
            machinery.gradients.gate(activation, kept.gate, kept.up, arena.inner, from, to - from));
    AdaptedLinear.multiply(machinery, arena.inner, rows, adapted, new Asked(down, y));
  }

  @Override
  public void back(float[] x, float[] dy, float[] dx, Kept kept, int rows) {
    down.back(dy, arena.inner, false, rows);
    machinery.each(
        rows * down.in(),
        AT_ONCE,
        (from, to, worker) ->
            machinery.gradients.gateBack(
                activation, kept.gate, kept.up, arena.inner, from, to - from));
    AdaptedLinear.learn(machinery, arena.inner, rows, new Learning(down, dy));
    gate.back(kept.gate, dx, false, rows);
    up.back(kept.up, dx, true, rows);
    AdaptedLinear.learn(
        machinery, x, rows, new Learning(gate, kept.gate), new Learning(up, kept.up));
  }
}
