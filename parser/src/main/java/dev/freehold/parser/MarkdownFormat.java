package dev.freehold.parser;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.tika.metadata.Metadata;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.jsoup.Jsoup;

/// Markdown (CommonMark with GitHub's tables).
final class MarkdownFormat implements DocumentReader.Format {

  private static final Parser PARSER =
      Parser.builder()
          .extensions(List.of(TablesExtension.create()))
          .maxOpenBlockParsers(200)
          .build();

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    String text = Charsets.decode(file, out).replaceFirst("^\\uFEFF", "");
    children(PARSER.parse(withoutFrontMatter(text)), 0, out);
    return 1;
  }

  private static String withoutFrontMatter(String text) {
    if (!text.startsWith("---\n") && !text.startsWith("---\r\n")) {
      return text;
    }
    int end = text.indexOf("\n---", 3);
    int next = end < 0 ? -1 : text.indexOf('\n', end + 1);
    return next < 0 ? text : text.substring(next + 1);
  }

  private static void children(Node parent, int depth, Output out) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
      switch (node) {
        case Heading heading -> out.heading(heading.getLevel(), inline(heading), 0);
        case Paragraph paragraph -> {
          if (depth > 0) {
            out.listItem(depth, inline(paragraph), 0);
          } else {
            out.paragraph(inline(paragraph), 0);
          }
        }
        case BulletList list -> children(list, depth + 1, out);
        case OrderedList list -> numbered(list, depth + 1, out);
        case ListItem item -> children(item, depth, out);
        case BlockQuote quote -> children(quote, depth, out);
        case FencedCodeBlock code -> out.code(code.getLiteral(), 0);
        case IndentedCodeBlock code -> out.code(code.getLiteral(), 0);
        case HtmlBlock html ->
            new HtmlBlocks(out, false).walk(Jsoup.parse(html.getLiteral()).body());
        case TableBlock table -> out.table(rows(table), 0);
        default -> {}
      }
    }
  }

  // The number belongs to what a step says.
  private static void numbered(OrderedList list, int depth, Output out) {
    Integer start = list.getMarkerStartNumber();
    int number = start == null ? 1 : start;
    for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
      Node first = item.getFirstChild();
      if (first instanceof Paragraph paragraph) {
        out.listItem(depth, number + ". " + inline(paragraph), 0);
        paragraph.unlink();
      }
      number++;
      children(item, depth, out);
    }
  }

  private static List<List<String>> rows(Node table) {
    List<List<String>> rows = new ArrayList<>();
    for (Node part = table.getFirstChild(); part != null; part = part.getNext()) {
      if (part instanceof TableRow row) {
        List<String> cells = new ArrayList<>();
        for (Node cell = row.getFirstChild(); cell != null; cell = cell.getNext()) {
          if (cell instanceof TableCell) {
            cells.add(inline(cell));
          }
        }
        rows.add(cells);
      } else {
        rows.addAll(rows(part));
      }
    }
    return rows;
  }

  private static String inline(Node parent) {
    var text = new StringBuilder();
    inline(parent, text);
    return text.toString();
  }

  private static void inline(Node parent, StringBuilder into) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
      switch (node) {
        case Text text -> into.append(text.getLiteral());
        case Code code -> into.append(code.getLiteral());
        case SoftLineBreak _ -> into.append(' ');
        case HardLineBreak _ -> into.append('\n');
        case HtmlInline _ -> {}
        case Image image -> inline(image, into);
        default -> inline(node, into);
      }
    }
  }
}
