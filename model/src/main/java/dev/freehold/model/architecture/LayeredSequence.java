package dev.freehold.model.architecture;

import dev.freehold.model.SequenceState;
import dev.freehold.model.StateNumbers;
import dev.freehold.model.layer.LayerState;
import java.util.ArrayList;
import java.util.List;

/// A sequence as one state for each layer of its model.
final class LayeredSequence implements SequenceState {

  private final Transformer.Network network;
  private final List<LayerState> states;
  private int length;
  private boolean closed;

  LayeredSequence(Transformer.Network network, List<LayerState> states, int length) {
    this.network = network;
    this.states = states;
    this.length = length;
  }

  boolean belongsTo(Transformer.Network model) {
    return network.equals(model) && !closed;
  }

  List<LayerState> states() {
    return states;
  }

  /// Makes room for `tokens` more tokens.
  void reserve(int tokens) {
    states.forEach(state -> state.reserve(length + tokens));
  }

  /// Counts tokens whose states are written.
  void advance(int tokens) {
    length += tokens;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void truncate(int newLength) {
    requireReachable(newLength);
    states.forEach(state -> state.truncate(newLength));
    length = newLength;
  }

  @Override
  public SequenceState fork(int newLength) {
    requireReachable(newLength);
    List<LayerState> forked = new ArrayList<>();
    states.forEach(state -> forked.add(state.fork(newLength)));
    return new LayeredSequence(network, forked, newLength);
  }

  @Override
  public int reachable(int newLength) {
    check(newLength);
    int reached = newLength;
    for (int i = 0; i < states.size(); i++) {
      int nearer = states.get(i).reachable(reached, length);
      if (nearer < reached) {
        // What this layer can be cut to, those before may not be.
        reached = nearer;
        i = -1;
      }
    }
    return reached;
  }

  @Override
  public void shrink() {
    states.forEach(state -> state.shrink(length));
  }

  @Override
  public long bytes() {
    return states.stream().mapToLong(LayerState::bytes).sum();
  }

  @Override
  public long growth(int tokens) {
    return states.stream().mapToLong(state -> state.growth(length + tokens)).sum();
  }

  @Override
  public long bytes(int tokens) {
    return states.stream().mapToLong(state -> state.bytes(tokens)).sum();
  }

  @Override
  public void transfer(int all, StateNumbers numbers) {
    if (closed || all < 1 || (length != 0 && length != all)) {
      throw new IllegalArgumentException("%d tokens of a sequence of %d".formatted(all, length));
    }
    if (length == 0) {
      reserve(all);
    }
    states.forEach(state -> state.transfer(numbers));
    length = all;
  }

  @Override
  public void close() {
    closed = true;
    states.forEach(state -> state.truncate(0));
    length = 0;
  }

  private void check(int newLength) {
    if (newLength < 0 || newLength > length || closed) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens has no first %d".formatted(length, newLength));
    }
  }

  private void requireReachable(int newLength) {
    if (reachable(newLength) != newLength) {
      throw new IllegalArgumentException(
          "what lies behind the first %d of %d tokens was let go".formatted(newLength, length));
    }
  }
}
