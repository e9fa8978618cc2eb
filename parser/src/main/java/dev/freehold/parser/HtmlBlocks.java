package dev.freehold.parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/// Turns an HTML tree into blocks: headings, paragraphs, lists, tables, code.
///
/// Also reads the XHTML that Tika makes of other formats, where slides and pages are `div`s and
/// list items may be paragraphs that begin with a bullet.
final class HtmlBlocks {

  private static final int DEEPEST = 500;

  private static final Pattern BULLET =
      Pattern.compile(
          "^(?:[•·▪◦‣∙●○■□–—*]|-(?=\\s)|[0-9]{1,2}[.)](?=\\s)|[a-z][.)](?=\\s))\\s*(.+)$",
          Pattern.DOTALL);

  private final Output out;
  private final boolean office;
  private final StringBuilder line = new StringBuilder();
  private int listDepth;
  private int depth;
  private int page;
  private int pages;

  /// @param office whether the tree is Tika's picture of an office document
  HtmlBlocks(Output out, boolean office) {
    this.out = out;
    this.office = office;
  }

  /// Reads everything below an element and returns how many pages were marked, 0 for none.
  int walk(Element root) {
    children(root);
    flush();
    return pages;
  }

  private void children(Node parent) {
    if (++depth > DEEPEST) {
      throw new StackOverflowError("nested too deep");
    }
    for (Node child : parent.childNodes()) {
      if (out.full()) {
        break;
      }
      switch (child) {
        case TextNode text -> line.append(text.getWholeText());
        case Element element -> element(element);
        default -> {}
      }
    }
    depth--;
  }

  private void element(Element element) {
    String name = element.normalName();
    switch (name) {
      case "h1", "h2", "h3", "h4", "h5", "h6" -> {
        flush();
        out.heading(name.charAt(1) - '0', element.text(), page);
      }
      case "p" -> {
        flush();
        children(element);
        if (office && element.className().toLowerCase(Locale.ROOT).matches("title|titel|titre")) {
          out.heading(1, line.toString(), page);
          line.setLength(0);
        }
        flush();
      }
      case "br" -> line.append('\n');
      case "ul", "ol", "menu" -> {
        flush();
        listDepth++;
        children(element);
        flush();
        listDepth--;
      }
      case "li" -> {
        flush();
        children(element);
        flush();
      }
      case "dl" -> {
        flush();
        definitions(element);
      }
      case "pre" -> {
        flush();
        out.code(element.wholeText(), page);
      }
      case "table" -> {
        flush();
        table(element);
      }
      case "td", "th" -> {
        children(element);
        line.append(' ');
      }
      case "div",
          "section",
          "article",
          "main",
          "body",
          "header",
          "aside",
          "blockquote",
          "figure",
          "figcaption",
          "address",
          "details",
          "summary",
          "center",
          "fieldset",
          "form",
          "tr",
          "tbody",
          "thead",
          "hr",
          "caption" ->
          division(element);
      default -> children(element);
    }
  }

  private void division(Element element) {
    flush();
    String kind = element.className();
    if (kind.equals("page") || kind.equals("slide-content") || kind.equals("slide")) {
      page = ++pages;
    }
    children(element);
    flush();
  }

  private void definitions(Element list) {
    listDepth++;
    String term = "";
    for (Element child : list.children()) {
      if (child.normalName().equals("dt")) {
        term = term.isEmpty() ? child.text() : term + ", " + child.text();
      } else if (child.normalName().equals("dd")) {
        line.append(term.isEmpty() ? "" : term + ": ");
        term = "";
        children(child);
        flush();
      } else {
        flush();
        element(child);
      }
    }
    if (!term.isEmpty()) {
      line.append(term);
      flush();
    }
    listDepth--;
  }

  // A table that holds tables, headings or lists is there for the layout.
  private void table(Element table) {
    if (table.selectFirst("table table, h1, h2, h3, h4, pre, td ul, td ol") != null
        && !table.select("td table, h1, h2, h3, h4, pre, td ul, td ol").isEmpty()
        && table.select("th").isEmpty()) {
      children(table);
      flush();
      return;
    }
    Element caption = table.selectFirst("caption");
    if (caption != null) {
      out.paragraph(caption.text(), page);
    }
    List<List<String>> rows = new ArrayList<>();
    for (Element row : table.select("tr")) {
      List<String> cells = new ArrayList<>();
      for (Element cell : row.children()) {
        if (cell.normalName().equals("td") || cell.normalName().equals("th")) {
          cells.add(cell.text());
        }
      }
      rows.add(cells);
    }
    if (rows.stream().allMatch(row -> row.size() <= 1)) {
      rows.forEach(row -> row.forEach(cell -> out.paragraph(cell, page)));
    } else {
      out.table(rows, page);
    }
  }

  private void flush() {
    String text = line.toString().strip();
    line.setLength(0);
    if (text.isEmpty()) {
      return;
    }
    if (listDepth > 0) {
      out.listItem(listDepth, text, page);
      return;
    }
    Matcher bullet = BULLET.matcher(text);
    if (office && bullet.matches()) {
      out.listItem(1, Character.isLetterOrDigit(text.charAt(0)) ? text : bullet.group(1), page);
    } else {
      out.paragraph(text, page);
    }
  }
}
