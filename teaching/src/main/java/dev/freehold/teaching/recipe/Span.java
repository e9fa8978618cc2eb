package dev.freehold.teaching.recipe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A piece of a sentence that a question can ask for.
///
/// @param type what kind of thing it is
/// @param start index of its first character in the sentence
/// @param end index behind its last
/// @param text the piece
record Span(Type type, int start, int end, String text) {

  /// What a span is, the surest to be asked for first.
  enum Type {
    /// A day, a month of a year, a time of day.
    TIME,
    /// A number with what it counts.
    AMOUNT,
    /// A part number, a room, a code.
    CODE,
    /// A person, a firm, a product.
    NAME,
    /// Words in quotation marks.
    QUOTED,
    /// What stands behind "because" and its like.
    REASON,
    /// What stands behind a colon.
    REST,
    /// A cell of a table, whatever it holds.
    CELL
  }

  /// What an amount measures, since a price is asked for in other words than a period.
  enum Measure {
    MONEY("[€£$]|\\b(?:EUR|USD|GBP|CHF|euros?|Euro)\\b"),
    DURATION(
        "\\b(?:seconds?|minutes?|min|hours?|days?|weeks?|months?|years?|secondes?|heures?|jours?"
            + "|semaines?|mois|ans?|années?|Sekunden?|Minuten?|Stunden?|Tage?n?|Wochen?|Monate?n?"
            + "|Jahre?n?)\\b"),
    SHARE("[%‰]|\\bper cent\\b|\\bpour cent\\b|\\bProzent\\b"),
    TEMPERATURE("°C"),
    /// A length, a weight, a count, whatever else.
    OTHER("");

    private final Pattern sign;

    Measure(String sign) {
      this.sign = Pattern.compile(sign);
    }
  }

  private static final String MONTHS =
      "(?:January|February|March|April|May|June|July|August|September|October|November|December"
          + "|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
          + "|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)";

  private static final Pattern TIME =
      Pattern.compile(
          "\\b\\d{1,2}(?:\\.|er|st|nd|rd|th)?\\s"
              + MONTHS
              + "(?:\\s\\d{4})?"
              + "|\\b"
              + MONTHS
              + "\\s\\d{4}\\b"
              + "|(?<=\\b(?:in|of|en|im|ab)\\s)"
              + MONTHS
              + "\\b"
              + "|(?<![\\d.,/-])(?:19|20)\\d{2}(?!\\d|[.,/-]\\d|\\s?[€%])"
              + "|\\b\\d{1,2}[/.]\\d{1,2}[/.]\\d{4}\\b"
              + "|\\b\\d{1,2}(?::\\d{2}|\\s?h(?:\\s?\\d{2})?(?![\\p{L}]))(?:\\s?(?:Uhr|a\\.m\\.|p\\.m\\.|am\\b|pm\\b))?");

  // Groups of three may be divided by a point, a comma or one of the blanks that do not break.
  private static final Pattern AMOUNT =
      Pattern.compile(
          "\\b\\d+\\s(?:hours?|minutes?|heures?|Stunden?|Minuten?)\\s(?:(?:and|et|und)\\s)?\\d+\\s(?:minutes?|seconds?|secondes?|Minuten?|Sekunden?)\\b|"
              + "(?:[€£$]\\s?)?(?<![\\p{L}\\d.,-])[+±−-]?\\d+(?:[.,\\u00a0\\u202f\\u2009"
              + " ]\\d{3}(?!\\d))*(?:[.,]\\d+)?"
              + "(?:\\s?(?:%|‰|°C|€|£|\\$))?(?:\\s(?:working|calendar|full|pleins?)(?=\\s))?"
              + "(?:\\s(?:[mb]illions?|milliards?|Million(?:en)?|Milliarden?)\\s(?:d['’])?[\\p{L}€$£]+|\\s[\\p{L}µ/²³]+(?:\\(\\p{L}\\))?(?:\\s(?:ouvrés|ouvrables|calendaires))?)?");

  // A number behind a name is a part of it: hall 2, revision 3.
  private static final Pattern NAMED = Pattern.compile("(?<=\\s)\\p{Lu}\\p{L}{2,}\\s$");

  // Numbers as words, with what they count.
  private static final Pattern WORDED =
      Pattern.compile(
          "(?iU)\\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen"
              + "|twenty|thirty|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quatorze|quinze"
              + "|vingt|trente|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|elf|zwölf|vierzehn"
              + "|fünfzehn|zwanzig|dreißig)(?:\\s(?:and\\sa\\shalf|et\\sdemie?))?"
              + "\\s(?:(?:working|calendar|full)\\s)?\\p{L}{3,}(?:\\s(?:ouvrés|ouvrables))?");

  // Version and telephone numbers and their like have several groups of digits.
  private static final Pattern CODE =
      Pattern.compile(
          "\\+\\d{1,3}(?:[ .]\\d{1,4}){2,}|\\b\\d+(?:\\.\\d+){2,}\\b|\\b\\d{2}(?: \\d{2}){2,}\\b|"
              + "\\b(?:\\p{Lu}{1,6}\\d*(?:[-/]\\p{Lu}*\\d[\\p{Lu}\\d/-]*)|\\p{Lu}{1,4}\\d{2,}\\w*|\\p{Lu}{2,}\\s\\d+)\\b");

  private static final Pattern NAME =
      Pattern.compile("\\p{Lu}[\\p{L}'’-]+(?:\\s(?:(?:de|du|von|van)\\s)?\\p{Lu}[\\p{L}'’-]+)+");

  private static final Pattern QUOTED = Pattern.compile("[“«„\"]\\s?([^”»“\"]{3,60}?)\\s?[”»“\"]");

  private static final Pattern REASON =
      Pattern.compile(
          "(?iU)\\b(?:because(?:\\sof)?|due\\sto|owing\\sto|at\\sthe\\srequest\\sof|parce\\squ(?:e\\s|['’])|en\\sraison\\sd(?:e\\s|u\\s|es\\s|['’])"
              + "|à\\scause\\sd(?:e\\s|u\\s|es\\s|['’])|faute\\sd(?:e\\s|['’])|à\\sla\\sdemande\\sd(?:e\\s|u\\s|es\\s|['’])|weil\\b|wegen\\b|aufgrund\\b|auf\\sWunsch\\b)[^,;:.]{4,90}");

  private static final Pattern REST =
      Pattern.compile("(?<=[\\p{L})]\\s?:\\s)[^:;.]{3,60}(?=[.;]|$)");

  private static final int MOST = 4;

  /// The spans of a sentence that do not overlap, the surest first.
  ///
  /// @param words tells which words belong to the frame of a sentence and not to its matter
  static List<Span> in(String sentence, Wordings words) {
    List<Span> spans = new ArrayList<>();
    add(spans, Type.QUOTED, QUOTED.matcher(sentence), 1);
    add(spans, Type.TIME, TIME.matcher(sentence), 0);
    add(spans, Type.CODE, CODE.matcher(sentence), 0);
    Matcher amounts = AMOUNT.matcher(sentence);
    while (amounts.find()) {
      Span amount = amount(amounts.start(), amounts.group(), words);
      if (amount.measure() != Measure.OTHER
          || !NAMED.matcher(sentence.substring(0, amounts.start())).find()) {
        offer(spans, amount);
      }
    }
    Matcher worded = WORDED.matcher(sentence);
    while (worded.find()) {
      Span amount = amount(worded.start(), worded.group(), words);
      if (amount.text().indexOf(' ') > 0) {
        offer(spans, amount);
      }
    }
    add(spans, Type.NAME, NAME.matcher(sentence), 0);
    Matcher reasons = REASON.matcher(sentence);
    while (reasons.find()) {
      // It may hold a number that is asked for by itself.
      spans.add(new Span(Type.REASON, reasons.start(), reasons.end(), reasons.group().strip()));
    }
    if (spans.isEmpty()) {
      add(spans, Type.REST, REST.matcher(sentence), 0);
    }
    spans.removeIf(span -> span.start() == 0 && span.type() == Type.NAME && span.end() > 60);
    return spans.stream()
        .filter(span -> span.text().length() * 10 < sentence.length() * 8)
        .sorted(Comparator.comparing(Span::type))
        .limit(MOST)
        .toList();
  }

  // A word behind the number that belongs to the frame of the sentence is no unit.
  private static Span amount(int start, String found, Wordings words) {
    String text = found;
    int blank = text.lastIndexOf(' ');
    while (blank > 0 && words.frame(text.substring(blank + 1))) {
      text = text.substring(0, blank);
      blank = text.lastIndexOf(' ');
    }
    return new Span(Type.AMOUNT, start, start + text.length(), text);
  }

  private static void add(List<Span> spans, Type type, Matcher matcher, int group) {
    while (matcher.find()) {
      offer(spans, new Span(type, matcher.start(group), matcher.end(group), matcher.group(group)));
    }
  }

  private static void offer(List<Span> spans, Span span) {
    if (spans.stream().noneMatch(one -> one.start() < span.end() && span.start() < one.end())) {
      spans.add(span);
    }
  }

  /// What it measures where it is an amount.
  Measure measure() {
    return Stream.of(Measure.values())
        .filter(measure -> measure.sign.matcher(text).find())
        .findFirst()
        .orElse(Measure.OTHER);
  }

  /// What is counted where it is an amount and a word says so; else empty.
  String unit() {
    Matcher unit = UNIT.matcher(text);
    return type == Type.AMOUNT && measure() != Measure.MONEY && unit.find() ? unit.group(1) : "";
  }

  private static final Pattern UNIT =
      Pattern.compile("^(?:[\\d.,\\s]+|\\p{L}+)\\s((?:\\p{L}+\\s)?\\p{L}{3,})$");

  /// The sentence with something else in this place.
  String replacedIn(String sentence, String other) {
    return sentence.substring(0, start) + other + sentence.substring(end);
  }
}
