package dev.freehold.documents.text;

import dev.freehold.documents.Block;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Cuts a document into passages along its structure.
///
/// A passage never crosses a heading unless what stands before it is too short to be found on its
/// own, and then only inside the same top heading. Tables are cut between rows and every piece
/// begins with the header row; long paragraphs are cut between sentences and share one with the
/// piece before.
public final class Passages {

  /// Most tokens of a passage, its headings aside.
  private static final int MOST = 300;

  /// Below this a section joins the next one.
  private static final int FEW = 40;

  private static final int HEADING_TOKENS = 80;
  private static final int OVERLAP_TOKENS = 50;

  private final ToIntFunction<String> tokens;
  private final Locale locale;
  private final List<Draft> drafts = new ArrayList<>();
  private final List<Block.Heading> path = new ArrayList<>();

  private final List<Piece> held = new ArrayList<>();
  private int heldTokens;
  private @Nullable String heldHeading;
  private boolean heldHasText;

  private record Piece(String text, int block, @Nullable Integer page, boolean heading) {}

  private Passages(ToIntFunction<String> tokens, Locale locale) {
    this.tokens = tokens;
    this.locale = locale;
  }

  /// The passages of a document, in order.
  ///
  /// @param blocks its structure
  /// @param language ISO 639-1, for where sentences end
  /// @param tokens counts the tokens of the embedder
  public static List<Draft> of(List<Block> blocks, String language, ToIntFunction<String> tokens) {
    var cutter = new Passages(tokens, Locale.of(language));
    for (int i = 0; i < blocks.size(); i++) {
      cutter.take(i, blocks.get(i));
    }
    cutter.flush();
    if (cutter.drafts.isEmpty()) {
      cutter.headingsAlone(blocks);
    }
    return cutter.drafts;
  }

  // A document of headings only can still be found by them.
  private void headingsAlone(List<Block> blocks) {
    path.clear();
    for (int i = 0; i < blocks.size(); i++) {
      text(i, blocks.get(i), blocks.get(i).text());
    }
    flush();
  }

  private void take(int index, Block block) {
    switch (block) {
      case Block.Heading heading -> heading(index, heading);
      case Block.Paragraph paragraph -> text(index, paragraph, paragraph.text());
      case Block.ListItem item -> text(index, item, "- " + item.text());
      case Block.Code code -> lines(index, code, "", List.of(code.text().split("\n", -1)));
      case Block.Table table -> table(index, table);
    }
  }

  private void heading(int index, Block.Heading heading) {
    boolean top = path.isEmpty() || heading.level() <= path.getFirst().level();
    if (heldHasText && (top || heldTokens >= FEW)) {
      flush();
    } else if (!heldHasText) {
      // Headings that follow each other without text live on in the path only.
      held.clear();
      heldTokens = 0;
    }
    while (!path.isEmpty() && path.getLast().level() >= heading.level()) {
      path.removeLast();
    }
    path.add(heading);
    if (heldHasText) {
      hold(
          new Piece(heading.text(), index, heading.page(), true),
          tokens.applyAsInt(heading.text()));
    }
  }

  private void text(int index, Block block, String text) {
    if (text.isBlank()) {
      return;
    }
    int count = tokens.applyAsInt(text);
    if (count > MOST) {
      sentences(index, block, text);
      return;
    }
    makeRoom(count);
    hold(new Piece(text, index, block.page(), false), count);
  }

  private void table(int index, Block.Table table) {
    List<String> rows =
        table.rows().stream()
            .filter(row -> row.stream().anyMatch(cell -> !cell.isBlank()))
            .map(row -> row.stream().map(String::strip).collect(Collectors.joining(" | ")))
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    String header = rows.getFirst();
    boolean repeat = rows.size() > 1 && tokens.applyAsInt(header) <= MOST / 3;
    lines(index, table, repeat ? header : "", repeat ? rows.subList(1, rows.size()) : rows);
  }

  // Lines that belong together, as many in each passage as fit; the header begins every piece.
  private void lines(int index, Block block, String header, List<String> lines) {
    int headerTokens = header.isEmpty() ? 0 : tokens.applyAsInt(header);
    var piece = new StringBuilder(header);
    int count = headerTokens;
    int budget = heldHasText && heldTokens < MOST / 2 ? MOST - heldTokens : MOST;
    for (String line : lines) {
      int lineTokens = tokens.applyAsInt(line);
      if (lineTokens > MOST - headerTokens) {
        emit(index, block, header, piece, count);
        piece.setLength(0);
        piece.append(header);
        count = headerTokens;
        sentences(index, block, header.isEmpty() ? line : header + "\n" + line);
        continue;
      }
      if (count + lineTokens > budget && count > headerTokens) {
        emit(index, block, header, piece, count);
        piece.setLength(0);
        piece.append(header);
        count = headerTokens;
        budget = MOST;
      }
      if (!piece.isEmpty()) {
        piece.append('\n');
      }
      piece.append(line);
      count += lineTokens;
    }
    emit(index, block, header, piece, count);
  }

  private void emit(int index, Block block, String header, StringBuilder piece, int count) {
    if (piece.length() > header.length() && !piece.toString().isBlank()) {
      makeRoom(count);
      hold(new Piece(piece.toString(), index, block.page(), false), count);
    }
  }

  private void sentences(int index, Block block, String text) {
    List<String> sentences = new ArrayList<>();
    BreakIterator breaks = BreakIterator.getSentenceInstance(locale);
    breaks.setText(text);
    int start = breaks.first();
    for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
      words(text.substring(start, end), sentences);
    }
    flush();
    var piece = new StringBuilder();
    int count = 0;
    String last = "";
    for (String sentence : sentences) {
      int sentenceTokens = tokens.applyAsInt(sentence);
      if (count + sentenceTokens > MOST && count > 0) {
        hold(new Piece(piece.toString().strip(), index, block.page(), false), count);
        flush();
        piece.setLength(0);
        count = 0;
        int lastTokens = tokens.applyAsInt(last);
        if (lastTokens <= OVERLAP_TOKENS && lastTokens + sentenceTokens <= MOST) {
          piece.append(last);
          count = lastTokens;
        }
      }
      piece.append(sentence);
      count += sentenceTokens;
      last = sentence;
    }
    if (!piece.toString().isBlank()) {
      hold(new Piece(piece.toString().strip(), index, block.page(), false), count);
    }
  }

  // A sentence that is too long by itself is halved between words until it fits.
  private void words(String sentence, List<String> into) {
    if (tokens.applyAsInt(sentence) <= MOST || sentence.length() < 2) {
      into.add(sentence);
      return;
    }
    int middle = sentence.length() / 2;
    int cut = sentence.lastIndexOf(' ', middle) + 1;
    if (cut <= 0) {
      cut = Character.isLowSurrogate(sentence.charAt(middle)) ? middle + 1 : middle;
    }
    words(sentence.substring(0, cut), into);
    words(sentence.substring(cut), into);
  }

  private void makeRoom(int count) {
    if (heldHasText && heldTokens + count > MOST) {
      flush();
    }
  }

  private void hold(Piece piece, int count) {
    if (held.isEmpty()) {
      heldHeading = headingPath();
    }
    held.add(piece);
    heldTokens += count;
    heldHasText |= !piece.heading();
  }

  private void flush() {
    while (!held.isEmpty() && held.getLast().heading()) {
      held.removeLast();
    }
    if (heldHasText) {
      drafts.add(
          new Draft(
              held.stream().map(Piece::text).collect(Collectors.joining("\n")),
              heldHeading,
              held.getFirst().page(),
              held.getFirst().block(),
              held.getLast().block()));
    }
    held.clear();
    heldTokens = 0;
    heldHasText = false;
  }

  private @Nullable String headingPath() {
    if (path.isEmpty()) {
      return null;
    }
    // The innermost headings say most; where all are too long, the outer ones go.
    List<String> texts = new ArrayList<>(path.stream().map(Block.Heading::text).toList());
    while (texts.size() > 1 && tokens.applyAsInt(String.join(" › ", texts)) > HEADING_TOKENS) {
      texts.removeFirst();
    }
    String joined = String.join(" › ", texts);
    return joined.length() > 400 ? joined.substring(0, 400) + "…" : joined;
  }
}
