package dev.freehold.documents;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.SealedTexts;
import dev.freehold.documents.index.Entry;
import dev.freehold.documents.index.Indexes;
import dev.freehold.documents.parsing.Parsed;
import dev.freehold.documents.parsing.Parsers;
import dev.freehold.documents.text.Draft;
import dev.freehold.documents.text.Languages;
import dev.freehold.documents.text.Passages;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Reads, cuts, embeds and indexes what waits, in the background.
///
/// The order of writes is what makes it safe to stop at any moment: the text and the index first,
/// both durable, then one transaction that makes the documents visible with all their passages.
/// What was cut off in between still waits in the database and is done again; what it left in the
/// index names passages that do not exist and is replaced.
final class Ingest implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Ingest.class.getName());

  private static final int EMBEDDED_AT_ONCE = 16;
  private static final int SETTLED_AT_ONCE = 64;
  private static final long RETRY_MILLIS = 5_000;

  private final Catalogue catalogue;
  private final Originals originals;
  private final Texts texts;
  private final Indexes indexes;
  private final Embedder embedder;
  private final Supplier<Languages> languages;
  private final Parsers parsers;
  private final Changes changes;
  private final SealedTexts sealed;

  private final BlockingQueue<Catalogue.Row> waiting = new LinkedBlockingDeque<>();
  private final BlockingQueue<Done> done = new ArrayBlockingQueue<>(SETTLED_AT_ONCE);
  private final Map<String, Live> live = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  /// How far a document is that is being worked on.
  record Live(Document.State state, double progress) {}

  private record Done(Catalogue.Row row, Catalogue.Outcome outcome, List<Entry> entries) {}

  Ingest(
      Catalogue catalogue,
      Originals originals,
      Texts texts,
      Indexes indexes,
      Embedder embedder,
      Supplier<Languages> languages,
      Parsers parsers,
      Changes changes,
      SealedTexts sealed) {
    this.catalogue = catalogue;
    this.originals = originals;
    this.texts = texts;
    this.indexes = indexes;
    this.embedder = embedder;
    this.languages = languages;
    this.parsers = parsers;
    this.changes = changes;
    this.sealed = sealed;
  }

  /// Takes up what waits and begins.
  void start(int workers) {
    waiting.addAll(catalogue.waiting());
    for (int i = 0; i < workers; i++) {
      threads.add(Thread.ofVirtual().name("ingest-" + i).start(this::work));
    }
    threads.add(Thread.ofVirtual().name("ingest-settle").start(this::settle));
  }

  /// A document that was just acknowledged.
  void add(Catalogue.Row row) {
    waiting.add(row);
  }

  /// What is known of a document beyond the database.
  Document seen(Document document) {
    Live now = document.state().settled() ? null : live.get(document.id());
    return now == null
        ? document
        : new Document(
            document.id(),
            document.collection(),
            document.name(),
            document.mediaType(),
            document.bytes(),
            document.digest(),
            document.pages(),
            document.passages(),
            document.language(),
            now.state(),
            now.progress(),
            document.problems(),
            document.added());
  }

  // Nobody is interrupted at work: an interrupt in the middle of a write closes the index's files.
  private boolean closed() {
    return closing.getCount() == 0;
  }

  private void work() {
    try {
      while (!closed()) {
        Catalogue.Row row = waiting.poll(250, TimeUnit.MILLISECONDS);
        if (row != null) {
          work(row);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(Catalogue.Row row) throws InterruptedException {
    Done result;
    try {
      if (catalogue.unchecked(row.id()).isEmpty()) {
        // Deleted; where it was read before and had to wait, its text lies there still.
        texts.delete(row.id());
        return;
      }
      result = read(row);
    } catch (NoSuchFileException e) {
      result = failed(row, "The original of this document is gone. Add it again.");
    } catch (FreeholdException e) {
      // The machine does not play along: the document keeps waiting and is tried again.
      live.remove(row.id());
      LOG.log(System.Logger.Level.WARNING, "A document has to wait: " + e.getMessage());
      if (!closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
        waiting.add(row);
      }
      return;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      // A fault of ours or of the installation; the person who added the document must hear of it,
      // and the worker has to live for the next one.
      LOG.log(System.Logger.Level.ERROR, "A document could not be indexed", e);
      result = failed(row, "The document could not be indexed: " + e + ".");
    }
    while (!closed() && !done.offer(result, 250, TimeUnit.MILLISECONDS)) {}
  }

  private Done failed(Catalogue.Row row, String what) {
    return new Done(
        row,
        new Catalogue.Outcome(
            row.id(), "", "", 0, Document.State.FAILED, List.of(new Problem("", what)), List.of()),
        List.of());
  }

  // Where a document was deleted meanwhile, its row went before its original did: what says that it
  // failed finds no row and vanishes.
  private Done read(Catalogue.Row row) throws InterruptedException, NoSuchFileException {
    progress(row, Document.State.READING, 0);
    Parsed parsed =
        parsers.parse(
            originals.path(row.digest()),
            row.name(),
            share -> progress(row, Document.State.READING, share));
    Optional<String> planted = sealedIn(parsed.blocks());
    if (planted.isPresent()) {
      return failed(
          row,
          "It holds the sealed case %s, by which models are measured here; whoever was given it would show nothing. Take that question out of the document."
              .formatted(planted.get()));
    }
    progress(row, Document.State.INDEXING, 0);
    String whole = sample(parsed.blocks());
    String language = whole.isBlank() ? "" : languages.get().of(whole).orElse("");
    List<Draft> drafts = Passages.of(parsed.blocks(), language, embedder::countTokens);
    texts.write(row.id(), parsed);
    List<Entry> entries = embed(row, language, drafts);
    List<Problem> problems = new ArrayList<>(parsed.problems());
    if (drafts.isEmpty() && problems.isEmpty()) {
      problems.add(new Problem("", "There is no text in this document."));
    }
    Document.State state =
        drafts.isEmpty()
            ? Document.State.FAILED
            : problems.isEmpty() ? Document.State.READY : Document.State.PARTLY;
    return new Done(
        row,
        new Catalogue.Outcome(
            row.id(), parsed.mediaType(), language, parsed.pages(), state, problems, drafts),
        entries);
  }

  private Optional<String> sealedIn(List<Block> blocks) {
    return sealed.caseIn(blocks.stream().map(Block::text).collect(Collectors.joining("\n")));
  }

  private static String sample(List<Block> blocks) {
    var sample = new StringBuilder();
    for (Block block : blocks) {
      if (block instanceof Block.Paragraph || block instanceof Block.ListItem) {
        sample.append(block.text()).append('\n');
      }
      if (sample.length() > 4000) {
        return sample.toString();
      }
    }
    for (Block block : blocks) {
      if (sample.length() > 4000) {
        break;
      }
      sample.append(block.text()).append('\n');
    }
    return sample.toString();
  }

  private List<Entry> embed(Catalogue.Row row, String language, List<Draft> drafts) {
    List<Entry> entries = new ArrayList<>();
    for (int from = 0; from < drafts.size(); from += EMBEDDED_AT_ONCE) {
      List<Draft> batch = drafts.subList(from, Math.min(from + EMBEDDED_AT_ONCE, drafts.size()));
      List<float[]> vectors =
          embedder.embed(
              Embedder.Purpose.PASSAGE,
              batch.stream().map(draft -> meaning(row.name(), draft)).toList());
      for (int i = 0; i < batch.size(); i++) {
        Draft draft = batch.get(i);
        String own =
            draft.text().length() < 300
                ? language
                : languages.get().of(draft.text()).orElse(language);
        entries.add(
            new Entry(
                row.id() + "." + (from + i),
                own,
                words(row.name()) + "\n" + (draft.heading() == null ? "" : draft.heading()),
                draft.text(),
                vectors.get(i)));
      }
      progress(
          row,
          Document.State.INDEXING,
          (double) Math.min(from + EMBEDDED_AT_ONCE, drafts.size()) / drafts.size());
    }
    return entries;
  }

  // The headings belong to the meaning; the name only where there are none.
  private static String meaning(String name, Draft draft) {
    return (draft.heading() == null ? words(name) : draft.heading()) + "\n" + draft.text();
  }

  private static String words(String name) {
    String words = name.replaceAll("\\.[A-Za-z0-9]{1,5}$", "").replaceAll("[_/\\\\.-]+", " ");
    return words.length() > 120 ? words.substring(words.length() - 120) : words;
  }

  private void progress(Catalogue.Row row, Document.State state, double share) {
    live.put(row.id(), new Live(state, share));
    changes.changed(row.collection(), row.id());
  }

  private void settle() {
    try {
      while (!closed()) {
        Done first = done.poll(250, TimeUnit.MILLISECONDS);
        if (first != null) {
          List<Done> batch = new ArrayList<>(List.of(first));
          done.drainTo(batch, SETTLED_AT_ONCE - 1);
          settle(batch);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Until they are settled: what is given up here would be taken up again only at the next start.
  private void settle(List<Done> batch) throws InterruptedException {
    List<Done> left = batch;
    do {
      try {
        settled(left);
        return;
      } catch (FreeholdException e) {
        LOG.log(System.Logger.Level.WARNING, "Documents have to wait: " + e.getMessage());
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        // A fault of ours: one of them may be the cause, and the others have nothing to do with it.
        if (left.size() > 1) {
          for (Done each : left) {
            settle(List.of(each));
          }
          return;
        }
        LOG.log(System.Logger.Level.ERROR, "A document could not be indexed", e);
        left =
            List.of(failed(left.getFirst().row(), "The document could not be indexed: " + e + "."));
      }
    } while (!closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
  }

  private void settled(List<Done> batch) {
    Map<String, Map<String, List<Entry>>> collections = new LinkedHashMap<>();
    for (Done each : batch) {
      collections
          .computeIfAbsent(each.row().collection(), _ -> new LinkedHashMap<>())
          .put(each.row().id(), each.entries());
    }
    collections.forEach(indexes::replace);
    Set<String> vanished =
        catalogue.settle(batch.stream().map(Done::outcome).collect(Collectors.toList()));
    for (Done each : batch) {
      live.remove(each.row().id());
      if (vanished.contains(each.row().id())) {
        indexes.remove(each.row().collection(), each.row().id());
        texts.delete(each.row().id());
      }
      changes.changed(each.row().collection(), each.row().id());
    }
  }

  @Override
  public void close() {
    closing.countDown();
    parsers.close();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
