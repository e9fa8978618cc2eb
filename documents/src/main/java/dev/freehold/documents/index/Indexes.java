package dev.freehold.documents.index;

import dev.freehold.chat.Unavailable;
import dev.freehold.documents.rights.Readable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;

/// The indexes of all collections, opened when they are first needed.
///
/// A search opens those the asker may read and no others. Safe for use by many threads at once.
public final class Indexes implements AutoCloseable {

  private final Path folder;
  private final String vectors;
  private final Analysis analysis = new Analysis();
  private final Map<String, CollectionIndex> open = new ConcurrentHashMap<>();
  private final Set<String> dropped = ConcurrentHashMap.newKeySet();

  /// @param folder where they lie
  /// @param vectors what kind of vectors they hold; indexes of another kind start empty
  public Indexes(Path folder, String vectors) {
    this.folder = folder;
    this.vectors = vectors;
  }

  /// Puts passages in the place of those the documents had; seen and durable when this returns.
  ///
  /// @param documents what each document holds now
  public void replace(String collection, Map<String, List<Entry>> documents) {
    // One index from the first document to the commit: what was given to one that failed since is
    // in none.
    with(
        collection,
        index -> {
          for (var document : documents.entrySet()) {
            index.replace(document.getKey(), document.getValue());
          }
          index.commit();
          index.refresh();
        });
  }

  /// Takes a document out; searches no longer see it when this returns.
  public void remove(String collection, String document) {
    with(
        collection,
        index -> {
          index.remove(document);
          index.refresh();
        });
  }

  /// Makes an index agree with the documents that ought to be in it: takes out what is too much and
  /// tells what is missing.
  public Set<String> reconcile(String collection, Set<String> wanted) {
    Set<String> missing = new HashSet<>(wanted);
    with(
        collection,
        index -> {
          Set<String> present = index.documents();
          missing.removeAll(present);
          present.removeAll(wanted);
          for (String document : present) {
            index.remove(document);
          }
          if (!present.isEmpty()) {
            index.commit();
            index.refresh();
          }
        });
    return missing;
  }

  /// Removes a collection's index from the disk, for good: whoever is at work on it, or comes
  /// later, finds nothing to do.
  public void drop(String collection) {
    dropped.add(collection);
    run(() -> {
      CollectionIndex index = open.remove(collection);
      if (index != null) {
        index.close();
      }
      Path path = folder.resolve(collection);
      if (Files.exists(path)) {
        try (Stream<Path> files = Files.walk(path)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    });
  }

  /// The ids of collections that have an index on the disk.
  public Set<String> present() {
    return call(() -> {
      Set<String> names = new HashSet<>();
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          files.forEach(file -> names.add(file.getFileName().toString()));
        }
      }
      return names;
    });
  }

  /// The passages that fit a question best, best first.
  ///
  /// @param readable where to look
  /// @param question the words
  /// @param vector the question's meaning, or null to go by words alone
  /// @param limit most hits
  public List<Hit> search(
      Readable readable, String question, float @Nullable [] vector, int limit) {
    return call(() -> {
      List<CollectionIndex> indexes = new ArrayList<>();
      List<IndexSearcher> acquired = new ArrayList<>();
      try {
        for (String collection : new TreeSet<>(readable.collections())) {
          if (open.containsKey(collection) || Files.exists(folder.resolve(collection))) {
            with(
                collection,
                index -> {
                  acquired.add(index.searchers().acquire());
                  indexes.add(index);
                });
          }
        }
        var readers =
            acquired.stream().map(IndexSearcher::getIndexReader).toArray(IndexReader[]::new);
        return new Retrieval(new MultiReader(readers, false), analysis)
            .search(question, vector, limit);
      } finally {
        for (int i = 0; i < acquired.size(); i++) {
          indexes.get(i).searchers().release(acquired.get(i));
        }
      }
    });
  }

  private void with(String collection, Work work) {
    run(() -> {
      CollectionIndex index = index(collection);
      if (index == null) {
        return;
      }
      try {
        work.on(index);
      } catch (IOException | AlreadyClosedException e) {
        if (!dropped.contains(collection)) {
          throw e;
        }
      }
    });
  }

  // Null where the collection's was dropped. One that a failing disk closed is opened again.
  private @Nullable CollectionIndex index(String collection) {
    CollectionIndex known = open.get(collection);
    return known != null && known.writable() ? known : open.compute(collection, this::opened);
  }

  private @Nullable CollectionIndex opened(String collection, @Nullable CollectionIndex before) {
    if (before != null && before.writable()) {
      return before;
    }
    if (dropped.contains(collection)) {
      return null;
    }
    return call(() -> {
      Path path = folder.resolve(collection);
      if (before != null) {
        if (!Files.isDirectory(path)) {
          // An empty one in its place would hold nothing of what was read before.
          throw new NoSuchFileException(path.toString());
        }
        before.close();
      }
      return CollectionIndex.open(path, analysis, vectors);
    });
  }

  @Override
  public void close() {
    run(() -> {
      for (CollectionIndex index : open.values()) {
        index.close();
      }
      open.clear();
    });
  }

  private void run(Write work) {
    call(() -> {
      work.run();
      return true;
    });
  }

  private <T> T call(Read<T> work) {
    try {
      return work.run();
    } catch (IOException | AlreadyClosedException e) {
      throw new Unavailable(
          "The index in %s cannot be read or written (%s). Free some space; if it stays, stop Freehold and delete that folder: it is made anew from the documents."
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  private interface Work {
    void on(CollectionIndex index) throws IOException;
  }

  private interface Write {
    void run() throws IOException;
  }

  private interface Read<T> {
    T run() throws IOException;
  }
}
