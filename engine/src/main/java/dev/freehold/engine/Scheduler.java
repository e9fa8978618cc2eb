package dev.freehold.engine;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.SequenceState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Decides what the model's next step works on: one token for each answer under way, and a piece of
/// the prompts that wait, so that nobody stalls behind a long one.
///
/// Memory is counted before it is taken, by what the model's sequences say they need: a layer may
/// remember more than keys and values, or less. Where it does not suffice, what no token sees any
/// more goes first; then what is remembered of finished requests; then new requests wait; then the
/// youngest running one gives its memory back and is read again later. Owned by the engine's
/// thread.
final class Scheduler {

  private final LanguageModel model;
  private final EngineConfiguration configuration;
  private final long budget;
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();
  private final List<Sequence> planned = new ArrayList<>();
  private final PrefixCache cache = new PrefixCache();
  private final @Nullable PromptStore prompts;

  /// @param prompts what is saved of long prompts; null: nothing is
  Scheduler(LanguageModel model, EngineConfiguration configuration, @Nullable PromptStore prompts) {
    this.model = model;
    this.configuration = configuration;
    this.prompts = prompts;
    long longest = model.newSequence().bytes(model.parameters().contextLength());
    budget = Math.max(configuration.cacheBytes(), 2 * longest);
  }

  void add(Sequence sequence) {
    waiting.add(sequence);
  }

  /// Frees what is remembered of an owner's finished requests.
  void forget(String owner) {
    cache.forget(owner);
  }

  boolean isIdle() {
    return waiting.isEmpty() && running.isEmpty();
  }

  /// Requests that wait or run.
  int size() {
    return waiting.size() + running.size();
  }

  /// The next step's work; empty where nothing is left to do.
  List<Batch.Entry> next() {
    dropCancelled();
    admit();
    planned.clear();
    List<Batch.Entry> entries = new ArrayList<>();
    for (Sequence sequence : List.copyOf(running)) {
      if (sequence.answering() && running.contains(sequence) && fits(sequence, 1)) {
        plan(sequence, 1, entries);
      }
    }
    int left =
        planned.isEmpty()
            ? configuration.promptTokensPerStep()
            : configuration.promptTokensBesideAnswers();
    for (Sequence sequence : List.copyOf(running)) {
      int count =
          model.parameters().wholeTexts()
              ? sequence.ahead()
              : sequence.piece(Math.min(left, sequence.ahead()));
      if (!sequence.answering()
          && count > 0
          && left > 0
          && running.contains(sequence)
          && fits(sequence, count)) {
        plan(sequence, count, entries);
        left -= count;
      }
    }
    return entries;
  }

  private void plan(Sequence sequence, int count, List<Batch.Entry> entries) {
    planned.add(sequence);
    SequenceState state = Objects.requireNonNull(sequence.state());
    entries.add(
        new Batch.Entry(state, sequence.next(count), sequence.outputs(count), sequence.adapters()));
  }

  private void dropCancelled() {
    waiting.removeIf(Sequence::cancelled);
    Iterator<Sequence> all = running.iterator();
    while (all.hasNext()) {
      Sequence sequence = all.next();
      if (sequence.cancelled()) {
        sequence.forget();
        all.remove();
      }
    }
  }

  private void admit() {
    while (!waiting.isEmpty() && running.size() < configuration.running()) {
      Sequence sequence = waiting.getFirst();
      long needed = model.newSequence().bytes(sequence.length());
      if (!makeRoom(needed) && !running.isEmpty()) {
        return;
      }
      waiting.removeFirst();
      begin(sequence);
      running.add(sequence);
    }
  }

  private void begin(Sequence sequence) {
    SequenceState known = null;
    if (sequence instanceof Generation generation) {
      known = cache.longest(generation.scope(), generation.tokens());
      known = saved(generation, known);
      if (known != null) {
        generation.cached(known.length());
      }
    }
    if (sequence instanceof Scoring scoring && scoring.scope() != null) {
      known = cache.longest(scoring.scope(), scoring.before());
    }
    sequence.begin(known == null ? model.newSequence() : known);
  }

  /// What is saved of a prompt, where that is more than what is remembered. Reading it takes less
  /// than a step of reading the prompt.
  private @Nullable SequenceState saved(Generation generation, @Nullable SequenceState known) {
    if (prompts == null || !generation.adapters().isEmpty()) {
      return known;
    }
    int have = known == null ? 0 : known.length();
    SequenceState more =
        prompts.longest(generation.scope().asker(), generation.tokens(), have, model::newSequence);
    if (more == null) {
      return known;
    }
    if (known != null) {
      known.close();
    }
    return more;
  }

  /// Adapters are known by identity here, which means nothing after a restart.
  private static boolean savable(Generation generation, PromptStore prompts, int[] tokens) {
    return generation.adapters().isEmpty() && prompts.wants(generation.scope().asker(), tokens);
  }

  /// Makes room for a sequence to grow.
  ///
  /// @return whether it may; if not, it was itself the one to give way
  private boolean fits(Sequence sequence, int tokens) {
    SequenceState state = Objects.requireNonNull(sequence.state());
    long needed = state.growth(tokens);
    if (makeRoom(needed)) {
      return true;
    }
    while (used() + needed > budget && running.size() > 1) {
      Sequence youngest = running.getLast();
      if (planned.contains(youngest)) {
        // Its state is in this step already; the step after will see.
        return true;
      }
      running.removeLast();
      youngest.forget();
      waiting.addFirst(youngest);
      if (youngest == sequence) {
        return false;
      }
    }
    return true;
  }

  /// Frees what nobody is using until `needed` bytes fit.
  ///
  /// @return whether they do
  private boolean makeRoom(long needed) {
    if (used() + needed <= budget) {
      return true;
    }
    for (Sequence sequence : running) {
      SequenceState state = sequence.state();
      if (state != null) {
        state.shrink();
      }
    }
    while (used() + needed > budget) {
      if (!cache.dropOldest()) {
        return false;
      }
    }
    return true;
  }

  private long used() {
    long bytes = cache.bytes();
    for (Sequence sequence : running) {
      SequenceState state = sequence.state();
      bytes += state == null ? 0 : state.bytes();
    }
    return bytes;
  }

  /// Hands the step's results to the sequences they belong to.
  void accept(Logits logits) {
    for (int entry = 0; entry < planned.size(); entry++) {
      Sequence sequence = planned.get(entry);
      if (sequence.accept(logits, entry)) {
        running.remove(sequence);
        keep(sequence);
      }
    }
    planned.clear();
  }

  private void keep(Sequence sequence) {
    if (sequence instanceof Generation generation) {
      SequenceState state = sequence.detach();
      if (state != null) {
        int[] tokens = java.util.Arrays.copyOf(generation.tokens(), state.length());
        if (prompts != null && savable(generation, prompts, tokens)) {
          prompts.keep(generation.scope().asker(), tokens, state.fork(state.length()));
        }
        cache.keep(generation.scope(), tokens, state);
      }
    }
    if (sequence instanceof Scoring scoring && scoring.scope() != null && scoring.kept()) {
      SequenceState state = sequence.detach();
      if (state != null) {
        int[] tokens = java.util.Arrays.copyOf(scoring.tokens(), state.length());
        cache.keep(scoring.scope(), tokens, state);
      }
    }
    sequence.forget();
  }

  /// Ends everything with a failure.
  void fail(Unavailable failure) {
    waiting.forEach(sequence -> sequence.fail(failure));
    running.forEach(sequence -> sequence.fail(failure));
    waiting.clear();
    running.clear();
  }

  /// Frees all memory.
  void close() {
    running.forEach(Sequence::forget);
    while (cache.dropOldest()) {
      // Each round frees one entry.
    }
  }
}
