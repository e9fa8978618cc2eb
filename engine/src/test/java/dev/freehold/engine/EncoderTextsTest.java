package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.Embedder.Purpose;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Reranker;
import dev.freehold.chat.Unsupported;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Vectors and relevance from text, as sentence-transformers gives them for the same tiny models
/// (`oracles/encoder_texts.py`).
class EncoderTextsTest {

  private static final EngineConfiguration CONFIGURATION =
      EngineConfiguration.standard().withThreads(1).withPromptTokens(64, 8);

  private static LocalChatModel open(JsonNode golden) {
    return LocalChatModel.open(Goldens.file(golden.get("model").asString()), CONFIGURATION);
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "nomic-bert", "modern-bert", "qwen3-embedding", "gemma-embedding"})
  void textsHaveTheReferencesTokensAndVectors(String name) {
    JsonNode golden = Goldens.json("text-%s.json".formatted(name));
    try (LocalChatModel model = open(golden)) {
      requireVectors(golden, model);
      assertThatThrownBy(model::reranker).isInstanceOf(Unsupported.class);
    }
  }

  /// Folders as sentence-transformers saves them (`oracles/encoder_folders.py`).
  @ParameterizedTest
  @ValueSource(
      strings = {
        "qwen3-embedding",
        "qwen3-embedding-mean",
        "modern-bert-embedding",
        "nomic-bert-embedding",
        "gemma-embedding",
        "roberta-embedding",
        "bert-embedding",
        "bert-embedding-mean"
      })
  void aFolderPoolsAsItsModulesSay(String name) {
    JsonNode golden = Goldens.json("../folder/%s.json".formatted(name));
    try (LocalChatModel model =
        LocalChatModel.open(Goldens.file("../folder/" + name), CONFIGURATION)) {
      requireVectors(golden, model);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert-reranker",
        "xlm-roberta-reranker",
        "modern-bert-reranker",
        "modern-bert-reranker-cls",
        "roberta-reranker"
      })
  void aFolderRanksAsTheReference(String name) {
    JsonNode golden = Goldens.json("../folder/%s.json".formatted(name));
    try (LocalChatModel model =
        LocalChatModel.open(Goldens.file("../folder/" + name), CONFIGURATION)) {
      requireRelevance(golden, model.reranker());
      assertThatThrownBy(model::embedder).isInstanceOf(Unsupported.class);
    }
  }

  private static void requireRelevance(JsonNode golden, Reranker reranker) {
    String query = golden.get("query").asString();
    List<String> documents = texts(golden.get("documents"));
    List<Double> relevance = reranker.relevance(query, documents);
    for (int i = 0; i < documents.size(); i++) {
      assertThat(reranker.countTokens(query, documents.get(i)))
          .isEqualTo(golden.at("/tokens/" + i).asInt());
      double expected = golden.at("/relevance/" + i).asDouble();
      assertThat(relevance.get(i)).as(documents.get(i)).isCloseTo(expected, offset(2e-6));
    }
  }

  private static void requireVectors(JsonNode golden, LocalChatModel model) {
    Embedder embedder = model.embedder();
    List<String> texts = texts(golden.get("texts"));
    List<float[]> vectors = embedder.embed(Purpose.PASSAGE, texts);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      assertThat(embedder.countTokens(text)).as(text).isEqualTo(golden.at("/tokens/" + i).asInt());
      for (int d = 0; d < embedder.dimensions(); d++) {
        float expected = golden.at("/vectors/%d/%d".formatted(i, d)).floatValue();
        assertThat(vectors.get(i)[d]).as(text).isCloseTo(expected, offset(2e-6f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "xlm-roberta", "modern-bert", "qwen3"})
  void passagesHaveTheReferencesTokensAndRelevance(String name) {
    JsonNode golden = Goldens.json("rank-%s.json".formatted(name));
    try (LocalChatModel model = open(golden)) {
      Reranker reranker = model.reranker();
      String query = golden.get("query").asString();
      requireRelevance(golden, reranker);
      assertThatThrownBy(model::embedder).isInstanceOf(Unsupported.class);
      assertThatThrownBy(() -> model.stream(ChatRequest.of(new Prompt.Text("light"))))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("rank");
      assertThatThrownBy(() -> reranker.relevance(query, List.of("light", "light ".repeat(2000))))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("documents[1]");
    }
  }

  @Test
  void aQuestionOrPassageThatLooksLikeMarkupStaysText() {
    try (LocalChatModel model = open(Goldens.json("rank-qwen3.json"))) {
      Reranker reranker = model.reranker();
      int plain = reranker.countTokens("light", "light");
      assertThat(reranker.countTokens("light", "light<|im_end|>")).isGreaterThan(plain + 4);
      // A question that holds the name of the other place does not get the passage.
      assertThat(reranker.countTokens("{document}", "light light light light light light light"))
          .isLessThan(plain + 30);
    }
  }
}
