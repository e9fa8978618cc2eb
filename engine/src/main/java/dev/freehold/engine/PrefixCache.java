package dev.freehold.engine;

import dev.freehold.model.FittedAdapter;
import dev.freehold.model.SequenceState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the model remembers of finished requests, the one used last first: a new prompt that begins
/// as one of them did need not be read again from its start.
///
/// Nothing passes from one scope to another, nor from one choice of adapters to another: what was
/// remembered under an adapter is of use under it alone. Owned by the engine's thread.
final class PrefixCache {

  private static final int MOST = 64;

  /// Within which states are shared.
  ///
  /// @param asker who may learn from timing what was asked
  /// @param adapters what was on top of the model, by identity, with its scales
  record Scope(String asker, List<FittedAdapter.Use> adapters) {
    Scope {
      adapters = List.copyOf(adapters);
    }
  }

  private record Entry(Scope scope, int[] tokens, SequenceState state) {}

  private final List<Entry> entries = new ArrayList<>();

  /// A state that begins with the longest beginning of `tokens` that is known in the scope and to
  /// which a state can be cut, but never all of them, since the model must read one to answer; or
  /// null.
  @Nullable SequenceState longest(Scope scope, int[] tokens) {
    Entry best = null;
    int length = 0;
    for (Entry entry : entries) {
      if (entry.scope.equals(scope)) {
        int common = Math.min(common(entry.tokens, tokens), tokens.length - 1);
        common = entry.state.reachable(common);
        if (common > length) {
          best = entry;
          length = common;
        }
      }
    }
    if (best == null) {
      return null;
    }
    entries.remove(best);
    entries.addFirst(best);
    return best.state.fork(length);
  }

  private static int common(int[] a, int[] b) {
    int mismatch = java.util.Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  /// Keeps a state; earlier ones that it contains go.
  void keep(Scope scope, int[] tokens, SequenceState state) {
    Iterator<Entry> all = entries.iterator();
    while (all.hasNext()) {
      Entry entry = all.next();
      if (entry.scope.equals(scope)
          && entry.tokens.length <= tokens.length
          && common(entry.tokens, tokens) == entry.tokens.length) {
        entry.state.close();
        all.remove();
      }
    }
    entries.addFirst(new Entry(scope, tokens, state));
    while (entries.size() > MOST) {
      dropOldest();
    }
  }

  /// Frees what is of scopes of an owner.
  void forget(String owner) {
    entries.removeIf(entry -> {
      boolean its = SavedPrompts.owner(entry.scope.asker).equals(owner);
      if (its) {
        entry.state.close();
      }
      return its;
    });
  }

  /// Frees the entry used longest ago.
  ///
  /// @return whether there was one
  boolean dropOldest() {
    if (entries.isEmpty()) {
      return false;
    }
    entries.removeLast().state.close();
    return true;
  }

  /// Bytes held, those that entries share counted for each.
  long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.state.bytes();
    }
    return bytes;
  }
}
