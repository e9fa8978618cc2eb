package dev.freehold.documents.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.AnalyzerWrapper;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.util.ElisionFilter;

/// How words become terms: Lucene's analyser of a passage's language, and beside it one analyser
/// for all languages that only folds case and accents, so that names, codes and other languages are
/// found too.
final class Analysis extends AnalyzerWrapper {

  /// Changes whenever terms made before no longer fit; indexes of another version are made anew.
  static final String VERSION = "1";

  static final String TEXT = "text";
  static final String HEAD = "head";

  private static final Map<String, Analyzer> BY_LANGUAGE = languages();

  private final Analyzer general = new General();

  Analysis() {
    super(PER_FIELD_REUSE_STRATEGY);
  }

  private static Map<String, Analyzer> languages() {
    Map<String, Analyzer> map = new LinkedHashMap<>();
    map.put("fr", new FrenchAnalyzer());
    map.put("de", new GermanAnalyzer());
    map.put("en", new EnglishAnalyzer());
    map.put("es", new SpanishAnalyzer());
    map.put("it", new ItalianAnalyzer());
    map.put("nl", new DutchAnalyzer());
    map.put("pt", new PortugueseAnalyzer());
    return map;
  }

  /// The languages with an analyser of their own, as ISO 639-1.
  static Set<String> supported() {
    return BY_LANGUAGE.keySet();
  }

  /// The field of a kind (`text`, `head`) for a language.
  static String field(String kind, String language) {
    return kind + "." + language;
  }

  @Override
  protected Analyzer getWrappedAnalyzer(String field) {
    int dot = field.indexOf('.');
    Analyzer analyzer = dot < 0 ? null : BY_LANGUAGE.get(field.substring(dot + 1));
    return analyzer == null ? general : analyzer;
  }

  /// The words of a question, stop words left out, each with the fields and terms it may be found
  /// under.
  List<Map<String, String>> words(String question) {
    List<Map<String, String>> words = new ArrayList<>();
    for (String word : terms(new Words(), "", question)) {
      Map<String, String> forms = new LinkedHashMap<>();
      List<String> general = terms(this, TEXT, word);
      if (general.isEmpty()) {
        continue;
      }
      forms.put("", general.getFirst());
      for (String language : supported()) {
        List<String> terms = terms(this, field(TEXT, language), word);
        if (!terms.isEmpty()) {
          forms.put(language, terms.getFirst());
        }
      }
      if (!words.contains(forms)) {
        words.add(forms);
      }
    }
    return words;
  }

  private static List<String> terms(Analyzer analyzer, String field, String text) {
    List<String> terms = new ArrayList<>();
    try (TokenStream stream = analyzer.tokenStream(field, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        terms.add(term.toString());
      }
      stream.end();
    } catch (IOException e) {
      throw new AssertionError("Strings do not fail to be read.", e);
    }
    return terms;
  }

  /// Splits into words and changes nothing.
  private static final class Words extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      return new TokenStreamComponents(new StandardTokenizer());
    }
  }

  /// One analyser for every language.
  private static final class General extends Analyzer {

    private static final CharArraySet STOP = stopWords();

    private static CharArraySet stopWords() {
      var all = new CharArraySet(1000, true);
      all.addAll(EnglishAnalyzer.getDefaultStopSet());
      all.addAll(FrenchAnalyzer.getDefaultStopSet());
      all.addAll(GermanAnalyzer.getDefaultStopSet());
      all.addAll(QUESTION_WORDS);
      return all;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      var words = new StandardTokenizer();
      TokenStream stream = new LowerCaseFilter(words);
      stream = new ElisionFilter(stream, FrenchAnalyzer.DEFAULT_ARTICLES);
      stream = new StopFilter(stream, STOP);
      stream = new ASCIIFoldingFilter(stream);
      return new TokenStreamComponents(words, stream);
    }
  }

  /// Words that ask and say nothing of what is asked for, which the languages' own lists leave in.
  private static final Set<String> QUESTION_WORDS =
      Set.of(
          "what",
          "which",
          "who",
          "whom",
          "whose",
          "when",
          "where",
          "why",
          "how",
          "many",
          "much",
          "does",
          "do",
          "did",
          "can",
          "could",
          "should",
          "shall",
          "may",
          "must",
          "is",
          "has",
          "have",
          "our",
          "we",
          "you",
          "your",
          "i",
          "my",
          "me",
          "tell",
          "please",
          "quel",
          "quelle",
          "quels",
          "quelles",
          "qui",
          "quand",
          "où",
          "comment",
          "combien",
          "pourquoi",
          "est-ce",
          "faut-il",
          "doit-on",
          "peut-on",
          "dois",
          "doit",
          "peut",
          "puis",
          "je",
          "quoi",
          "wie",
          "was",
          "wer",
          "wann",
          "wo",
          "warum",
          "welche",
          "welcher",
          "welches",
          "viel",
          "viele",
          "wieviel",
          "darf",
          "kann",
          "muss",
          "soll",
          "gibt",
          "lange");
}
