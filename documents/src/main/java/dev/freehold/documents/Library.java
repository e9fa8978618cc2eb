package dev.freehold.documents;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Reranker;
import dev.freehold.chat.SealedTexts;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.documents.index.Hit;
import dev.freehold.documents.index.Indexes;
import dev.freehold.documents.parsing.Parsers;
import dev.freehold.documents.parsing.Sandbox;
import dev.freehold.documents.rights.Readable;
import dev.freehold.documents.text.Languages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Collections of documents that can be read, searched and cited by those who may.
///
/// Every method takes the [Principal] on whose behalf it works, and a thing that is unknown and one
/// that is forbidden are told apart by nothing. A document that was acknowledged is on the disk and
/// will be read, whatever happens to this process; until it is read wholly, nothing of it is found.
///
/// One process at a time may hold a folder. Safe for use by many threads at once.
public final class Library implements AutoCloseable {

  private static final int LONGEST_NAME = 400;

  private final DocumentSettings settings;
  private final FileChannel lock;
  private final Catalogue catalogue;
  private final Collections collections;
  private final Originals originals;
  private final Texts texts;
  private final Indexes indexes;
  private final Embedder embedder;
  private final Optional<Ranking> ranking;
  private final Parsers parsers;
  private final Ingest ingest;
  private final Changes changes = new Changes();
  private final List<Runnable> removals = new CopyOnWriteArrayList<>();
  private final Lazy<Languages> languages = new Lazy<>(Languages::load);

  private Library(
      DocumentSettings settings,
      FileChannel lock,
      Database database,
      Embedder embedder,
      Optional<Reranker> reranker,
      SealedTexts sealed)
      throws IOException {
    this.settings = settings;
    this.lock = lock;
    this.embedder = embedder;
    this.ranking = reranker.map(Ranking::new);
    Path folder = settings.folder();
    this.catalogue = new Catalogue(database);
    this.collections = new Collections(database);
    this.originals = new Originals(folder.resolve("originals"));
    this.texts = new Texts(folder.resolve("texts"));
    this.indexes =
        new Indexes(folder.resolve("index"), embedder.id() + "/" + embedder.dimensions());
    this.parsers =
        new Parsers(
            new Sandbox(settings.parserClassPath(), settings.parserHeapMegabytes()),
            folder.resolve("scratch"),
            settings.parsers(),
            settings.parserPatience());
    reconcile();
    this.ingest =
        new Ingest(
            catalogue, originals, texts, indexes, embedder, languages, parsers, changes, sealed);
    ingest.start(settings.parsers());
  }

  /// The same with what is found in the search's own order.
  public static Library open(DocumentSettings settings, Database database, Embedder embedder) {
    return open(settings, database, embedder, Optional.empty());
  }

  /// Opens the library of a folder and goes on with what was not finished.
  ///
  /// @param settings where and how
  /// @param database keeps what is known; closed by who opened it, after this
  /// @param embedder makes the vectors; indexes made with another one are made anew
  /// @param reranker puts what is found in order; empty: the search does
  /// @throws Unavailable where another process holds the folder or the disk does not play along
  public static Library open(
      DocumentSettings settings,
      Database database,
      Embedder embedder,
      Optional<Reranker> reranker) {
    return open(settings, database, embedder, reranker, SealedTexts.NONE);
  }

  /// Opens the library of a folder that takes in no document with a sealed case: such a document is
  /// kept and cannot be read, and says which case it holds.
  ///
  /// @param sealed the cases that measure models here
  public static Library open(
      DocumentSettings settings,
      Database database,
      Embedder embedder,
      Optional<Reranker> reranker,
      SealedTexts sealed) {
    try {
      Files.createDirectories(settings.folder());
      FileChannel lock =
          FileChannel.open(
              settings.folder().resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      boolean opened = false;
      try {
        if (!locked(lock)) {
          throw new Unavailable(
              "Another Freehold works on the documents in %s. Use that one, or stop it first."
                  .formatted(settings.folder()));
        }
        var library = new Library(settings, lock, database, embedder, reranker, sealed);
        opened = true;
        return library;
      } finally {
        if (!opened) {
          lock.close();
        }
      }
    } catch (IOException e) {
      throw new Unavailable(
          "The documents in %s cannot be opened (%s).".formatted(settings.folder(), e.getMessage()),
          e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  // Whatever the last process left is made to agree with the database.
  private void reconcile() throws IOException {
    Set<String> known = collections.ids();
    for (String id : indexes.present()) {
      if (!known.contains(id)) {
        indexes.drop(id);
      }
    }
    Set<String> documents = new HashSet<>();
    for (String id : known) {
      Set<String> indexed = catalogue.indexed(id);
      documents.addAll(indexed);
      if (!indexed.isEmpty() || indexes.present().contains(id)) {
        catalogue.readAgain(id, indexes.reconcile(id, indexed));
      }
    }
    texts.sweep(documents);
    originals.sweep(catalogue.digests());
  }

  // Collections.

  /// The collections a principal may read, by name.
  public List<Collection> collections(Principal principal) {
    return collections.collections(principal);
  }

  /// One collection.
  ///
  /// @throws NotFound where it is unknown or forbidden
  public Collection collection(Principal principal, String id) {
    return collections.collection(principal, id);
  }

  /// A new collection that belongs to the principal, who alone may read it.
  ///
  /// @throws dev.freehold.chat.Conflict where the principal has one of that name
  public Collection createCollection(Principal principal, String name) {
    return collections.create(principal, named(name));
  }

  /// Gives a collection of one's own another name.
  public Collection renameCollection(Principal principal, String id, String name) {
    return collections.rename(principal, id, named(name));
  }

  /// Decides who may read a collection of one's own, with effect on the next question.
  public Collection share(Principal principal, String id, Set<Reader> readers) {
    return collections.share(principal, id, readers);
  }

  /// Removes a collection of one's own with all its documents.
  public void deleteCollection(Principal principal, String id) {
    Collections.Deleted deleted = collections.delete(principal, id);
    indexes.drop(id);
    deleted.documents().forEach(texts::delete);
    deleted.digests().forEach(this::forget);
    removals.forEach(Runnable::run);
  }

  private static String named(String name) {
    String stripped = name.strip();
    if (stripped.isEmpty() || stripped.length() > LONGEST_NAME) {
      throw new InvalidRequest("A name has 1 to %d characters.".formatted(LONGEST_NAME), "name");
    }
    if (stripped.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidRequest("A name has no control characters.", "name");
    }
    return stripped;
  }

  // Documents.

  /// The documents of a collection, by name, whatever their state.
  ///
  /// @throws NotFound where the collection is unknown or forbidden
  public List<Document> documents(Principal principal, String collection) {
    return catalogue.documents(principal, collection).stream().map(ingest::seen).toList();
  }

  /// One document.
  ///
  /// @throws NotFound where it is unknown or forbidden
  public Document document(Principal principal, String id) {
    return ingest.seen(catalogue.document(principal, id));
  }

  /// Adds a document and returns when it is on the disk; reading it goes on in the background. One
  /// of the same name is replaced; the same bytes under the same name change nothing.
  ///
  /// @param name file name, or a path divided by `/`
  /// @param body the bytes; read to their end, not closed
  /// @throws InvalidRequest where it is empty or too large
  /// @throws NotFound where the collection is unknown, forbidden or not one's own
  public Document add(Principal principal, String collection, String name, InputStream body) {
    return add(principal, collection, name, body, null).document();
  }

  /// What adding did.
  enum Change {
    ADDED,
    CHANGED,
    UNCHANGED
  }

  record Added(Document document, Change change) {}

  Added add(
      Principal principal,
      String collection,
      String name,
      InputStream body,
      @Nullable Long modified) {
    String checked = named(name);
    collections.requireWritable(principal, collection);
    Originals.Received received = originals.receive(body, settings.maxDocumentBytes());
    String id = Catalogue.newId();
    Optional<Catalogue.Row> replaced;
    synchronized (originals.lock()) {
      Optional<Document> same =
          catalogue
              .named(collection, checked)
              .filter(old -> old.digest().equals(received.digest()))
              .filter(old -> old.state() != Document.State.FAILED);
      if (same.isPresent()) {
        originals.discard(received.file());
        catalogue.touch(same.get().id(), modified);
        return new Added(ingest.seen(same.get()), Change.UNCHANGED);
      }
      originals.keep(received);
      replaced = catalogue.insert(principal, collection, id, checked, received, modified);
    }
    replaced.ifPresent(this::takeOut);
    ingest.add(new Catalogue.Row(id, collection, checked, received.digest(), received.bytes()));
    changes.changed(collection, id);
    return new Added(document(principal, id), replaced.isPresent() ? Change.CHANGED : Change.ADDED);
  }

  /// Removes a document; when this returns, no answer and no search holds anything of it.
  ///
  /// @throws NotFound where it is unknown, forbidden or not one's own
  public void delete(Principal principal, String id) {
    takeOut(catalogue.delete(principal, id));
  }

  private void takeOut(Catalogue.Row row) {
    indexes.remove(row.collection(), row.id());
    texts.delete(row.id());
    forget(row.digest());
    changes.changed(row.collection(), row.id());
    removals.forEach(Runnable::run);
  }

  private void forget(String digest) {
    synchronized (originals.lock()) {
      if (!catalogue.digestUsed(digest)) {
        originals.discard(originals.path(digest));
      }
    }
  }

  /// The bytes of a document as they came.
  ///
  /// @throws NotFound where it is unknown or forbidden
  public Original original(Principal principal, String id) {
    Document document = document(principal, id);
    try {
      return new Original(document, Files.newInputStream(originals.path(document.digest())));
    } catch (IOException e) {
      throw new Unavailable(
          "The original of %s cannot be read (%s). Add it again."
              .formatted(document.name(), e.getMessage()),
          e);
    }
  }

  /// What was read of a document, in reading order; empty while it waits.
  ///
  /// @throws NotFound where it is unknown or forbidden
  public List<Block> blocks(Principal principal, String id) {
    return document(principal, id).state().settled() ? texts.blocks(id) : List.of();
  }

  /// One passage.
  ///
  /// @throws NotFound where it is unknown, forbidden, or its document was replaced
  public Passage passage(Principal principal, String id) {
    return catalogue.passages(principal, Map.of(id, 1.0)).stream()
        .findFirst()
        .orElseThrow(() -> new NotFound("There is no passage %s that you may read.".formatted(id)));
  }

  /// The passages of a document, in reading order; none while it waits.
  ///
  /// @throws NotFound where it is unknown or forbidden
  public List<Passage> passages(Principal principal, String document) {
    return catalogue.passages(principal, document);
  }

  /// Which of these documents are there, whoever may read them: for marking what was made from
  /// those that are gone. Tells nothing but that.
  ///
  /// @param documents ids
  public Set<String> present(Set<String> documents) {
    return catalogue.present(documents);
  }

  /// Is told whenever a document was deleted or replaced, after it is gone; on the thread that did
  /// it.
  public void onRemoval(Runnable told) {
    removals.add(told);
  }

  /// The changes of a collection's documents from now on.
  ///
  /// @throws NotFound where the collection is unknown or forbidden
  public DocumentEvents events(Principal principal, String collection) {
    collections.requireReadable(principal, collection);
    Changes.Subscription subscription = changes.subscribe(collection);
    return new DocumentEvents() {
      @Override
      public @Nullable Event poll(Duration patience) throws InterruptedException {
        String changed = subscription.poll(patience);
        collections.requireReadable(principal, collection);
        if (changed == null) {
          return null;
        }
        return catalogue
            .unchecked(changed)
            .<Event>map(document -> new Event.Changed(ingest.seen(document)))
            .orElseGet(() -> new Event.Deleted(changed));
      }

      @Override
      public void close() {
        subscription.close();
      }
    };
  }

  /// Waits until everything in a collection is settled; false where patience ends first.
  public boolean await(Principal principal, String collection, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    try (Changes.Subscription subscription = changes.subscribe(collection)) {
      while (catalogue.documents(principal, collection).stream()
          .anyMatch(document -> !document.state().settled())) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        // Progress is told far more often than a document settles.
        subscription.poll(Duration.ofNanos(Math.min(left, 500_000_000)));
        Thread.sleep(20);
      }
      return true;
    }
  }

  /// Makes a collection of one's own equal to a folder: what is new or changed is added, what is
  /// gone is removed. Reading goes on in the background.
  ///
  /// @throws InvalidRequest where the folder is none
  public SyncReport sync(Principal principal, String collection, Path folder) {
    collections.requireWritable(principal, collection);
    return new FolderSync(this, catalogue, principal, collection, folder).run();
  }

  // Retrieval.

  /// The passages that fit a question best, best first.
  ///
  /// @param collections where to look; empty: in all that the principal may read
  /// @param limit most passages
  /// @throws NotFound where a collection is unknown or forbidden
  public List<Passage> search(
      Principal principal, String question, Set<String> collections, int limit) {
    return find(principal, question, collections, limit).passages();
  }

  /// Passages with the measures behind their order.
  record Found(Readable readable, List<Passage> passages, Map<String, Hit> hits) {}

  Found find(Principal principal, String question, Set<String> wanted, int limit) {
    Readable readable = catalogue.readable(principal, wanted);
    float[] vector = question.isBlank() ? null : vector(question);
    Map<String, Hit> hits = new LinkedHashMap<>();
    Map<String, Double> scores = new LinkedHashMap<>();
    int wide = ranking.isPresent() ? Math.max(limit, Ranking.CANDIDATES) : limit;
    for (Hit hit : indexes.search(readable, question, vector, wide)) {
      hits.put(hit.passage(), hit);
      scores.put(hit.passage(), hit.score());
    }
    Found found = new Found(readable, catalogue.passages(principal, scores), hits);
    return question.isBlank()
        ? found
        : ranking.map(order -> order.order(found, question, limit)).orElse(found);
  }

  Parsers parsers() {
    return parsers;
  }

  boolean unread(Readable readable) {
    return catalogue.unread(readable);
  }

  Optional<String> language(String text) {
    return languages.get().of(text);
  }

  // A very long question is asked by its end, where the question as a rule stands.
  private float[] vector(String question) {
    String asked = question;
    while (embedder.countTokens(asked) > embedder.maxTokens() - 20) {
      asked = asked.substring(asked.length() / 4);
    }
    return embedder.embed(Embedder.Purpose.QUERY, List.of(asked)).getFirst();
  }

  /// Stops reading and frees the folder. What was not finished is taken up at the next start.
  @Override
  public void close() {
    ingest.close();
    indexes.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new Unavailable("The documents' lock cannot be freed: " + e.getMessage(), e);
    }
  }
}
