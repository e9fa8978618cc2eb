package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Reranker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankingTest {

  @TempDir Path folder;

  /// Prefers what the search does not: the shortest passages. Words count as tokens.
  private record Shortest(int maxTokens) implements Reranker {
    @Override
    public String id() {
      return "shortest";
    }

    @Override
    public int countTokens(String question, String passage) {
      return question.split(" ", -1).length + passage.split("\\s+", -1).length;
    }

    @Override
    public List<Double> relevance(String question, List<String> passages) {
      return passages.stream().map(passage -> 1.0 / (1 + passage.length())).toList();
    }

    @Override
    public void close() {}
  }

  @Test
  void passagesComeInTheOrderOfTheRerankerAndThoseThatDoNotFitBesideTheQuestionLast()
      throws Exception {
    try (Shelf shelf = Shelf.open(folder, Optional.of(new Shortest(60)))) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "house");
      for (String name : List.of("pumps", "valves", "pipe")) {
        shelf.add(
            Shelf.ANNA,
            collection,
            name + ".md",
            "Storage of %s: pumps may be stored. %s"
                .formatted(name, (name + " ").repeat(name.length() * 9)));
      }
      shelf.settle(Shelf.ANNA, collection);
      List<Passage> passages =
          shelf.library.search(Shelf.ANNA, "storage of pumps", Set.of(collection.id()), 3);
      assertThat(passages)
          .extracting(Passage::documentName)
          .containsExactly("pipe.md", "pumps.md", "valves.md");
      assertThat(passages.get(0).score()).isGreaterThan(passages.get(1).score());
      assertThat(passages.get(2).score()).isZero();
    }
  }
}
