package dev.freehold.documents;

import dev.freehold.chat.Reranker;
import dev.freehold.documents.index.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/// Puts what was found in the order of a cross-encoder, which reads the question and a passage
/// together.
///
/// Where the question leaves no room for a passage, that one keeps what the search said of it and
/// comes after those that were read. Whether anything found has to do with the question at all
/// still follows from the search's own measures.
///
/// @param reranker the cross-encoder
record Ranking(Reranker reranker) {

  /// Passages that are read again for one question: each costs a pass over the model.
  static final int CANDIDATES = 24;

  Library.Found order(Library.Found found, String question, int limit) {
    List<Passage> read = new ArrayList<>();
    List<Passage> unread = new ArrayList<>();
    for (Passage passage : found.passages()) {
      boolean fits = reranker.countTokens(question, shown(passage)) <= reranker.maxTokens();
      (fits ? read : unread).add(passage);
    }
    List<Double> relevance =
        reranker.relevance(question, read.stream().map(Ranking::shown).toList());
    List<Passage> ordered = new ArrayList<>();
    Map<String, Hit> hits = new LinkedHashMap<>();
    IntStream.range(0, read.size())
        .boxed()
        .sorted(Comparator.comparing(relevance::get, Comparator.reverseOrder()))
        .forEach(i -> {
          Passage passage = read.get(i).scored(relevance.get(i));
          Hit hit = Objects.requireNonNull(found.hits().get(passage.id()));
          ordered.add(passage);
          hits.put(
              passage.id(), new Hit(passage.id(), passage.score(), hit.cosine(), hit.coverage()));
        });
    for (Passage passage : unread) {
      ordered.add(passage.scored(0));
      Hit hit = Objects.requireNonNull(found.hits().get(passage.id()));
      hits.put(passage.id(), new Hit(passage.id(), 0, hit.cosine(), hit.coverage()));
    }
    List<Passage> best = ordered.subList(0, Math.min(limit, ordered.size()));
    hits.keySet().retainAll(best.stream().map(Passage::id).toList());
    return new Library.Found(found.readable(), List.copyOf(best), hits);
  }

  private static String shown(Passage passage) {
    String heading = passage.heading();
    return heading == null ? passage.text() : heading + "\n" + passage.text();
  }
}
