package dev.freehold.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever happens to one document, the next one is read.
class IngestTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir Path folder;

  /// Holds up the documents in which a word stands until they are let go.
  private static final class HeldUp extends HashedWords {
    final CountDownLatch arrived;
    final CountDownLatch letGo = new CountDownLatch(1);

    HeldUp(int documents) {
      arrived = new CountDownLatch(documents);
    }

    @Override
    public List<float[]> embed(Purpose purpose, List<String> texts) {
      if (texts.stream().anyMatch(text -> text.contains("bittern"))) {
        arrived.countDown();
        try {
          assertThat(letGo.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return super.embed(purpose, texts);
    }
  }

  /// Waits for a line of the log that begins so.
  private static final class Heard extends Handler implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(Ingest.class.getName());
    private final String beginning;
    private final CountDownLatch heard = new CountDownLatch(1);

    Heard(String beginning) {
      this.beginning = beginning;
      LOGGER.addHandler(this);
    }

    void await() throws InterruptedException {
      assertThat(heard.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(beginning).isTrue();
    }

    @Override
    public void publish(LogRecord line) {
      if (line.getMessage().startsWith(beginning)) {
        heard.countDown();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      LOGGER.removeHandler(this);
    }
  }

  private static void isReady(Shelf shelf, Collection collection, Document document)
      throws InterruptedException {
    assertThat(shelf.library.await(Shelf.ANNA, collection.id(), PATIENCE))
        .as("%s is settled", document.name())
        .isTrue();
    assertThat(shelf.library.document(Shelf.ANNA, document.id()).state())
        .isEqualTo(Document.State.READY);
  }

  @Test
  void collectionsMayBeDeletedWhileTheirDocumentsAreRead() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords())) {
      Collection stays = shelf.library.createCollection(Shelf.ANNA, "stays");
      for (int round = 0; round < 40; round++) {
        Collection goes = shelf.library.createCollection(Shelf.ANNA, "goes");
        Document first = shelf.add(Shelf.ANNA, goes, "first.md", "The heron stands here.");
        for (int i = 0; i < 12; i++) {
          shelf.add(Shelf.ANNA, goes, i + ".md", "A stork came, number " + i + ".");
        }
        // The rest is under way when the first one is ready.
        while (!shelf.library.document(Shelf.ANNA, first.id()).state().settled()) {
          Thread.onSpinWait();
        }
        shelf.library.deleteCollection(Shelf.ANNA, goes.id());
      }
      isReady(shelf, stays, shelf.add(Shelf.ANNA, stays, "next.md", "An egret, at last."));
      try (var indexes = Files.list(folder.resolve("index"))) {
        assertThat(indexes).extracting(Path::getFileName).containsExactly(Path.of(stays.id()));
      }
    }
  }

  @Test
  void anIndexWhoseDiskFailedIsWrittenAgainOnceTheDiskIsBack() throws Exception {
    try (var shelf = Shelf.open(folder, new HashedWords());
        var waits = new Heard("Documents have to wait")) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      Document first = shelf.read(Shelf.ANNA, house, "first.md", "The heron stands here.");
      Path index = folder.resolve("index").resolve(house.id());
      Path away = Files.move(index, folder.resolve("away"));
      Files.createFile(index);
      Document second = shelf.add(Shelf.ANNA, house, "second.md", "A stork came instead.");
      waits.await();
      Files.delete(index);
      Files.move(away, index);
      isReady(shelf, house, second);
      assertThat(shelf.library.search(Shelf.ANNA, "heron stork", Set.of(), 5))
          .extracting(Passage::document)
          .containsExactlyInAnyOrder(first.id(), second.id());
    }
  }

  @Test
  void aDatabaseThatFailsForAWhileLosesNoDocument() throws Exception {
    var embedder = new HeldUp(2);
    try (var shelf = Shelf.open(folder, embedder);
        var waits = new Heard("A document has to wait")) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      shelf.add(Shelf.ANNA, house, "first.md", "The first bittern.");
      shelf.add(Shelf.ANNA, house, "second.md", "The second bittern.");
      embedder.arrived.await();
      // Both workers are busy, so this one is taken up when the table is away.
      Document third = shelf.add(Shelf.ANNA, house, "third.md", "The heron stands here.");
      shelf.database.write(tx -> tx.update("alter table documents rename to away"));
      embedder.letGo.countDown();
      waits.await();
      shelf.database.write(tx -> tx.update("alter table away rename to documents"));
      isReady(shelf, house, third);
    }
  }

  @Test
  void aDocumentWhoseOriginalIsGoneFailsAndHarmsNoReader() throws Exception {
    var embedder = new HeldUp(2);
    try (var shelf = Shelf.open(folder, embedder)) {
      Collection house = shelf.library.createCollection(Shelf.ANNA, "house");
      shelf.add(Shelf.ANNA, house, "first.md", "The first bittern.");
      shelf.add(Shelf.ANNA, house, "second.md", "The second bittern.");
      embedder.arrived.await();
      Document third = shelf.add(Shelf.ANNA, house, "third.md", "The heron stands here.");
      Files.delete(
          folder
              .resolve("originals")
              .resolve(third.digest().substring(0, 2))
              .resolve(third.digest()));
      Set<Long> before = HostileTest.parsers();
      embedder.letGo.countDown();
      shelf.settle(Shelf.ANNA, house);
      Document settled = shelf.library.document(Shelf.ANNA, third.id());
      assertThat(settled.state()).isEqualTo(Document.State.FAILED);
      assertThat(settled.problems().getFirst().what()).contains("original");
      assertThat(HostileTest.parsers()).containsAll(before);
    }
  }
}
