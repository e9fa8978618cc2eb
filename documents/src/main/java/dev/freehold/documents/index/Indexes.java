package dev.freehold.documents.index;

import dev.freehold.chat.Unavailable;
import dev.freehold.documents.rights.Readable;
import java.io.IOException;
import java.nio.file.Files;
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
import org.jspecify.annotations.Nullable;

/// The indexes of all collections, opened when they are first needed.
///
/// A search opens those the asker may read and no others. Safe for use by many threads at once.
public final class Indexes implements AutoCloseable {

  private final Path folder;
  private final String vectors;
  private final Analysis analysis = new Analysis();
  private final Map<String, CollectionIndex> open = new ConcurrentHashMap<>();

  /// @param folder where they lie
  /// @param vectors what kind of vectors they hold; indexes of another kind start empty
  public Indexes(Path folder, String vectors) {
    this.folder = folder;
    this.vectors = vectors;
  }

  /// Puts a document's passages in the place of those it had; seen and durable after [#commit].
  public void replace(String collection, String document, List<Entry> entries) {
    run(() -> index(collection).replace(document, entries));
  }

  /// Takes a document out; searches no longer see it when this returns.
  public void remove(String collection, String document) {
    run(() -> {
      index(collection).remove(document);
      index(collection).refresh();
    });
  }

  /// Makes what was written to these collections durable and visible to searches.
  public void commit(Set<String> collections) {
    run(() -> {
      for (String collection : collections) {
        index(collection).commit();
        index(collection).refresh();
      }
    });
  }

  /// Makes an index agree with the documents that ought to be in it: takes out what is too much and
  /// tells what is missing.
  public Set<String> reconcile(String collection, Set<String> wanted) {
    return call(() -> {
      CollectionIndex index = index(collection);
      Set<String> present = index.documents();
      Set<String> missing = new HashSet<>(wanted);
      missing.removeAll(present);
      present.removeAll(wanted);
      for (String document : present) {
        index.remove(document);
      }
      if (!present.isEmpty()) {
        index.commit();
        index.refresh();
      }
      return missing;
    });
  }

  /// Removes a collection's index from the disk.
  public void drop(String collection) {
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
      for (String collection : new TreeSet<>(readable.collections())) {
        if (open.containsKey(collection) || Files.exists(folder.resolve(collection))) {
          indexes.add(index(collection));
        }
      }
      List<IndexSearcher> acquired = new ArrayList<>();
      try {
        for (CollectionIndex index : indexes) {
          acquired.add(index.searchers().acquire());
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

  private CollectionIndex index(String collection) {
    return open.computeIfAbsent(
        collection, id -> call(() -> CollectionIndex.open(folder.resolve(id), analysis, vectors)));
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
    } catch (IOException e) {
      throw new Unavailable(
          "The index in %s cannot be read or written (%s). Free some space; if it stays, stop Freehold and delete that folder: it is made anew from the documents."
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  private interface Read<T> {
    T run() throws IOException;
  }
}
