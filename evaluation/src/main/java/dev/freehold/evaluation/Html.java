package dev.freehold.evaluation;

import java.util.List;

/// HTML by appending; whatever comes from outside is escaped.
final class Html {

  private final StringBuilder out = new StringBuilder();

  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            // Control characters have no place in HTML, not even as references.
            default -> escaped.appendCodePoint(c < 0x20 && c != '\n' && c != '\t' ? 0xFFFD : c);
          }
        });
    return escaped.toString();
  }

  /// Markup of ours.
  Html raw(String markup) {
    out.append(markup).append('\n');
    return this;
  }

  /// An element with text of anybody's.
  Html element(String tag, String text) {
    String name = tag.contains(" ") ? tag.substring(0, tag.indexOf(' ')) : tag;
    return raw("<" + tag + ">" + escaped(text) + "</" + name + ">");
  }

  /// A table; cells of the columns after the first are aligned as numbers.
  Html table(String caption, List<String> heads, List<List<String>> rows) {
    raw("<div class=\"wide\"><table><caption>" + escaped(caption) + "</caption><thead><tr>");
    heads.forEach(head -> element("th scope=\"col\"", head));
    raw("</tr></thead><tbody>");
    for (List<String> row : rows) {
      raw("<tr>");
      element("th scope=\"row\"", row.getFirst());
      row.subList(1, row.size()).forEach(cell -> element("td", cell));
      raw("</tr>");
    }
    return raw("</tbody></table></div>");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
