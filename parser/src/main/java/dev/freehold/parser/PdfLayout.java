package dev.freehold.parser;

import java.text.Normalizer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes blocks of the lines of a PDF.
///
/// Running heads, feet and page numbers go. What is larger or bolder than the body, or stands in
/// the document's outline, is a heading; its level is the outline's, or follows from the order of
/// sizes. Words cut at the end of a line are joined.
final class PdfLayout {

  private static final float MARGIN = 0.11f;
  private static final Pattern PAGE_NUMBER =
      Pattern.compile(
          "(?i)(?:page|seite|p\\.|s\\.|[-–—])?\\s*[0-9]{1,4}\\s*(?:(?:/|of|sur|von|de|[-–—])\\s*[0-9]{0,4})?");
  // The lines of a table of contents lead to pages and say nothing themselves.
  private static final Pattern LEADERS = Pattern.compile("(?:\\.[\\s\\u00a0]*){6,}|…{3,}");
  private static final Pattern BULLET =
      Pattern.compile("^(?:[•·▪◦‣∙●○■□➢✓]|[-–—*](?=\\s))\\s*(.+)$");
  private static final Pattern NUMBERED =
      Pattern.compile("^(?:\\(?[0-9]{1,2}[.)]|\\(?[a-z][.)])\\s+\\S.*$");
  private static final Pattern SENTENCE_END = Pattern.compile("[.!?:;…»”\"]$");

  private final List<List<PdfLine>> pages;
  private final Map<Integer, Map<String, Integer>> outline;
  private final Output out;
  private final Map<String, Integer> levels = new HashMap<>();
  private final Set<String> words = new HashSet<>();
  private float body;
  private boolean bodyBold;

  private final StringBuilder paragraph = new StringBuilder();
  private int paragraphPage;
  private boolean paragraphIsItem;
  private @Nullable PdfLine previous;

  PdfLayout(List<List<PdfLine>> pages, Map<Integer, Map<String, Integer>> outline, Output out) {
    this.outline = outline;
    this.out = out;
    this.pages = withoutHeadsAndFeet(pages);
    measure();
  }

  static String normal(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}]+", " ")
        .strip();
  }

  // Running heads and feet.

  private static List<List<PdfLine>> withoutHeadsAndFeet(List<List<PdfLine>> pages) {
    Map<String, Integer> seen = new HashMap<>();
    for (List<PdfLine> page : pages) {
      Set<String> here = new HashSet<>();
      for (PdfLine line : page) {
        if (inMargin(line)) {
          here.add(shape(line));
        }
      }
      here.forEach(shape -> seen.merge(shape, 1, Integer::sum));
    }
    int often = Math.max(2, (int) Math.ceil(pages.size() * 0.3));
    return pages.stream()
        .map(page ->
            page.stream()
                .filter(line -> !LEADERS.matcher(line.text()).find())
                .filter(line ->
                    !inMargin(line)
                        || !(PAGE_NUMBER.matcher(line.text().strip()).matches()
                            || seen.getOrDefault(shape(line), 0) >= often))
                .toList())
        .toList();
  }

  private static boolean inMargin(PdfLine line) {
    return line.y() < line.pageHeight() * MARGIN || line.y() > line.pageHeight() * (1 - MARGIN);
  }

  private static String shape(PdfLine line) {
    return (line.y() < line.pageHeight() / 2 ? "^" : "_")
        + line.text().replaceAll("[0-9]+", "#").strip();
  }

  // What the body looks like, and what is larger.

  private void measure() {
    Map<String, Integer> characters = new HashMap<>();
    Map<String, PdfLine> examples = new HashMap<>();
    for (List<PdfLine> page : pages) {
      for (PdfLine line : page) {
        characters.merge(style(line), line.text().length(), Integer::sum);
        examples.putIfAbsent(style(line), line);
        for (String word : line.text().split("[^\\p{L}-]+", -1)) {
          words.add(word.toLowerCase(Locale.ROOT));
        }
      }
    }
    String most =
        characters.entrySet().stream()
            .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
            .map(Map.Entry::getKey)
            .orElse("");
    PdfLine example = examples.get(most);
    body = example == null ? 10 : example.size();
    bodyBold = example != null && example.bold();
    List<PdfLine> larger =
        examples.values().stream()
            .filter(this::prominent)
            .sorted(
                Comparator.comparingDouble((PdfLine line) -> line.size())
                    .thenComparing(PdfLine::bold)
                    .reversed())
            .toList();
    for (PdfLine line : larger) {
      levels.put(style(line), Math.min(levels.size() + 1, 5));
    }
  }

  private static String style(PdfLine line) {
    return line.size() + (line.bold() ? "b" : "");
  }

  private boolean prominent(PdfLine line) {
    return line.size() >= body * 1.08f + 0.4f
        || (line.bold() && !bodyBold && line.size() >= body * 0.94f);
  }

  // From lines to blocks.

  void write() {
    for (List<PdfLine> page : pages) {
      for (int i = 0; i < page.size(); ) {
        PdfTables.Region table = PdfTables.at(page, i);
        if (table != null) {
          flush();
          out.table(table.rows(), page.get(i).page());
          i += table.lines();
          previous = null;
          continue;
        }
        int heading = heading(page, i);
        i += heading > 0 ? heading : 1;
        if (heading == 0) {
          text(page.get(i - 1));
        }
      }
    }
    flush();
  }

  // Returns how many lines the heading takes, 0 where there is none.
  private int heading(List<PdfLine> page, int i) {
    PdfLine line = page.get(i);
    Map<String, Integer> titles = outline.getOrDefault(line.page(), Map.of());
    var joined = new StringBuilder();
    for (int n = 1; n <= 3 && i + n <= page.size() && !titles.isEmpty(); n++) {
      join(joined, page.get(i + n - 1).text());
      Integer level = titles.get(normal(joined.toString()));
      if (level != null) {
        flush();
        out.heading(level, joined.toString(), line.page());
        previous = null;
        return n;
      }
    }
    if (!prominent(line)
        || !levels.containsKey(style(line))
        || BULLET.matcher(line.text()).matches()) {
      return 0;
    }
    int n = 1;
    while (i + n < page.size()
        && style(page.get(i + n)).equals(style(line))
        && page.get(i + n).y() > page.get(i + n - 1).y()
        && page.get(i + n).y() - page.get(i + n - 1).y() < line.size() * 1.7f) {
      n++;
    }
    joined.setLength(0);
    for (PdfLine each : page.subList(i, i + n)) {
      join(joined, each.text());
    }
    String text = joined.toString();
    boolean bolderOnly = line.size() < body * 1.08f + 0.4f;
    if (n > 3
        || text.length() > (bolderOnly ? 120 : 200)
        || text.chars().noneMatch(Character::isLetter)
        || (bolderOnly && (text.endsWith(".") || text.endsWith(",") || text.endsWith(";")))
        || (bolderOnly && continues(page, i))) {
      return 0;
    }
    flush();
    out.heading(levels.getOrDefault(style(line), 5), text, line.page());
    previous = null;
    return n;
  }

  // A bold line in the middle of a paragraph is only an emphasis.
  private boolean continues(List<PdfLine> page, int i) {
    PdfLine line = page.get(i);
    return previous != null
        && previous.page() == line.page()
        && line.y() > previous.y()
        && line.y() - previous.y() < body * 1.35f
        && !SENTENCE_END.matcher(previous.text()).find();
  }

  private void text(PdfLine line) {
    var bullet = BULLET.matcher(line.text());
    boolean item = bullet.matches() || NUMBERED.matcher(line.text()).matches();
    if (item || begins(line)) {
      flush();
      paragraphPage = line.page();
      paragraphIsItem = item;
    }
    join(paragraph, bullet.matches() ? bullet.group(1) : line.text());
    previous = line;
  }

  private boolean begins(PdfLine line) {
    PdfLine before = previous;
    if (before == null || paragraph.isEmpty()) {
      return true;
    }
    boolean ended = SENTENCE_END.matcher(before.text()).find();
    if (before.page() != line.page() || line.y() < before.y()) {
      // Over the page or to the next column a sentence goes on.
      return ended || !Character.isLowerCase(line.text().codePointAt(0));
    }
    float gap = line.y() - before.y();
    boolean shortLine = before.x1() < line.x1() - line.pageWidth() * 0.12f;
    return gap > Math.max(line.size(), before.size()) * 1.75f
        || Math.abs(line.size() - before.size()) > 1.6f
        || (line.bold() != before.bold() && ended)
        || (ended
            && (shortLine || (line.x0() > before.x0() + line.size() * 0.8f && !paragraphIsItem)));
  }

  private void flush() {
    String text = paragraph.toString();
    paragraph.setLength(0);
    if (paragraphIsItem) {
      out.listItem(1, text, paragraphPage);
    } else {
      out.paragraph(text, paragraphPage);
    }
    paragraphIsItem = false;
  }

  // Joins a line to what stands before; a word cut by a hyphen becomes whole, unless the document
  // writes it with the hyphen elsewhere.
  private void join(StringBuilder into, String line) {
    if (into.isEmpty()) {
      into.append(line);
      return;
    }
    char last = into.charAt(into.length() - 1);
    boolean cut =
        (last == '-' || last == '\u00ad' || last == '\u2010')
            && into.length() > 1
            && Character.isLetter(into.charAt(into.length() - 2))
            && Character.isLowerCase(line.codePointAt(0));
    if (!cut) {
      into.append(' ').append(line);
      return;
    }
    String head = into.substring(lastBlank(into) + 1, into.length() - 1);
    String tail = line.split("[^\\p{L}-]", 2)[0];
    boolean hyphenated =
        words.contains((head + "-" + tail).toLowerCase(Locale.ROOT))
            && !words.contains((head + tail).toLowerCase(Locale.ROOT));
    if (!hyphenated) {
      into.setLength(into.length() - 1);
    }
    into.append(line);
  }

  private static int lastBlank(StringBuilder text) {
    for (int i = text.length() - 2; i >= 0; i--) {
      if (!Character.isLetter(text.charAt(i)) && text.charAt(i) != '-') {
        return i;
      }
    }
    return -1;
  }
}
