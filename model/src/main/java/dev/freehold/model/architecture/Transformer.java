package dev.freehold.model.architecture;

import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.model.Batch;
import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.Classifier;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.SequenceState;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.layer.Adapted;
import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Workspace;
import dev.freehold.tensor.Kernels;
import dev.freehold.tensor.Workers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// Runs a transformer over batches: checks them, cuts them into passes, gathers the rows that
/// results are wanted of. What the pass itself is, the [Network] says.
public final class Transformer implements LanguageModel {

  /// What an architecture is once its file is read.
  public interface Network {
    /// The shape of the model.
    ModelParameters parameters();

    /// An empty state for each layer.
    List<LayerState> newStates();

    /// Looks up the embeddings of `rows` and takes them through all layers; the results go to
    /// `hidden`, `[rows, embeddingLength]`.
    void pass(Rows rows, float[] hidden, Workspace workspace);

    /// Applies the final normalisation to `hidden`, `[rows, embeddingLength]`, in place.
    void normalize(float[] hidden, int rows, Workspace workspace);

    /// Logits of hidden states that were normalised, `[rows, vocabularySize]`.
    ///
    /// @throws dev.freehold.chat.Unsupported where the model has none
    float[] logits(float[] hidden, int rows, Workspace workspace);
  }

  // Rows of logits computed together: enough to use the weights well, few enough to stay small.
  private static final int HEAD_ROWS = 64;

  private final Network network;
  private final Optional<Classifier> classifier;
  private final Workers workers;
  private final Workspace workspace;
  private final int rowsPerPass;
  private final Function<Adapter, FittedAdapter> adapters;
  private final Predicate<FittedAdapter> own;

  /// @param read the model
  /// @param workers its threads, closed with it
  /// @param configuration how it is run
  /// @param weights what it was read from
  public Transformer(
      Architectures.Read read, Workers workers, ModelConfiguration configuration, Weights weights) {
    this.network = read.network();
    this.classifier = read.classifier();
    this.adapters = weights.adapters(network.parameters().architecture());
    this.own = weights.own();
    this.workers = workers;
    this.workspace = new Workspace(workers, Kernels.create());
    this.rowsPerPass = configuration.rowsPerPass();
  }

  @Override
  public ModelParameters parameters() {
    return network.parameters();
  }

  @Override
  public Optional<Classifier> classifier() {
    return classifier;
  }

  @Override
  public SequenceState newSequence() {
    return new LayeredSequence(network, network.newStates(), 0);
  }

  @Override
  public Logits step(Batch batch) {
    List<LayeredSequence> sequences = check(batch);
    int total = batch.entries().stream().mapToInt(entry -> entry.tokens().length).sum();
    float[][][] results = new float[sequences.size()][][];
    for (int e = 0; e < results.length; e++) {
      results[e] = new float[wanted(batch.entries().get(e))][];
      sequences.get(e).reserve(batch.entries().get(e).tokens().length);
    }
    int from = 0;
    while (from < total) {
      int to = end(batch, from, Math.min(total, from + rowsPerPass));
      pass(batch, sequences, from, to, results);
      from = to;
    }
    for (int e = 0; e < results.length; e++) {
      sequences.get(e).advance(batch.entries().get(e).tokens().length);
    }
    return new Logits(results);
  }

  @Override
  public FittedAdapter fit(Adapter adapter) {
    return adapters.apply(adapter);
  }

  @Override
  public void close() {
    workers.close();
  }

  private List<LayeredSequence> check(Batch batch) {
    List<LayeredSequence> sequences = new ArrayList<>();
    Set<SequenceState> seen = new HashSet<>();
    int limit = parameters().contextLength();
    for (Batch.Entry entry : batch.entries()) {
      if (!(entry.sequence() instanceof LayeredSequence sequence) || !sequence.belongsTo(network)) {
        throw new IllegalArgumentException("a sequence of another model, or a closed one");
      }
      if (!seen.add(sequence)) {
        throw new IllegalArgumentException("a sequence occurs twice in a batch");
      }
      if (parameters().wholeTexts() && sequence.length() > 0) {
        throw new IllegalArgumentException("an encoder reads a text in one step");
      }
      for (int token : entry.tokens()) {
        if (token < 0 || token >= parameters().vocabularySize()) {
          throw new IllegalArgumentException(
              "token %d is not among %d".formatted(token, parameters().vocabularySize()));
        }
      }
      if (!entry.adapters().stream().map(FittedAdapter.Use::adapter).allMatch(own)) {
        throw new IllegalArgumentException("an adapter of another model");
      }
      if (entry.tokens().length > limit - sequence.length()) {
        throw new ContextLengthExceeded(sequence.length() + entry.tokens().length, limit);
      }
      sequences.add(sequence);
    }
    return sequences;
  }

  /// Where the pass that begins at row `from` ends: at `to`, or where that would cut a text that
  /// must be read whole, before that text, or after it if it is the first.
  private int end(Batch batch, int from, int to) {
    if (!parameters().wholeTexts()) {
      return to;
    }
    int start = 0;
    int end = from;
    for (Batch.Entry entry : batch.entries()) {
      start += entry.tokens().length;
      if (start > from && (start <= to || end == from)) {
        end = start;
      }
    }
    return end;
  }

  private static int wanted(Batch.Entry entry) {
    return switch (entry.outputs()) {
      case NONE -> 0;
      case LAST -> 1;
      case ALL, HIDDEN -> entry.tokens().length;
    };
  }

  /// A row whose result is wanted: where it is in the pass, where the result goes, and what is on
  /// top of the model for it.
  private record Wanted(int row, float[][] target, int index, List<FittedAdapter.Use> adapters) {}

  /// Takes rows `from` to `to − 1` of the batch through the model.
  private void pass(
      Batch batch, List<LayeredSequence> sequences, int from, int to, float[][][] results) {
    int[] tokens = new int[to - from];
    Adapted.Groups adapted = new Adapted.Groups();
    List<Stretch> stretches = new ArrayList<>();
    List<Wanted> logits = new ArrayList<>();
    List<Wanted> states = new ArrayList<>();
    int start = 0;
    for (int e = 0; e < sequences.size(); e++) {
      int[] all = batch.entries().get(e).tokens();
      int first = Math.max(from, start) - start;
      int last = Math.min(to, start + all.length) - start;
      if (first < last) {
        int row = start + first - from;
        System.arraycopy(all, first, tokens, row, last - first);
        LayeredSequence sequence = sequences.get(e);
        int position = sequence.length() + first;
        stretches.add(new Stretch(sequence.states(), row, last - first, position));
        Outputs outputs = batch.entries().get(e).outputs();
        List<FittedAdapter.Use> uses = batch.entries().get(e).adapters();
        adapted.add(uses, row, last - first);
        int skipped = all.length - results[e].length;
        for (int i = Math.max(first, skipped); i < last; i++) {
          Wanted wanted = new Wanted(row + i - first, results[e], i - skipped, uses);
          (outputs == Outputs.HIDDEN ? states : logits).add(wanted);
        }
      }
      start += all.length;
    }
    int width = parameters().embeddingLength();
    float[] hidden = workspace.hidden(tokens.length * width);
    workspace.adapt(adapted.all());
    network.pass(new Rows(tokens, stretches), hidden, workspace);
    gather(hidden, states, false);
    gather(hidden, logits, true);
  }

  private void gather(float[] hidden, List<Wanted> wanted, boolean head) {
    int width = parameters().embeddingLength();
    int vocabulary = parameters().vocabularySize();
    for (int from = 0; from < wanted.size(); from += HEAD_ROWS) {
      List<Wanted> some = wanted.subList(from, Math.min(wanted.size(), from + HEAD_ROWS));
      float[] gathered = new float[some.size() * width];
      Adapted.Groups adapted = new Adapted.Groups();
      for (int i = 0; i < some.size(); i++) {
        System.arraycopy(hidden, some.get(i).row * width, gathered, i * width, width);
        adapted.add(some.get(i).adapters, i, 1);
      }
      workspace.adapt(adapted.all());
      network.normalize(gathered, some.size(), workspace);
      int size = head ? vocabulary : width;
      float[] rows = head ? network.logits(gathered, some.size(), workspace) : gathered;
      for (int i = 0; i < some.size(); i++) {
        Wanted row = some.get(i);
        if (some.size() == 1) {
          row.target[row.index] = rows;
        } else {
          row.target[row.index] = new float[size];
          System.arraycopy(rows, i * size, row.target[row.index], 0, size);
        }
      }
    }
  }
}
