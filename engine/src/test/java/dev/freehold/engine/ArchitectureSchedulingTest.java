package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine over tiny models whose layers remember something else than all keys and values:
/// whatever it batches, reuses or takes back, the greedy tokens are those of [NaiveGeneration].
class ArchitectureSchedulingTest {

  private static final int ANSWER = 12;

  /// The tiny models have no vocabulary of their own; this one's first tokens stand in.
  private static Tokenizer tokenizer() {
    try (GgufFile file = GgufFile.open(Goldens.file("tiny-f32.gguf"))) {
      return Tokenizer.read(file.metadata());
    }
  }

  private static LanguageModel open(String name) {
    return Models.open(Goldens.file(name), ModelConfiguration.standard().withThreads(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-mistral-window.gguf",
        "tiny-gemma3.gguf",
        "tiny-gpt-oss.gguf",
        "tiny-mixtral.gguf",
        "tiny-qwen3next.gguf",
        "tiny-lfm2.gguf"
      })
  void requestsThatShareBeginningsAndDoNotFitInMemoryGiveTheTokensOfTheNaiveLoop(String name) {
    Tokenizer tokenizer = tokenizer();
    Set<Integer> ends = tokenizer.vocabulary().endsOfTurn();
    Random random = new Random(11);
    List<int[]> prompts = new ArrayList<>();
    List<List<Integer>> expected = new ArrayList<>();
    try (LanguageModel naive = open(name)) {
      int vocabulary = naive.parameters().vocabularySize();
      int[] beginning = random.ints(150, 3, vocabulary).toArray();
      for (int i = 0; i < 6; i++) {
        int shared = 20 + i * 25;
        int[] prompt = Arrays.copyOf(beginning, shared + 10);
        for (int p = shared; p < prompt.length; p++) {
          prompt[p] = 3 + random.nextInt(vocabulary - 3);
        }
        prompts.add(prompt);
        List<Integer> tokens = NaiveGeneration.greedy(naive, prompt, ANSWER, ends);
        if (ends.contains(tokens.getLast())) {
          tokens.removeLast();
        }
        expected.add(tokens);
      }
      EngineConfiguration configuration =
          EngineConfiguration.standard().withThreads(1).withCacheBytes(0).withPromptTokens(32, 16);
      Engine engine = new Engine(open(name), configuration, "test");
      try {
        // Twice: all at once, then each after the other, which finds what the first round left.
        for (boolean together : new boolean[] {true, false}) {
          List<Generation> running = new ArrayList<>();
          for (int i = 0; i < prompts.size(); i++) {
            running.add(submit(engine, prompts.get(i), tokenizer));
            if (!together) {
              drain(running.get(i));
            }
          }
          for (int i = 0; i < prompts.size(); i++) {
            if (together) {
              drain(running.get(i));
            }
            assertSame(naive, prompts.get(i), expected.get(i), running.get(i).tokens());
          }
        }
      } finally {
        engine.close();
      }
    }
  }

  private static Generation submit(Engine engine, int[] prompt, Tokenizer tokenizer) {
    ChatRequest request =
        ChatRequest.of(new Prompt.Text("")).withSampling(Sampling.GREEDY).withMaxTokens(ANSWER);
    Generation generation =
        new Generation(prompt, request, tokenizer, 256, AnswerFormat.PLAIN, "", false);
    engine.submit(generation);
    return generation;
  }

  private static void drain(Generation generation) {
    ChatEvent last = null;
    while (generation.stream().hasNext()) {
      last = generation.stream().next();
    }
    assertThat(last).isInstanceOf(ChatEvent.Finished.class);
  }

  /// Where two tokens are level to within a thousandth either may follow.
  private static void assertSame(
      LanguageModel model, int[] prompt, List<Integer> expected, int[] all) {
    List<Integer> actual = Arrays.stream(all).skip(prompt.length).boxed().toList();
    for (int same = 0; same < Math.max(expected.size(), actual.size()); same++) {
      if (same == expected.size()
          || same == actual.size()
          || !expected.get(same).equals(actual.get(same))) {
        int[] read = Arrays.copyOf(all, prompt.length + same);
        try (SequenceState state = model.newSequence()) {
          float[] logits = model.step(Batch.of(state, read, Batch.Outputs.LAST)).last(0);
          Arrays.sort(logits);
          assertThat(logits[logits.length - 1] - logits[logits.length - 2])
              .as("after %d of the tokens %s, got %s", same, expected, actual)
              .isLessThan(1e-3f);
        }
        return;
      }
    }
  }
}
