package dev.freehold.engine;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.Batch;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/// What a change of its weights did to a model: perplexity before and after, and how far what the
/// changed one says lies from what the original says, token by token on the same text. Windows and
/// scored tokens are those of [Perplexity].
public final class Divergence {

  // Rows of logits of both models that are held at once.
  private static final int ROWS = 32;

  private Divergence() {}

  /// What was found.
  ///
  /// @param scored tokens scored
  /// @param before perplexity of the original
  /// @param after perplexity of the changed one
  /// @param mean mean Kullback–Leibler divergence of the changed from the original, in nats
  /// @param median its median
  /// @param worst the hundredth part of the tokens has more than this
  /// @param sameBest share of tokens where both find the same one likeliest
  public record Result(
      int scored,
      double before,
      double after,
      double mean,
      double median,
      double worst,
      double sameBest) {}

  /// Compares two files of one model as they are. Errors are those of [#measure(Path, List, Path,
  /// EngineConfiguration, String, int, int, BiConsumer)].
  public static Result measure(
      Path original,
      Path changed,
      EngineConfiguration configuration,
      String text,
      int context,
      int mostWindows,
      BiConsumer<Integer, Integer> progress) {
    return measure(
        original, List.of(), changed, configuration, text, context, mostWindows, progress);
  }

  /// Compares two files of one model. Both are in memory together.
  ///
  /// @param adapters what is put on top of the original
  /// @param context tokens of a window
  /// @param mostWindows windows read at most
  /// @param progress told windows done and windows in all
  /// @throws InvalidRequest where the text has no window, or the two do not share a vocabulary
  public static Result measure(
      Path original,
      List<ScaledAdapter> adapters,
      Path changed,
      EngineConfiguration configuration,
      String text,
      int context,
      int mostWindows,
      BiConsumer<Integer, Integer> progress) {
    EngineConfiguration sized = configuration.withContextLength(context);
    try (ModelFile first = Models.file(original);
        ModelFile second = Models.file(changed);
        LanguageModel before = Models.open(first, sized.forModel());
        LanguageModel after = Models.open(second, sized.forModel())) {
      if (before.parameters().vocabularySize() != after.parameters().vocabularySize()) {
        throw new InvalidRequest("The two files are not of one model.", "model");
      }
      Tokenizer tokenizer = Tokenizer.read(first.metadata());
      int[] tokens = tokenizer.withBeginning(tokenizer.encode(text));
      int windows = Math.min(mostWindows, tokens.length / context);
      if (context < 4 || windows < 1) {
        throw new InvalidRequest(
            "The text has %d tokens; at least one window of %d is needed to measure."
                .formatted(tokens.length, context),
            "text");
      }
      int perWindow = context - 1 - context / 2;
      List<FittedAdapter.Use> uses = ScaledAdapter.on(before, adapters);
      Tally tally = new Tally(windows * perWindow);
      for (int window = 0; window < windows; window++) {
        int[] read = Arrays.copyOfRange(tokens, window * context, (window + 1) * context);
        if (tokenizer.vocabulary().addsBeginningOfText()) {
          read[0] = tokenizer.vocabulary().beginningOfText().orElse(read[0]);
        }
        window(before, uses, after, read, tally);
        progress.accept(window + 1, windows);
      }
      return tally.result();
    }
  }

  private static void window(
      LanguageModel before,
      List<FittedAdapter.Use> uses,
      LanguageModel after,
      int[] read,
      Tally tally) {
    int first = read.length / 2;
    try (SequenceState a = before.newSequence();
        SequenceState b = after.newSequence()) {
      int[] head = Arrays.copyOf(read, first);
      before.step(Batch.of(a, head, Batch.Outputs.NONE, uses));
      after.step(Batch.of(b, head, Batch.Outputs.NONE));
      for (int from = first; from < read.length - 1; from += ROWS) {
        int to = Math.min(read.length - 1, from + ROWS);
        int[] part = Arrays.copyOfRange(read, from, to);
        Logits one = before.step(Batch.of(a, part, Batch.Outputs.ALL, uses));
        Logits other = after.step(Batch.of(b, part, Batch.Outputs.ALL));
        for (int i = 0; i < part.length; i++) {
          tally.add(one.row(0, i), other.row(0, i), read[from + i + 1]);
        }
      }
    }
  }

  private static final class Tally {
    private final double[] divergences;
    private int scored;
    private int same;
    private double before;
    private double after;

    Tally(int most) {
      divergences = new double[most];
    }

    void add(float[] one, float[] other, int next) {
      LogProbabilities p = LogProbabilities.of(one);
      LogProbabilities q = LogProbabilities.of(other);
      double divergence = 0;
      for (int token = 0; token < one.length; token++) {
        double logP = p.of(token);
        divergence += Math.exp(logP) * (logP - q.of(token));
      }
      divergences[scored++] = Math.max(0, divergence);
      same += p.best(1)[0] == q.best(1)[0] ? 1 : 0;
      before -= p.of(next);
      after -= q.of(next);
    }

    Result result() {
      double[] sorted = Arrays.copyOf(divergences, scored);
      Arrays.sort(sorted);
      return new Result(
          scored,
          Math.exp(before / scored),
          Math.exp(after / scored),
          Arrays.stream(sorted).average().orElse(0),
          sorted[scored / 2],
          sorted[Math.min(scored - 1, scored * 99 / 100)],
          (double) same / scored);
    }
  }
}
