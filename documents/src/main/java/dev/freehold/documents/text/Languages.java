package dev.freehold.documents.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/// Tells the language of a text, among those that an analyser is there for.
///
/// Uses Apache OpenNLP's model of 183 languages and asks it only for ours. Safe for use by many
/// threads at once.
public final class Languages {

  // OpenNLP speaks ISO 639-3.
  private static final Map<String, String> CODES =
      Map.of(
          "fra", "fr", "deu", "de", "eng", "en", "spa", "es", "ita", "it", "nld", "nl", "por",
          "pt");

  private static final int ENOUGH = 4000;

  // Words that short questions are full of, for texts too short for letter statistics.
  private static final Map<String, Set<String>> FREQUENT =
      Map.of(
          "fr",
          Set.of(
              "le", "la", "les", "des", "du", "un", "une", "est", "et", "quel", "quelle", "quels",
              "quelles", "qui", "combien", "comment", "pour", "dans", "sur", "au", "aux", "ce",
              "cette", "faut", "il", "elle", "nous", "vous", "je", "pas", "avec", "quand", "où",
              "par", "sont", "peut", "doit", "en", "de"),
          "de",
          Set.of(
              "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einer", "ist",
              "und", "wie", "was", "wer", "wann", "wo", "welche", "welcher", "welches", "für",
              "von", "mit", "auf", "im", "zu", "bei", "nicht", "viel", "viele", "sind", "wird",
              "kann", "muss", "darf", "ich", "wir", "lange"),
          "en",
          Set.of(
              "the", "a", "an", "is", "are", "and", "of", "what", "which", "who", "when", "where",
              "how", "many", "much", "does", "do", "can", "for", "to", "in", "on", "with", "by",
              "must", "may", "should", "i", "we", "it", "not", "long", "from", "at"));

  private final LanguageDetectorModel model;

  private Languages(LanguageDetectorModel model) {
    this.model = model;
  }

  /// Reads the model from the class path.
  public static Languages load() {
    try (InputStream stream =
        Languages.class.getClassLoader().getResourceAsStream("langdetect-183.bin")) {
      if (stream == null) {
        throw new IllegalStateException("The language model is missing from the class path.");
      }
      return new Languages(new LanguageDetectorModel(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The language of a text as ISO 639-1; empty where it cannot be told.
  public Optional<String> of(String text) {
    String sample = text.length() > ENOUGH ? text.substring(0, ENOUGH) : text;
    if (sample.length() < 200) {
      Optional<String> frequent = byFrequentWords(sample);
      if (frequent.isPresent()) {
        return frequent;
      }
    }
    String best = "";
    double confidence = 0;
    for (Language language : new LanguageDetectorME(model).predictLanguages(sample)) {
      String code = CODES.get(language.getLang());
      if (code != null && language.getConfidence() > confidence) {
        best = code;
        confidence = language.getConfidence();
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  private static Optional<String> byFrequentWords(String text) {
    String best = "";
    int most = 0;
    int second = 0;
    String[] words = text.toLowerCase(java.util.Locale.ROOT).split("[^\\p{L}]+", -1);
    for (var language : FREQUENT.entrySet()) {
      int count = 0;
      for (String word : words) {
        if (language.getValue().contains(word)) {
          count++;
        }
      }
      if (count > most) {
        second = most;
        most = count;
        best = language.getKey();
      } else if (count > second) {
        second = count;
      }
    }
    return most > second && most >= 2 ? Optional.of(best) : Optional.empty();
  }
}
