package dev.freehold.model.writing;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;

/// Measures [Importance] by letting a model read a text, in windows that know nothing of each
/// other, as llama.cpp's `llama-imatrix` does. Each window begins with the token that begins a text
/// where the model asks for one. As there, the head is left out: what matters of it is what all
/// tokens need. Used by one thread.
public final class ImportanceMeasure implements Models.InputWatcher {

  /// Sums of one matrix, or of each of several stacked ones.
  private record Sums(Map<Integer, double[]> squares, Map<Integer, Long> counts, int columns) {}

  private final Map<String, Sums> sums = new HashMap<>();

  private ImportanceMeasure() {}

  /// What was measured.
  ///
  /// @param importance for [ModelWriter]
  /// @param windows how many windows of text were read
  public record Result(Importance importance, int windows) {}

  /// Measures it.
  ///
  /// @param context tokens of a window
  /// @param most windows that are read at most
  /// @param progress told after each window how many are done, and of how many
  /// @throws InvalidRequest where the text is shorter than one window
  public static Result of(
      ModelFile file,
      int threads,
      String text,
      int context,
      int most,
      BiConsumer<Integer, Integer> progress) {
    ImportanceMeasure measure = new ImportanceMeasure();
    ModelConfiguration configuration =
        ModelConfiguration.standard().withThreads(threads).withContextLength(context);
    Tokenizer tokenizer = Tokenizer.read(file.metadata());
    int[] tokens = tokenizer.encode(text);
    int windows = Math.min(most, tokens.length / context);
    if (windows == 0) {
      throw new InvalidRequest(
          "The text has %d tokens, which is less than one window of %d."
              .formatted(tokens.length, context),
          "imatrix-text");
    }
    try (LanguageModel model = Models.watched(file, configuration, measure)) {
      for (int i = 0; i < windows; i++) {
        int[] window = Arrays.copyOfRange(tokens, i * context, (i + 1) * context);
        int[] begun = tokenizer.withBeginning(window);
        if (begun.length > context) {
          window[0] = begun[0];
        }
        try (SequenceState sequence = model.newSequence()) {
          model.step(Batch.of(sequence, window, Batch.Outputs.NONE));
        }
        progress.accept(i + 1, windows);
      }
    }
    return new Result(measure.importance(file), windows);
  }

  @Override
  public void saw(String tensor, int index, float[] x, int first, int tokens, int columns) {
    // Experts that have a tensor each are stacked when they are written.
    Matcher expert = ModelWriter.EXPERT.matcher(tensor);
    boolean apart = expert.matches();
    String name = apart ? ModelWriter.stacked(expert) : tensor;
    int matrix = apart ? Integer.parseInt(expert.group(2)) : index;
    Sums seen =
        sums.computeIfAbsent(name, _ -> new Sums(new HashMap<>(), new HashMap<>(), columns));
    double[] squares = seen.squares.computeIfAbsent(matrix, _ -> new double[columns]);
    for (int row = first; row < first + tokens; row++) {
      for (int i = 0; i < columns; i++) {
        double value = x[row * columns + i];
        squares[i] += value * value;
      }
    }
    seen.counts.merge(matrix, (long) tokens, Long::sum);
  }

  private Importance importance(ModelFile file) {
    String architecture = file.metadata().string("general.architecture");
    int experts = file.metadata().integer(architecture + ".expert_count", 0);
    Map<String, Importance.Inputs> inputs = new HashMap<>();
    sums.forEach((name, seen) -> {
      // Those that nothing was sent to count too.
      int matrices = name.contains("_exps.") ? experts : 1;
      float[] all = new float[matrices * seen.columns];
      float[] counts = new float[matrices];
      seen.squares.forEach((index, squares) -> {
        for (int i = 0; i < squares.length; i++) {
          all[index * seen.columns + i] = (float) squares[i];
        }
        counts[index] = (float) seen.counts.getOrDefault(index, 0L).longValue();
      });
      inputs.put(name, new Importance.Inputs(all, counts));
    });
    return new Importance(inputs);
  }
}
