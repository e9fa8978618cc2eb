package dev.freehold.model.layer;

import dev.freehold.model.StateNumbers;

/// What a layer without attention remembers of a sequence: the inputs of a short convolution that
/// later rows still reach, and the memory of a linear attention. Its size does not grow with the
/// sequence, and only its latest state exists: it can be cut to nothing or not at all.
public final class Recurrent implements LayerState {

  private final float[] window;
  private final float[] memory;

  /// @param window numbers of the convolution's last inputs
  /// @param memory numbers of the memory
  public Recurrent(int window, int memory) {
    this.window = new float[window];
    this.memory = new float[memory];
  }

  private Recurrent(Recurrent other) {
    window = other.window.clone();
    memory = other.memory.clone();
  }

  @Override
  public void reserve(int length) {
    // Its size is fixed.
  }

  @Override
  public void truncate(int length) {
    if (length == 0) {
      java.util.Arrays.fill(window, 0);
      java.util.Arrays.fill(memory, 0);
    }
  }

  @Override
  public Recurrent fork(int length) {
    return length == 0 ? new Recurrent(window.length, memory.length) : new Recurrent(this);
  }

  @Override
  public int reachable(int length, int seen) {
    return length == seen ? length : 0;
  }

  @Override
  public void shrink(int seen) {
    // All of it is asked for by the next token.
  }

  @Override
  public long bytes() {
    return (long) (window.length + memory.length) * Float.BYTES;
  }

  @Override
  public long growth(int length) {
    return 0;
  }

  @Override
  public long bytes(int length) {
    return bytes();
  }

  @Override
  public void transfer(StateNumbers numbers) {
    numbers.numbers(window);
    numbers.numbers(memory);
  }

  /// The convolution's last inputs, oldest first.
  float[] window() {
    return window;
  }

  float[] memory() {
    return memory;
  }
}
