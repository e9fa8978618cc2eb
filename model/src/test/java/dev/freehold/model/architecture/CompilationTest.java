package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a model answers does not depend on how far the virtual machine has come with compiling it:
/// a process that has just started and one that has run for long agree to the last bit.
class CompilationTest {

  private static final int TOKENS = 8;

  /// What differs in its loops: sums, windows, norms, delta nets, experts, latent attention, types.
  private static final Set<String> MODELS =
      Set.of(
          "tiny-f32",
          "tiny-f32-wide-heads",
          "tiny-bf16",
          "tiny-q4_1",
          "tiny-q8_0",
          "tiny-every-type",
          "tiny-gemma2",
          "tiny-gpt-oss",
          "tiny-deepseek-v3",
          "tiny-qwen3next",
          "tiny-lfm2");

  /// Says a hash of each model's logits, computed so many times; or that two times differed.
  public static void main(String[] arguments) {
    int times = Integer.parseInt(arguments[0]);
    for (Golden golden : Golden.all()) {
      if (MODELS.contains(golden.name())) {
        int[] tokens = Arrays.copyOf(golden.prefill(), TOKENS);
        ModelConfiguration configuration = ModelConfiguration.standard().withThreads(1);
        try (LanguageModel model = Models.open(golden.model(), configuration)) {
          int first = hash(model, tokens);
          int last = first;
          for (int i = 1; i < times && last == first; i++) {
            last = hash(model, tokens);
          }
          System.out.printf("%s %s%n", golden.name(), last == first ? first : "parts from itself");
        }
      }
    }
  }

  /// Of the whole text at once, and of two more tokens after it.
  private static int hash(LanguageModel model, int[] tokens) {
    try (SequenceState state = model.newSequence()) {
      int hash = 0;
      Logits logits = model.step(Batch.of(state, tokens, Batch.Outputs.ALL));
      for (int row = 0; row < tokens.length; row++) {
        hash = 31 * hash + Arrays.hashCode(logits.row(0, row));
      }
      for (int token : List.of(tokens[0], tokens[1])) {
        Logits next = model.step(Batch.of(state, new int[] {token}, Batch.Outputs.LAST));
        hash = 31 * hash + Arrays.hashCode(next.last(0));
      }
      return hash;
    }
  }

  private static List<String> said(int times, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-Xmx256m",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path")
                + File.pathSeparator
                + System.getProperty("jdk.module.path", ""),
            CompilationTest.class.getName(),
            Integer.toString(times)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    }
    assertThat(process.waitFor()).isZero();
    return lines;
  }

  @Test
  void aProcessThatHasJustStartedAndOneThatHasRunForLongAgreeToTheLastBit() throws Exception {
    // The first compiler takes vectors apart as the interpreter does, and is a hundred times
    // faster.
    List<String> started = said(1, "-XX:TieredStopAtLevel=1");
    assertThat(started).hasSize(MODELS.size());
    assertThat(said(200)).isEqualTo(started);
  }
}
