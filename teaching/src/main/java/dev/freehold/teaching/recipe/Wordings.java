package dev.freehold.teaching.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// How things are asked and said in one language, for transformations that need no model.
///
/// In the templates `%s` is filled in; where there are two, `%1$s` and `%2$s`.
///
/// @param asking the words that stand for a span in a question, by its type; amounts have their own
/// @param measured the same for amounts, by what they measure
/// @param unit asks for an amount by what is counted: `%s`
/// @param limits words before an amount that belong to its answer
/// @param frames how a person leads to a question: `%s` the question
/// @param gap asks for what is left out
/// @param about asks for a statement, by its topic
/// @param where asks for a statement, by a piece of it
/// @param cell asks for a cell: `%1$s` its column, `%2$s` its row
/// @param valueOf asks for a cell by its row alone
/// @param row asks for a row by one of its cells: `%1$s` what rows are, `%2$s` the column, `%3$s`
///   the cell
/// @param plain a question outside of a conversation
/// @param onTopic a question with the topic before it: `%1$s` the topic, `%2$s` the question
/// @param unseen a question that is kept for the exam, in an order that no lesson has: `%1$s` the
///   asking word, `%2$s` the topic, `%3$s` the sentence without what is asked for
/// @param endings of words, as they change from sentence to sentence
/// @param frame words that belong to the frame of a sentence and not to its matter
record Wordings(
    Map<Span.Type, List<String>> asking,
    Map<Span.Measure, List<String>> measured,
    List<String> unit,
    List<String> limits,
    List<String> frames,
    List<String> gap,
    List<String> about,
    List<String> where,
    List<String> cell,
    List<String> valueOf,
    List<String> row,
    List<String> plain,
    List<String> onTopic,
    String unseen,
    List<String> endings,
    Set<String> frame) {

  /// Stands for what was left out.
  static final String GAP = "…";

  private static final Wordings ENGLISH =
      new Wordings(
          Map.of(
              Span.Type.TIME, List.of("when", "at what time or date"),
              Span.Type.CODE, List.of("which code", "which number", "which one"),
              Span.Type.NAME, List.of("who", "which name", "who or what"),
              Span.Type.QUOTED, List.of("what words", "what"),
              Span.Type.REASON, List.of("why", "for what reason", "how come", "what is the cause"),
              Span.Type.REST, List.of("what", "which", "who or what"),
              Span.Type.CELL, List.of("what", "which value", "how much or what")),
          Map.of(
              Span.Measure.MONEY,
                  List.of("how much", "what does it cost", "how much money", "what is the price"),
              Span.Measure.DURATION,
                  List.of("how long", "for how long", "within what time", "how much time"),
              Span.Measure.SHARE, List.of("what share", "how many per cent", "how much"),
              Span.Measure.TEMPERATURE, List.of("how hot or cold", "at what temperature"),
              Span.Measure.OTHER, List.of("how much", "how many", "what amount")),
          List.of("how many %s", "what number of %s"),
          List.of(
              "at least",
              "at most",
              "no more than",
              "no less than",
              "more than",
              "less than",
              "fewer than",
              "up to",
              "below",
              "above",
              "under",
              "over",
              "about",
              "within",
              "before",
              "after",
              "beyond",
              "not before",
              "only",
              "until",
              "from"),
          List.of(
              "Can you tell me: %s",
              "I would like to know: %s",
              "A colleague asks: %s",
              "Somebody wants to know this from us. %s",
              "Please help me. %s",
              "I have a question. %s",
              "Do you know this? %s",
              "We are not sure about this: %s",
              "My boss wants to know: %s",
              "I am new here. %s",
              "Short question: %s",
              "Hello, %s",
              "%s Please be brief.",
              "%s Thank you."),
          List.of("Fill in the gap: %s", "What is missing here? %s", "Complete this: %s"),
          List.of("What do you know about %s?", "Tell me about %s.", "What applies to %s?", "%s?"),
          List.of("Where does %s come up?", "What is said about %s?", "%s: what is that about?"),
          List.of(
              "What is the %1$s of %2$s?",
              "%2$s: %1$s?", "Which %1$s does %2$s have?", "Tell me the %1$s for %2$s."),
          List.of("What is given for %s?", "%s: what is the value?", "What does it say for %s?"),
          List.of("Which %1$s has %2$s %3$s?", "%2$s %3$s: which %1$s is that?"),
          List.of("Question: %s\nAnswer:", "Q: %s\nA:"),
          List.of("%1$s: %2$s", "About %1$s: %2$s", "A question on %1$s. %2$s"),
          "%1$s, on %2$s: %3$s?",
          List.of("", "s", "e", "es", "ed", "ing", "er", "ion", "ly"),
          Set.of(
              "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "and",
              "or", "is", "are", "was", "were", "be", "been", "it", "its", "this", "that", "these",
              "those", "as", "if", "not", "no", "they", "their", "we", "our", "you", "your", "he",
              "she", "his", "her", "has", "have", "had", "will", "can", "may", "must", "than",
              "then", "there", "which", "who", "whom", "when", "where", "per", "into", "after",
              "before", "each", "every", "all", "any", "also", "only", "but", "so", "do", "does"));

  private static final Wordings FRENCH =
      new Wordings(
          Map.of(
              Span.Type.TIME, List.of("quand", "à quelle date ou heure"),
              Span.Type.CODE, List.of("quel code", "quel numéro", "lequel"),
              Span.Type.NAME, List.of("qui", "quel nom", "qui ou quoi"),
              Span.Type.QUOTED, List.of("quels mots", "quoi"),
              Span.Type.REASON,
                  List.of(
                      "pourquoi", "pour quelle raison", "à cause de quoi", "quelle est la cause"),
              Span.Type.REST, List.of("quoi", "lequel", "qui ou quoi"),
              Span.Type.CELL, List.of("quoi", "quelle valeur", "combien ou quoi")),
          Map.of(
              Span.Measure.MONEY,
                  List.of("combien", "quel prix", "quel montant", "combien d'argent"),
              Span.Measure.DURATION,
                  List.of("combien de temps", "pendant combien de temps", "dans quel délai"),
              Span.Measure.SHARE, List.of("quelle part", "combien pour cent", "combien"),
              Span.Measure.TEMPERATURE, List.of("à quelle température", "combien de degrés"),
              Span.Measure.OTHER, List.of("combien", "quelle quantité", "quel montant")),
          List.of("combien de %s", "quel nombre de %s"),
          List.of(
              "au moins",
              "au plus",
              "au maximum",
              "au minimum",
              "plus de",
              "moins de",
              "jusqu'à",
              "environ",
              "dans les",
              "sous",
              "avant",
              "après",
              "dès",
              "à partir de",
              "au-delà de",
              "seulement",
              "pendant",
              "de"),
          List.of(
              "Peux-tu me dire : %s",
              "Je voudrais savoir : %s",
              "Une collègue demande : %s",
              "Quelqu'un veut savoir ceci. %s",
              "Aide-moi, s'il te plaît. %s",
              "J'ai une question. %s",
              "Sais-tu cela ? %s",
              "Nous ne sommes pas sûrs : %s",
              "Mon chef veut savoir : %s",
              "Je suis nouveau ici. %s",
              "Petite question : %s",
              "Bonjour, %s",
              "%s Sois bref, s'il te plaît.",
              "%s Merci."),
          List.of("Complète : %s", "Que manque-t-il ici ? %s", "Remplis le blanc : %s"),
          List.of("Que sais-tu de %s ?", "Parle-moi de %s.", "Que dit-on de %s ?", "%s ?"),
          List.of("Où est-il question de %s ?", "Que dit-on de %s ?", "%s : de quoi s'agit-il ?"),
          List.of(
              "Quel est %1$s pour %2$s ?",
              "%2$s : %1$s ?", "%1$s, pour %2$s ?", "Donne-moi %1$s de %2$s."),
          List.of("Qu'est-il indiqué pour %s ?", "%s : quelle valeur ?", "Que vaut %s ?"),
          List.of("%1$s, %2$s %3$s : lequel ?", "%2$s %3$s : de quoi s'agit-il (%1$s) ?"),
          List.of("Question : %s\nRéponse :", "Q : %s\nR :"),
          List.of("%1$s : %2$s", "À propos de %1$s : %2$s", "Une question sur %1$s. %2$s"),
          "%1$s, à propos de %2$s : %3$s ?",
          List.of(
              "", "e", "s", "es", "er", "é", "ée", "és", "ent", "ait", "ons", "ez", "ant", "ion",
              "ement"),
          Set.of(
              "le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "à", "au", "aux", "en",
              "dans", "sur", "par", "pour", "avec", "et", "ou", "est", "sont", "était", "être",
              "il", "elle", "ils", "elles", "ce", "cette", "ces", "se", "s", "qui", "que", "qu",
              "ne", "pas", "plus", "si", "nous", "vous", "leur", "leurs", "son", "sa", "ses", "a",
              "ont", "peut", "doit", "dont", "où", "comme", "chaque", "tout", "tous", "toute",
              "aussi", "mais", "après", "avant", "sans", "y", "n", "c", "on"));

  private static final Wordings GERMAN =
      new Wordings(
          Map.of(
              Span.Type.TIME, List.of("wann", "zu welcher Zeit"),
              Span.Type.CODE, List.of("welcher Code", "welche Nummer", "welche"),
              Span.Type.NAME, List.of("wer", "welcher Name", "wer oder was"),
              Span.Type.QUOTED, List.of("welche Worte", "was"),
              Span.Type.REASON,
                  List.of("warum", "weshalb", "aus welchem Grund", "was ist die Ursache"),
              Span.Type.REST, List.of("was", "welche", "wer oder was"),
              Span.Type.CELL, List.of("was", "welcher Wert", "wie viel oder was")),
          Map.of(
              Span.Measure.MONEY,
                  List.of("wie viel", "was kostet es", "wie viel Geld", "welcher Preis"),
              Span.Measure.DURATION, List.of("wie lange", "in welcher Zeit", "wie viel Zeit"),
              Span.Measure.SHARE, List.of("welcher Anteil", "wie viel Prozent", "wie viel"),
              Span.Measure.TEMPERATURE, List.of("bei welcher Temperatur", "wie viel Grad"),
              Span.Measure.OTHER, List.of("wie viel", "wie viele", "welche Menge")),
          List.of("wie viele %s", "welche Zahl von %s"),
          List.of(
              "mindestens",
              "höchstens",
              "bis zu",
              "mehr als",
              "weniger als",
              "etwa",
              "rund",
              "über",
              "unter",
              "innerhalb von",
              "nach",
              "vor",
              "ab",
              "nur",
              "sogar",
              "bis"),
          List.of(
              "Kannst du mir sagen: %s",
              "Ich möchte wissen: %s",
              "Eine Kollegin fragt: %s",
              "Jemand will das von uns wissen. %s",
              "Bitte hilf mir. %s",
              "Ich habe eine Frage. %s",
              "Weißt du das? %s",
              "Wir sind nicht sicher: %s",
              "Mein Chef will wissen: %s",
              "Ich bin neu hier. %s",
              "Kurze Frage: %s",
              "Hallo, %s",
              "%s Bitte kurz.",
              "%s Danke."),
          List.of("Ergänze: %s", "Was fehlt hier? %s", "Fülle die Lücke: %s"),
          List.of("Was weißt du über %s?", "Erzähl mir von %s.", "Was gilt für %s?", "%s?"),
          List.of("Wo kommt %s vor?", "Was wird über %s gesagt?", "%s: worum geht es?"),
          List.of(
              "Was ist %1$s von %2$s?", "%2$s: %1$s?", "%1$s bei %2$s?", "Nenne %1$s für %2$s."),
          List.of("Was ist für %s angegeben?", "%s: welcher Wert?", "Was steht bei %s?"),
          List.of("%1$s mit %2$s %3$s: welche?", "%2$s %3$s: welche %1$s ist das?"),
          List.of("Frage: %s\nAntwort:", "F: %s\nA:"),
          List.of("%1$s: %2$s", "Zu %1$s: %2$s", "Eine Frage zu %1$s. %2$s"),
          "%1$s, zum Thema %2$s: %3$s?",
          List.of("", "e", "n", "en", "er", "es", "t", "te", "ten", "ung", "lich"),
          Set.of(
              "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer",
              "eines", "und", "oder", "ist", "sind", "war", "waren", "sein", "wird", "werden", "zu",
              "zur", "zum", "in", "im", "an", "am", "auf", "aus", "bei", "beim", "bis", "von",
              "vom", "vor", "nach", "mit", "für", "über", "unter", "durch", "es", "er", "sie",
              "wir", "ihr", "sich", "nicht", "kein", "keine", "auch", "nur", "als", "wenn", "dass",
              "hat", "haben", "kann", "muss", "darf", "jede", "jeder", "jedes", "alle", "dann",
              "so", "aber", "wie", "wer", "was", "ab", "je", "um", "man", "ohne", "gegen"));

  /// Those of a language; English where we have none of it, since its words are few in a keyword.
  static Wordings in(String language) {
    return switch (language) {
      case "fr" -> FRENCH;
      case "de" -> GERMAN;
      default -> ENGLISH;
    };
  }

  /// The words that ask for a span.
  List<String> asking(Span span) {
    if (span.type() != Span.Type.AMOUNT) {
      return asking.getOrDefault(span.type(), List.of(GAP));
    }
    List<String> words = new ArrayList<>(measured.getOrDefault(span.measure(), List.of(GAP)));
    if (!span.unit().isEmpty()) {
      unit.forEach(one -> words.add(one.formatted(span.unit())));
    }
    return words;
  }

  /// Whether a word belongs to the frame of a sentence.
  boolean frame(String word) {
    return frame.contains(word.toLowerCase(Locale.ROOT));
  }
}
