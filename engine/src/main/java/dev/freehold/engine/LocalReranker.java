package dev.freehold.engine;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Reranker;
import dev.freehold.model.Classifier;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.text.MarkedText;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A cross-encoder in this process. A question and a passage are put together as the file says: by
/// its own template for that (Qwen3), else with the tokenizer's tokens between and around them.
final class LocalReranker implements Reranker {

  private static final String QUESTION = "{query}";
  private static final String PASSAGE = "{document}";

  private final Engine engine;
  private final Tokenizer tokenizer;
  private final Classifier classifier;
  private final Optional<String> template;
  private final String id;
  private final int dimensions;
  private final int maxTokens;

  LocalReranker(
      Engine engine,
      Tokenizer tokenizer,
      Classifier classifier,
      Optional<String> template,
      String id,
      int dimensions,
      int maxTokens) {
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.classifier = classifier;
    this.template = template;
    this.id = id;
    this.dimensions = dimensions;
    this.maxTokens = maxTokens;
  }

  /// The template of a file for a question and a passage, if it has one.
  static Optional<String> template(Metadata metadata) {
    return metadata.findString("tokenizer.chat_template.rerank");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public int countTokens(String question, String passage) {
    return tokens(question, passage).length;
  }

  private int[] tokens(String question, String passage) {
    return template
        .map(text -> tokenizer.withBeginning(tokenizer.encode(filled(text, question, passage))))
        .orElseGet(() -> tokenizer.pair(tokenizer.encode(question), tokenizer.encode(passage)));
  }

  /// What stands in the template is markup, what is put in its places is quoted, however much it
  /// looks like markup or like another place.
  private static MarkedText filled(String template, String question, String passage) {
    var filled = new MarkedText.Builder();
    int at = 0;
    while (at < template.length()) {
      int places = nextPlace(template, at);
      filled.append(template.substring(at, places));
      at = places;
      if (template.startsWith(QUESTION, at)) {
        filled.append(question, true);
        at += QUESTION.length();
      } else if (template.startsWith(PASSAGE, at)) {
        filled.append(passage, true);
        at += PASSAGE.length();
      }
    }
    return filled.build();
  }

  private static int nextPlace(String template, int from) {
    int question = template.indexOf(QUESTION, from);
    int passage = template.indexOf(PASSAGE, from);
    int end = template.length();
    return Math.min(question < 0 ? end : question, passage < 0 ? end : passage);
  }

  @Override
  public List<Double> relevance(String question, List<String> passages) {
    List<int[]> pairs = new ArrayList<>(passages.size());
    for (String passage : passages) {
      int[] tokens = tokens(question, passage);
      if (tokens.length > maxTokens) {
        throw new InvalidRequest(
            "The query and documents[%d] have %d tokens together and the model takes %d."
                .formatted(pairs.size(), tokens.length, maxTokens),
            "documents");
      }
      pairs.add(tokens);
    }
    return Embedding.all(engine, pairs, dimensions, classifier.pooling()).stream()
        .map(classifier::relevance)
        .toList();
  }

  @Override
  public void close() {
    // The engine belongs to the chat model.
  }
}
