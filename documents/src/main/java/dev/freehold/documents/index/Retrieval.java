package dev.freehold.documents.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.VectorUtil;
import org.jspecify.annotations.Nullable;

/// One search over the collections somebody may read: words by BM25, meaning by vectors, fused.
final class Retrieval {

  private static final int CANDIDATES = 50;

  // Measured on the sample company's questions; docs/lab-log.md has the curve.
  private static final double WORDS = 0.3;
  private static final double COVERAGE = 0.2;
  private static final double MEANING = 0.5;
  private static final float HEAD_BOOST = 0.4f;

  private final IndexReader reader;
  private final Analysis analysis;
  private final IndexSearcher searcher;

  Retrieval(IndexReader reader, Analysis analysis) {
    this.reader = reader;
    this.analysis = analysis;
    this.searcher = new IndexSearcher(reader);
  }

  List<Hit> search(String question, float @Nullable [] vector, int limit) throws IOException {
    if (reader.numDocs() == 0) {
      return List.of();
    }
    List<Map<String, String>> words = analysis.words(question);
    Map<Integer, Double> byWords = new HashMap<>();
    double best = 0;
    if (!words.isEmpty()) {
      for (ScoreDoc hit : searcher.search(query(words, true), CANDIDATES).scoreDocs) {
        byWords.put(hit.doc, (double) hit.score);
        best = Math.max(best, hit.score);
      }
    }
    Map<Integer, Double> candidates = new HashMap<>(byWords);
    if (vector != null) {
      var near = new KnnFloatVectorQuery(CollectionIndex.VECTOR, vector, CANDIDATES);
      for (ScoreDoc hit : searcher.search(near, CANDIDATES).scoreDocs) {
        candidates.putIfAbsent(hit.doc, 0.0);
      }
    }
    Map<Integer, Double> covered = coverage(words, candidates);
    Map<Integer, Double> cosines = vector == null ? Map.of() : cosines(candidates, vector);
    var range = cosines.values().stream().mapToDouble(x -> x).summaryStatistics();
    List<Hit> hits = new ArrayList<>();
    var stored = reader.storedFields();
    for (var candidate : candidates.entrySet()) {
      int document = candidate.getKey();
      double word = best == 0 ? 0 : candidate.getValue() / best;
      double share = covered.getOrDefault(document, 0.0);
      double cosine = cosines.getOrDefault(document, 0.0);
      double near =
          range.getMax() > range.getMin()
              ? (cosine - range.getMin()) / (range.getMax() - range.getMin())
              : 0;
      double score =
          vector == null
              ? (WORDS * word + COVERAGE * share) / (WORDS + COVERAGE)
              : WORDS * word + COVERAGE * share + MEANING * near;
      hits.add(new Hit(stored.document(document).get(CollectionIndex.ID), score, cosine, share));
    }
    hits.sort(Comparator.comparingDouble(Hit::score).reversed().thenComparing(Hit::passage));
    return hits.subList(0, Math.min(limit, hits.size()));
  }

  private Map<Integer, Double> cosines(Map<Integer, Double> candidates, float[] vector)
      throws IOException {
    Map<Integer, Double> cosines = new HashMap<>();
    for (int document : candidates.keySet()) {
      cosines.put(document, cosine(document, vector));
    }
    return cosines;
  }

  private static Query query(List<Map<String, String>> words, boolean heads) {
    var all = new BooleanQuery.Builder();
    for (Map<String, String> word : words) {
      all.add(anyForm(Analysis.TEXT, word), BooleanClause.Occur.SHOULD);
      if (heads) {
        all.add(
            new BoostQuery(anyForm(Analysis.HEAD, word), HEAD_BOOST), BooleanClause.Occur.SHOULD);
      }
    }
    return all.build();
  }

  private static Query anyForm(String kind, Map<String, String> word) {
    List<Query> forms = new ArrayList<>();
    word.forEach((language, term) ->
        forms.add(
            new TermQuery(
                new Term(language.isEmpty() ? kind : Analysis.field(kind, language), term))));
    return new DisjunctionMaxQuery(forms, 0);
  }

  // What share of the question a passage and its headings hold, each word weighed by its rarity.
  private Map<Integer, Double> coverage(
      List<Map<String, String>> words, Map<Integer, Double> candidates) throws IOException {
    Map<Integer, Double> covered = new HashMap<>();
    if (words.isEmpty()) {
      return covered;
    }
    double whole = 0;
    long documents = reader.numDocs();
    for (Map<String, String> word : words) {
      var either =
          new DisjunctionMaxQuery(
              List.of(anyForm(Analysis.TEXT, word), anyForm(Analysis.HEAD, word)), 0);
      long with = searcher.count(either);
      double weight = Math.log(1 + (documents - with + 0.5) / (with + 0.5));
      whole += weight;
      if (with == 0) {
        continue;
      }
      Weight holders =
          searcher.createWeight(searcher.rewrite(either), ScoreMode.COMPLETE_NO_SCORES, 1);
      for (int document : candidates.keySet()) {
        LeafReaderContext leaf =
            reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
        var scorer = holders.scorer(leaf);
        int local = document - leaf.docBase;
        if (scorer != null && scorer.iterator().advance(local) == local) {
          covered.merge(document, weight, Double::sum);
        }
      }
    }
    double sum = whole;
    covered.replaceAll((document, weight) -> sum == 0 ? 0 : weight / sum);
    return covered;
  }

  private double cosine(int document, float[] vector) throws IOException {
    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
    FloatVectorValues values = leaf.reader().getFloatVectorValues(CollectionIndex.VECTOR);
    if (values == null) {
      return 0;
    }
    var each = values.iterator();
    int local = document - leaf.docBase;
    return each.advance(local) == local
        ? VectorUtil.dotProduct(vector, values.vectorValue(each.index()))
        : 0;
  }
}
