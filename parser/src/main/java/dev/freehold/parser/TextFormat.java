package dev.freehold.parser;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.tika.metadata.Metadata;

/// Plain text: paragraphs between empty lines, underlined headings, simple lists.
final class TextFormat implements DocumentReader.Format {

  private static final Pattern UNDERLINE = Pattern.compile("=={2,}|--{2,}|~~{2,}");
  private static final Pattern ITEM = Pattern.compile("^\\s*(?:[-*•]|[0-9]{1,2}[.)])\\s+.*");

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    String text = Charsets.decode(file, out).replaceFirst("^\\uFEFF", "");
    if (text.indexOf('\0') >= 0) {
      out.problem("", "The document is broken: it is no text though its name says so.");
      return 0;
    }
    List<String> held = new ArrayList<>();
    String[] pages = text.split("\f", -1);
    for (int page = 0; page < pages.length; page++) {
      int number = pages.length > 1 ? page + 1 : 0;
      String[] lines = pages[page].split("\\R", -1);
      for (int i = 0; i < lines.length; i++) {
        String line = lines[i];
        boolean underlined =
            i + 1 < lines.length
                && !line.isBlank()
                && held.isEmpty()
                && UNDERLINE.matcher(lines[i + 1].strip()).matches();
        if (underlined) {
          out.heading(lines[i + 1].strip().startsWith("=") ? 1 : 2, line, number);
          i++;
        } else if (line.isBlank()) {
          flush(held, number, out);
        } else if (ITEM.matcher(line).matches()) {
          flush(held, number, out);
          held.add(line);
        } else {
          held.add(line);
        }
      }
      flush(held, number, out);
    }
    return pages.length;
  }

  private static void flush(List<String> held, int page, Output out) {
    if (held.isEmpty()) {
      return;
    }
    String first = held.getFirst();
    String text = String.join(" ", held.stream().map(String::strip).toList());
    if (ITEM.matcher(first).matches()) {
      out.listItem(1, text.replaceFirst("^[-*•]\\s+", ""), page);
    } else if (held.size() > 1 && held.stream().allMatch(line -> line.startsWith("    "))) {
      out.code(String.join("\n", held), page);
    } else {
      out.paragraph(text, page);
    }
    held.clear();
  }
}
