package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.Batch;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.Pooling;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The engine over a tiny encoder: texts are read whole, however short the pieces of prompts are.
class EncoderSchedulingTest {

  private static final EngineConfiguration CONFIGURATION =
      EngineConfiguration.standard().withThreads(1).withPromptTokens(16, 8);

  private static LanguageModel open() {
    return Models.open(
        Goldens.file("encoder-nomic-bert.gguf"), ModelConfiguration.standard().withThreads(1));
  }

  private static float[] mean(LanguageModel model, int[] text) {
    Logits hidden = model.step(Batch.of(model.newSequence(), text, Batch.Outputs.HIDDEN));
    float[] mean = new float[model.parameters().embeddingLength()];
    for (int i = 0; i < mean.length; i++) {
      for (int row = 0; row < text.length; row++) {
        mean[i] += hidden.row(0, row)[i] / text.length;
      }
    }
    return mean;
  }

  @Test
  void vectorsOfSeveralTextsAreThoseOfEachReadAlone() {
    int[] all = Goldens.tokens(Goldens.json("encoder-nomic-bert.json").get("prefill"));
    List<int[]> texts = List.of(all, new int[] {5, 9, 33}, new int[] {7});
    Engine engine = new Engine(open(), CONFIGURATION, "test");
    try (LanguageModel model = open()) {
      List<Embedding> embeddings = new ArrayList<>();
      for (int[] text : texts) {
        var embedding = new Embedding(text, model.parameters().embeddingLength(), Pooling.MEAN);
        engine.submit(embedding);
        embeddings.add(embedding);
      }
      for (int i = 0; i < texts.size(); i++) {
        assertThat(embeddings.get(i).await())
            .containsExactly(mean(model, texts.get(i)), offset(1e-5f));
      }
    } finally {
      engine.close();
    }
  }

  @Test
  void anAnswerIsRefusedByName() {
    Tokenizer tokenizer;
    try (GgufFile file = GgufFile.open(Goldens.file("tiny-f32.gguf"))) {
      tokenizer = Tokenizer.read(file.metadata());
    }
    Engine engine = new Engine(open(), CONFIGURATION, "test");
    try {
      ChatRequest request = ChatRequest.of(new Prompt.Text("x"));
      assertThatThrownBy(() ->
              engine.submit(
                  new Generation(
                      new int[] {5}, request, tokenizer, 96, AnswerFormat.PLAIN, "", false)))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("nomic-bert");
    } finally {
      engine.close();
    }
  }
}
