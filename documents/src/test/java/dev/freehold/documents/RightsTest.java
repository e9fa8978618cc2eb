package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RightsTest {

  private static final Principal ADMINISTRATOR =
      new Principal("root", "Root", Set.of(Principal.ADMINISTRATORS));

  @TempDir Path folder;

  private static String words(Random random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("word").append(random.nextInt(300)).append(i % 12 == 11 ? ". " : " ");
    }
    return text.toString();
  }

  @Test
  void whatOneMayNotReadChangesNoAnswerNotEvenItsScores() throws InterruptedException {
    var random = new Random(42);
    try (var with = Shelf.open(folder.resolve("with"), new HashedWords());
        var without = Shelf.open(folder.resolve("without"), new HashedWords())) {
      Collection open1 = with.library.createCollection(Shelf.ANNA, "open");
      Collection open2 = without.library.createCollection(Shelf.ANNA, "open");
      Collection secret = with.library.createCollection(Shelf.BORIS, "secret");
      for (int i = 0; i < 40; i++) {
        String text = words(random, 150);
        with.add(Shelf.ANNA, open1, "d" + i + ".md", text);
        without.add(Shelf.ANNA, open2, "d" + i + ".md", text);
        with.add(Shelf.BORIS, secret, "s" + i + ".md", "canary " + words(random, 150));
      }
      with.settle(Shelf.ANNA, open1);
      with.settle(Shelf.BORIS, secret);
      without.settle(Shelf.ANNA, open2);
      for (int i = 0; i < 300; i++) {
        String question = "canary " + words(random, 1 + random.nextInt(6));
        List<Passage> one = asked(with, question);
        List<Passage> other = asked(without, question);
        assertThat(told(one)).as(question).isEqualTo(told(other));
        for (int rank = 0; rank < one.size(); rank++) {
          // Lucene rounds sums by the segments it happened to cut, here one bit of a float.
          assertThat(one.get(rank).score()).isCloseTo(other.get(rank).score(), within(1e-6));
        }
      }
      assertThat(with.library.search(Shelf.BORIS, "canary", Set.of(), 5)).isNotEmpty();
    }
  }

  private static List<Passage> asked(Shelf shelf, String question) {
    return shelf.library.search(Shelf.ANNA, question, Set.of(), 20);
  }

  private static List<String> told(List<Passage> passages) {
    return passages.stream()
        .map(p -> p.documentName() + p.page() + p.heading() + p.text())
        .toList();
  }

  @Test
  void unknownAndForbiddenLookTheSameOnEveryRoad() throws InterruptedException {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection secret = shelf.library.createCollection(Shelf.BORIS, "secret");
      Document document = shelf.read(Shelf.BORIS, secret, "pay.md", "The canary sings at noon.");
      Passage passage = shelf.library.search(Shelf.BORIS, "canary", Set.of(), 1).getFirst();
      for (Principal stranger : List.of(Shelf.ANNA, ADMINISTRATOR)) {
        Library library = shelf.library;
        assertThat(library.collections(stranger)).isEmpty();
        assertThat(library.search(stranger, "canary noon", Set.of(), 9)).isEmpty();
        same(secret.id(), id -> library.collection(stranger, id));
        same(secret.id(), id -> library.documents(stranger, id));
        same(secret.id(), id -> library.renameCollection(stranger, id, "mine"));
        same(secret.id(), id -> library.share(stranger, id, Set.of()));
        same(secret.id(), id -> library.events(stranger, id));
        same(secret.id(), id -> library.await(stranger, id, Duration.ofSeconds(1)));
        same(secret.id(), id -> library.search(stranger, "canary", Set.of(id), 3));
        same(secret.id(), id -> library.sync(stranger, id, folder));
        same(
            secret.id(),
            id -> library.add(stranger, id, "x", new ByteArrayInputStream(new byte[1])));
        same(
            secret.id(),
            id -> {
              library.deleteCollection(stranger, id);
              return id;
            });
        same(document.id(), id -> library.document(stranger, id));
        same(document.id(), id -> library.blocks(stranger, id));
        same(document.id(), id -> library.original(stranger, id));
        same(
            document.id(),
            id -> {
              library.delete(stranger, id);
              return id;
            });
        same(passage.id(), id -> library.passage(stranger, id));
      }
      assertThat(shelf.library.document(Shelf.BORIS, document.id()).passages()).isEqualTo(1);
    }
  }

  private interface Road {
    Object take(String id) throws Exception;
  }

  private static void same(String id, Road road) {
    String unknown = "0".repeat(24) + (id.contains(".") ? ".0" : "");
    String forbidden = said(() -> road.take(id)).replace(id, "ID");
    String missing = said(() -> road.take(unknown)).replace(unknown, "ID");
    assertThat(forbidden).isEqualTo(missing).contains("ID");
  }

  private static String said(Callable<Object> call) {
    try {
      call.call();
    } catch (NotFound e) {
      return e.getMessage();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("It was allowed.");
  }

  @Test
  void aRightTakenAwayIsGoneWithTheNextQuestionAndTheRunningSubscription()
      throws InterruptedException {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection shared = shelf.library.createCollection(Shelf.BORIS, "shared");
      shelf.read(Shelf.BORIS, shared, "a.md", "The canary sings at noon.");
      shelf.library.share(Shelf.BORIS, shared.id(), Set.of(new Reader.Group("staff")));
      assertThat(shelf.library.search(Shelf.ANNA, "canary", Set.of(), 3)).hasSize(1);
      assertThat(shelf.library.collections(Shelf.ANNA))
          .extracting(Collection::mayWrite)
          .containsExactly(false);
      try (DocumentEvents events = shelf.library.events(Shelf.ANNA, shared.id())) {
        shelf.library.share(Shelf.BORIS, shared.id(), Set.of());
        assertThat(shelf.library.search(Shelf.ANNA, "canary", Set.of(), 3)).isEmpty();
        assertThatThrownBy(() -> events.poll(Duration.ofMillis(10))).isInstanceOf(NotFound.class);
      }
      assertThat(shelf.library.search(Shelf.BORIS, "canary", Set.of(), 3)).hasSize(1);
    }
  }

  @Test
  void aPersonIsNoGroupOfTheSameName() {
    assertThat(new Reader.Group("anna").includes(Shelf.ANNA)).isFalse();
    assertThat(new Reader.Person("staff").includes(Shelf.ANNA)).isFalse();
    assertThat(Reader.parse("group:staff").includes(Shelf.ANNA)).isTrue();
  }

  @Test
  void readersOfACollectionMayNotWriteIt() {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection shared = shelf.library.createCollection(Shelf.BORIS, "shared");
      shelf.library.share(Shelf.BORIS, shared.id(), Set.of(new Reader.Group("staff")));
      assertThatThrownBy(() -> shelf.add(Shelf.ANNA, shared, "x.md", "x"))
          .isInstanceOf(NotFound.class);
      assertThatThrownBy(() -> shelf.library.deleteCollection(Shelf.ANNA, shared.id()))
          .isInstanceOf(NotFound.class);
    }
  }
}
