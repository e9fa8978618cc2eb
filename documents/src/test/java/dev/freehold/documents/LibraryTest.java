package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {

  @TempDir Path folder;

  private static List<String> found(Shelf shelf, String question) {
    return shelf.library.search(Shelf.ANNA, question, Set.of(), 10).stream()
        .filter(passage -> passage.text().contains(question))
        .map(Passage::documentName)
        .distinct()
        .toList();
  }

  @Test
  void aDocumentIsReadFoundShownAndGoneAtOnceWhenItIsDeleted() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "house");
      String text = "# Storage\n\nPumps may be stored for twelve months.\n";
      Document document = shelf.read(Shelf.ANNA, collection, "pumps.md", text);
      assertThat(document.state()).isEqualTo(Document.State.READY);
      assertThat(document.mediaType()).endsWith("markdown");
      Passage passage =
          shelf.library.search(Shelf.ANNA, "stored months", Set.of(collection.id()), 5).getFirst();
      assertThat(passage.heading()).isEqualTo("Storage");
      assertThat(shelf.library.passage(Shelf.ANNA, passage.id()).text()).isEqualTo(passage.text());
      assertThat(shelf.library.blocks(Shelf.ANNA, document.id()).get(passage.firstBlock()).text())
          .isEqualTo("Pumps may be stored for twelve months.");
      try (var original = shelf.library.original(Shelf.ANNA, document.id()).stream()) {
        assertThat(original.readAllBytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
      }
      shelf.library.delete(Shelf.ANNA, document.id());
      assertThat(found(shelf, "stored")).isEmpty();
      assertThat(shelf.library.collection(Shelf.ANNA, collection.id()).documents()).isZero();
    }
  }

  @Test
  void theSameNameReplacesAndTheSameBytesChangeNothing() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "house");
      Document first = shelf.read(Shelf.ANNA, collection, "a.md", "The old heron stands here.");
      Document same = shelf.add(Shelf.ANNA, collection, "a.md", "The old heron stands here.");
      assertThat(same.id()).isEqualTo(first.id());
      assertThat(same.state()).isEqualTo(Document.State.READY);
      shelf.read(Shelf.ANNA, collection, "a.md", "A young stork came instead.");
      assertThat(found(shelf, "heron")).isEmpty();
      assertThat(found(shelf, "stork")).containsExactly("a.md");
      assertThat(shelf.library.documents(Shelf.ANNA, collection.id())).hasSize(1);
    }
  }

  @Test
  void twoDocumentsOfTheSameBytesShareThemAndOutliveEachOther() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "house");
      Document a = shelf.read(Shelf.ANNA, collection, "a.md", "The heron stands here.");
      Document b = shelf.read(Shelf.ANNA, collection, "b.md", "The heron stands here.");
      shelf.library.delete(Shelf.ANNA, a.id());
      try (var original = shelf.library.original(Shelf.ANNA, b.id()).stream()) {
        assertThat(original.readAllBytes()).isNotEmpty();
      }
      assertThat(found(shelf, "heron")).containsExactly("b.md");
    }
  }

  @Test
  void aSubscriberSeesADocumentBecomeReadyAndGo() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "house");
      try (DocumentEvents events = shelf.library.events(Shelf.ANNA, collection.id())) {
        Document added = shelf.add(Shelf.ANNA, collection, "a.md", "The heron stands here.");
        List<Document.State> states = new ArrayList<>();
        while (!states.contains(Document.State.READY)) {
          if (events.poll(Duration.ofSeconds(20)) instanceof DocumentEvents.Event.Changed changed) {
            states.add(changed.document().state());
          }
        }
        shelf.library.delete(Shelf.ANNA, added.id());
        DocumentEvents.Event last = null;
        while (!(last instanceof DocumentEvents.Event.Deleted)) {
          last = events.poll(Duration.ofSeconds(20));
          assertThat(last).isNotNull();
        }
        assertThat(last).isEqualTo(new DocumentEvents.Event.Deleted(added.id()));
      }
    }
  }

  @Test
  void aFolderIsFollowedAndWhatCannotBeReadIsNamed() throws Exception {
    Path papers = Files.createDirectories(folder.resolve("papers/sub"));
    Files.writeString(papers.resolve("a.md"), "The heron stands here.");
    Files.writeString(papers.resolve("b.txt"), "The stork came instead.");
    Files.createFile(papers.resolve("empty.txt"));
    Files.writeString(papers.resolve("broken.pdf"), "%PDF-1.4 nothing");
    Files.writeString(papers.resolve(".hidden"), "unseen");
    Files.createSymbolicLink(papers.resolve("link.txt"), Path.of("/etc/hostname"));
    try (var shelf = Shelf.open(folder.resolve("home"), new HashedWords())) {
      Collection collection = shelf.library.createCollection(Shelf.ANNA, "papers");
      SyncReport first = shelf.library.sync(Shelf.ANNA, collection.id(), papers.getParent());
      assertThat(first.added())
          .containsExactlyInAnyOrder("sub/a.md", "sub/b.txt", "sub/broken.pdf");
      assertThat(first.skipped())
          .extracting(SyncReport.Skipped::name)
          .containsExactlyInAnyOrder("sub/empty.txt", "sub/link.txt");
      shelf.settle(Shelf.ANNA, collection);
      Files.writeString(papers.resolve("a.md"), "The heron has flown.");
      Files.delete(papers.resolve("b.txt"));
      SyncReport second = shelf.library.sync(Shelf.ANNA, collection.id(), papers.getParent());
      assertThat(second.changed()).containsExactly("sub/a.md");
      assertThat(second.removed()).containsExactly("sub/b.txt");
      assertThat(second.unreadable()).extracting(Document::name).containsExactly("sub/broken.pdf");
      shelf.settle(Shelf.ANNA, collection);
      assertThat(found(shelf, "stork")).isEmpty();
      assertThat(found(shelf, "flown")).containsExactly("sub/a.md");
    }
  }

  @Test
  void withAnotherEmbedderTheIndexIsMadeAnew() throws Exception {
    String collection;
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      collection = house.id();
      shelf.read(Shelf.ANNA, house, "a.md", "The heron stands here.");
    }
    try (var shelf = Shelf.open(folder, new HashedWords("another"))) {
      shelf.settle(Shelf.ANNA, shelf.library.collection(Shelf.ANNA, collection));
      assertThat(found(shelf, "heron")).containsExactly("a.md");
    }
  }

  @Test
  void aDocumentThatMeetsABrokenInstallationIsNamedAndTheNextOnesAreRead() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords("hashed-words", "poison"))) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      for (int i = 0; i < 3; i++) {
        // More of them than there are workers.
        Document broken =
            shelf.read(Shelf.ANNA, house, "bad-%d.md".formatted(i), "A poison arrow.");
        assertThat(broken.state()).isEqualTo(Document.State.FAILED);
        assertThat(broken.problems().getFirst().what()).contains("NoClassDefFoundError");
      }
      assertThat(shelf.read(Shelf.ANNA, house, "a.md", "The heron stands here.").state())
          .isEqualTo(Document.State.READY);
    }
  }

  @Test
  void anIndexThatWasLostIsMadeAnew() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      shelf.read(Shelf.ANNA, house, "a.md", "The heron stands here.");
    }
    try (var files = Files.walk(folder.resolve("index"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      shelf.settle(Shelf.ANNA, shelf.library.collections(Shelf.ANNA).getFirst());
      assertThat(found(shelf, "heron")).containsExactly("a.md");
    }
  }

  @Test
  void onlyOneMayHoldAFolder() {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      assertThat(shelf.library.collections(Shelf.ANNA)).isEmpty();
      assertThatThrownBy(() -> Shelf.open(folder, new HashedWords()))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("Another Freehold");
    }
  }

  @Test
  void aStartMindsNoReaderThatThePreviousProcessLeft() throws Exception {
    Path left = folder.resolve("scratch").resolve("child-1");
    var stop = new AtomicBoolean();
    // Readers whose parent was killed live on for a moment, and write and clear where they stood.
    List<Thread> readers =
        IntStream.range(0, 2)
            .mapToObj(i ->
                Thread.ofPlatform()
                    .start(() -> {
                      while (!stop.get()) {
                        try {
                          Files.createDirectories(left);
                          Files.writeString(left.resolve("document" + i), "The heron stands here.");
                          Files.deleteIfExists(left.resolve("document" + i));
                        } catch (IOException e) {
                          // It was swept.
                        }
                      }
                    }))
            .toList();
    try {
      for (int i = 0; i < 30; i++) {
        Shelf.open(folder, new HashedWords()).close();
      }
    } finally {
      stop.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }

  @Test
  void whatIsTooLargeEmptyOrNamelessIsRefusedAndLeavesNothing() throws IOException {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      assertThatThrownBy(() -> shelf.add(Shelf.ANNA, house, "a.md", new byte[(200 << 20) + 1]))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("200 MB");
      assertThatThrownBy(() -> shelf.add(Shelf.ANNA, house, "a.md", ""))
          .isInstanceOf(InvalidRequest.class);
      assertThatThrownBy(() -> shelf.add(Shelf.ANNA, house, " ", "x"))
          .isInstanceOf(InvalidRequest.class);
      assertThatThrownBy(() -> shelf.library.createCollection(Shelf.ANNA, "house"))
          .isInstanceOf(Conflict.class);
      assertThat(shelf.library.documents(Shelf.ANNA, house.id())).isEmpty();
      try (var files = Files.walk(folder.resolve("originals"))) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }
}
