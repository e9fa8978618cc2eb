package dev.freehold.documents.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.IOUtils;

/// The Lucene index of one collection.
///
/// Each collection has its own, so that neither word statistics nor the vector graph of documents
/// one may not read can touch the order, the scores or the time of an answer.
///
/// Safe for use by many threads at once.
final class CollectionIndex implements AutoCloseable {

  static final String ID = "id";
  static final String DOCUMENT = "document";
  static final String VECTOR = "vector";

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;

  private CollectionIndex(Directory directory, IndexWriter writer) throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.searchers = new SearcherManager(writer, new SearcherFactory());
  }

  /// Opens the index of a folder; one made with another embedder or analysis starts empty.
  static CollectionIndex open(Path folder, Analysis analysis, String vectors) throws IOException {
    Files.createDirectories(folder);
    Directory directory = FSDirectory.open(folder);
    String kind = "analysis " + Analysis.VERSION + ", vectors " + vectors;
    boolean fits = DirectoryReader.indexExists(directory) && kind.equals(kindOf(directory));
    var config =
        new IndexWriterConfig(analysis)
            .setRAMBufferSizeMB(32)
            .setCommitOnClose(false)
            .setOpenMode(
                fits ? IndexWriterConfig.OpenMode.APPEND : IndexWriterConfig.OpenMode.CREATE);
    var writer = new IndexWriter(directory, config);
    boolean opened = false;
    try {
      writer.setLiveCommitData(Map.of("kind", kind).entrySet());
      if (!fits) {
        writer.commit();
      }
      var index = new CollectionIndex(directory, writer);
      opened = true;
      return index;
    } finally {
      if (!opened) {
        // One that stays open holds the folder against the next attempt.
        IOUtils.closeWhileHandlingException(writer);
      }
    }
  }

  private static String kindOf(Directory directory) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      return reader.getIndexCommit().getUserData().getOrDefault("kind", "");
    }
  }

  /// Puts a document's passages in the place of those it had, all or none.
  void replace(String document, List<Entry> entries) throws IOException {
    var term = new Term(DOCUMENT, document);
    if (entries.isEmpty()) {
      writer.deleteDocuments(term);
    } else {
      writer.updateDocuments(term, entries.stream().map(entry -> of(document, entry)).toList());
    }
  }

  private static Document of(String document, Entry entry) {
    var fields = new Document();
    fields.add(new StringField(ID, entry.id(), Field.Store.YES));
    fields.add(new StringField(DOCUMENT, document, Field.Store.NO));
    fields.add(new TextField(Analysis.TEXT, entry.text(), Field.Store.NO));
    fields.add(new TextField(Analysis.HEAD, entry.head(), Field.Store.NO));
    if (Analysis.supported().contains(entry.language())) {
      fields.add(
          new TextField(
              Analysis.field(Analysis.TEXT, entry.language()), entry.text(), Field.Store.NO));
      fields.add(
          new TextField(
              Analysis.field(Analysis.HEAD, entry.language()), entry.head(), Field.Store.NO));
    }
    float[] vector = entry.vector();
    if (vector != null) {
      fields.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
    }
    return fields;
  }

  void remove(String document) throws IOException {
    writer.deleteDocuments(new Term(DOCUMENT, document));
  }

  /// Makes what was written durable.
  void commit() throws IOException {
    writer.commit();
  }

  /// Lets searches see what was written.
  void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /// The documents that have passages here.
  Set<String> documents() throws IOException {
    var searcher = searchers.acquire();
    try {
      Set<String> documents = new HashSet<>();
      Terms terms = MultiTerms.getTerms(searcher.getIndexReader(), DOCUMENT);
      if (terms != null) {
        TermsEnum each = terms.iterator();
        for (BytesRef term = each.next(); term != null; term = each.next()) {
          documents.add(term.utf8ToString());
        }
      }
      return documents;
    } finally {
      searchers.release(searcher);
    }
  }

  /// Whether it can still be written: a disk that fails in the middle of a write closes it for
  /// good.
  boolean writable() {
    return writer.isOpen();
  }

  SearcherManager searchers() {
    return searchers;
  }

  @Override
  public void close() throws IOException {
    searchers.close();
    writer.close();
    directory.close();
  }
}
