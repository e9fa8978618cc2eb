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
import java.util.List;
import java.util.function.Consumer;

/// How surprised a model is by a text, as llama.cpp's `perplexity` tool defines it, so that the two
/// can be laid side by side.
///
/// The text's tokens are cut into windows of `context` tokens, a rest is dropped, and each window
/// is read by itself; where the file asks for a token at the beginning of a text, it takes the
/// place of each window's first. Of each window the tokens of the second half are scored, but for
/// its first: their mean negative log-likelihood, exponentiated, is the perplexity.
public final class Perplexity {

  private Perplexity() {}

  /// What was found after so many windows.
  ///
  /// @param windows windows read
  /// @param of windows in all
  /// @param scored tokens scored
  /// @param perplexity exponential of their mean negative log-likelihood
  /// @param error standard error of the perplexity, 0 before two tokens are scored
  public record Result(int windows, int of, long scored, double perplexity, double error) {}

  /// Measures a model file as it is. Errors are those of [#measure(Path, List, EngineConfiguration,
  /// String, int, Consumer)].
  public static Result measure(
      Path file,
      EngineConfiguration configuration,
      String text,
      int context,
      Consumer<Result> progress) {
    return measure(file, List.of(), configuration, text, context, progress);
  }

  /// Measures a model file.
  ///
  /// @param adapters what is put on top of it
  /// @param context tokens of a window; llama.cpp's default is 512
  /// @param progress told after each window
  /// @throws InvalidRequest where the text has fewer tokens than two windows
  public static Result measure(
      Path file,
      List<ScaledAdapter> adapters,
      EngineConfiguration configuration,
      String text,
      int context,
      Consumer<Result> progress) {
    try (ModelFile gguf = Models.file(file)) {
      Tokenizer tokenizer = Tokenizer.read(gguf.metadata());
      try (LanguageModel model =
          Models.open(gguf, configuration.withContextLength(context).forModel())) {
        return measure(
            model, ScaledAdapter.on(model, adapters), tokenizer, text, context, progress);
      }
    }
  }

  private static Result measure(
      LanguageModel model,
      List<FittedAdapter.Use> adapters,
      Tokenizer tokenizer,
      String text,
      int context,
      Consumer<Result> progress) {
    int[] tokens = tokenizer.withBeginning(tokenizer.encode(text));
    if (context < 4 || tokens.length < 2 * context) {
      throw new InvalidRequest(
          "The text has %d tokens; at least two windows of %d are needed to measure."
              .formatted(tokens.length, context),
          "text");
    }
    int windows = tokens.length / context;
    boolean beginning = tokenizer.vocabulary().addsBeginningOfText();
    double sum = 0;
    double squares = 0;
    long scored = 0;
    Result result = new Result(0, windows, 0, 0, 0);
    for (int window = 0; window < windows; window++) {
      int[] read = java.util.Arrays.copyOfRange(tokens, window * context, (window + 1) * context);
      if (beginning) {
        read[0] = tokenizer.vocabulary().beginningOfText().orElse(read[0]);
      }
      for (double loss : losses(model, adapters, read)) {
        sum += loss;
        squares += loss * loss;
        scored++;
      }
      result = result(window + 1, windows, scored, sum, squares);
      progress.accept(result);
    }
    return result;
  }

  private static Result result(int done, int windows, long scored, double sum, double squares) {
    double mean = sum / scored;
    double variance = squares / scored - mean * mean;
    double perplexity = Math.exp(mean);
    double error = scored > 1 && variance > 0 ? Math.sqrt(variance / (scored - 1)) * perplexity : 0;
    return new Result(done, windows, scored, perplexity, error);
  }

  /// The negative log-likelihoods of a window's scored tokens.
  private static double[] losses(
      LanguageModel model, List<FittedAdapter.Use> adapters, int[] read) {
    int first = read.length / 2;
    double[] losses = new double[read.length - 1 - first];
    try (SequenceState state = model.newSequence()) {
      int[] head = java.util.Arrays.copyOf(read, first);
      model.step(Batch.of(state, head, Batch.Outputs.NONE, adapters));
      int[] tail = java.util.Arrays.copyOfRange(read, first, read.length);
      Logits logits = model.step(Batch.of(state, tail, Batch.Outputs.ALL, adapters));
      for (int i = 0; i < losses.length; i++) {
        losses[i] = -LogProbabilities.of(logits.row(0, i)).of(tail[i + 1]);
      }
    }
    return losses;
  }
}
