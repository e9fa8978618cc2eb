package dev.freehold.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// One HTML page that stands alone: no script, no font, no picture from elsewhere; light and dark
/// as the reader's machine is.
final class HtmlSheet implements Sheet {

  private final Html page = new Html();

  @Override
  public void title(String kind, String title, String when) {
    page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">")
        .raw(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
        .element("title", kind + ": " + title)
        .raw("<style>" + style() + "</style></head><body><main>");
    page.raw("<header>")
        .element("p class=\"kind\"", kind)
        .element("h1", title)
        .element("p class=\"when\"", when)
        .raw("</header>");
  }

  private static String style() {
    try (InputStream in = HtmlSheet.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void heading(String text) {
    page.element("h2", text);
  }

  @Override
  public void paragraph(String text) {
    page.element("p", text);
  }

  @Override
  public void verdict(String kind, String word, String sentence, List<String> notes) {
    page.raw("<section class=\"verdict " + kind + "\">")
        .element("p class=\"word\"", word)
        .element("p class=\"sentence\"", sentence);
    if (!notes.isEmpty()) {
      page.raw("<ul>");
      notes.forEach(note -> page.element("li", note));
      page.raw("</ul>");
    }
    page.raw("</section>");
  }

  @Override
  public void plot(Plot plot, String caption) {
    page.raw("<figure>" + plot.svg());
    if (!caption.isEmpty()) {
      page.element("figcaption", caption);
    }
    page.raw("</figure>");
  }

  @Override
  public void table(String caption, List<String> heads, List<List<String>> rows) {
    page.table(caption, heads, rows);
  }

  @Override
  public void warnings(List<String> lines) {
    page.raw("<ul class=\"warnings\">");
    lines.forEach(line -> page.element("li", line));
    page.raw("</ul>");
  }

  @Override
  public void disagreement(Disagreement one, String incumbent, String candidate) {
    page.raw("<article>").element("h3", one.one().id());
    page.element("p class=\"question\"", one.one().asked());
    if (!one.one().golds().isEmpty()) {
      page.element("p class=\"gold\"", one.gold());
    }
    page.raw("<div class=\"sides\">");
    side(
        incumbent,
        one.incumbentScore(),
        one.incumbentAnswer(),
        one.incumbentScore() > one.candidateScore());
    side(
        candidate,
        one.candidateScore(),
        one.candidateAnswer(),
        one.candidateScore() > one.incumbentScore());
    page.raw("</div></article>");
  }

  private void side(String name, double score, String answer, boolean won) {
    page.raw("<div class=\"side" + (won ? " won" : "") + "\">")
        .element("h4", Disagreement.head(name, score))
        .element("pre", Disagreement.shortened(answer))
        .raw("</div>");
  }

  @Override
  public String toString() {
    return page + "</main></body></html>\n";
  }
}
