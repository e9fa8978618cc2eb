package dev.freehold.parser;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/// What the child says of a document: frames of one type byte, a four-byte length and a payload,
/// big-endian; strings are a four-byte length and UTF-8.
///
/// Limits what one document may say; what is beyond is left out and said so.
final class Output {

  static final int VERSION = 1;

  private static final int MOST_BLOCKS = 300_000;
  private static final long MOST_CHARACTERS = 30_000_000;
  private static final int MOST_PROBLEMS = 500;
  private static final int LONGEST_TEXT = 200_000;
  private static final int MOST_ROWS = 1000;
  private static final int LONGEST_CELL = 8_000;
  private static final int MOST_CELLS = 256;

  private final DataOutputStream out;
  private int blocks;
  private long characters;
  private int problems;
  private boolean full;

  Output(OutputStream stream) {
    this.out = new DataOutputStream(new BufferedOutputStream(stream, 1 << 16));
  }

  /// Tells the parent that documents may come.
  void ready() {
    frame('R', frame -> frame.writeInt(VERSION));
    flush();
  }

  /// Begins the answer for a new document.
  void begin() {
    blocks = 0;
    characters = 0;
    problems = 0;
    full = false;
  }

  void type(String mediaType) {
    frame('T', frame -> string(frame, mediaType));
  }

  void progress(double share) {
    frame('P', frame -> frame.writeFloat((float) share));
    flush();
  }

  /// Whether the limits are reached and nothing more is taken.
  boolean full() {
    return full;
  }

  /// Whether there was neither text nor a reason for its absence.
  boolean silent() {
    return blocks == 0 && problems == 0;
  }

  void heading(int level, String text, int page) {
    text('h', Math.clamp(level, 1, 6), oneLine(text), page);
  }

  void paragraph(String text, int page) {
    text('p', 0, oneLine(text), page);
  }

  void listItem(int level, String text, int page) {
    text('l', Math.clamp(level, 1, 9), oneLine(text), page);
  }

  void code(String text, int page) {
    text('c', 0, clean(text).stripTrailing(), page);
  }

  private void text(char kind, int level, String text, int page) {
    if (text.isBlank()) {
      return;
    }
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + LONGEST_TEXT);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
      String piece = text.substring(from, to);
      if (room(piece.length())) {
        frame(
            'B',
            frame -> {
              head(frame, kind, level, page);
              string(frame, piece);
            });
      }
      from = to;
    }
  }

  /// A table whose first row names the columns; a long one comes in pieces that each begin with it.
  void table(List<List<String>> rows, int page) {
    List<List<String>> clean = new ArrayList<>();
    for (List<String> row : rows) {
      List<String> cells = row.stream().limit(MOST_CELLS).map(Output::cell).toList();
      if (cells.stream().anyMatch(cell -> !cell.isEmpty())) {
        clean.add(cells);
      }
    }
    if (clean.size() < 2) {
      clean.forEach(row -> paragraph(String.join(" | ", row), page));
      return;
    }
    for (int from = 1; from < clean.size(); from += MOST_ROWS) {
      List<List<String>> piece = new ArrayList<>(List.of(clean.getFirst()));
      piece.addAll(clean.subList(from, Math.min(from + MOST_ROWS, clean.size())));
      int length = piece.stream().flatMap(List::stream).mapToInt(String::length).sum();
      if (room(length)) {
        frame(
            'B',
            frame -> {
              head(frame, 't', 0, page);
              frame.writeInt(piece.size());
              for (List<String> row : piece) {
                frame.writeInt(row.size());
                for (String cell : row) {
                  string(frame, cell);
                }
              }
            });
      }
    }
  }

  private static String cell(String text) {
    String line = oneLine(text);
    return line.length() > LONGEST_CELL ? line.substring(0, LONGEST_CELL) + "…" : line;
  }

  private boolean room(int length) {
    if (!full && (blocks >= MOST_BLOCKS || characters + length > MOST_CHARACTERS)) {
      problem("", "The document is longer than Freehold reads; its end was left out. Split it.");
      full = true;
    }
    if (full) {
      return false;
    }
    blocks++;
    characters += length;
    return true;
  }

  void problem(String where, String what) {
    if (problems < MOST_PROBLEMS) {
      problems++;
      frame(
          'X',
          frame -> {
            string(frame, where);
            string(frame, what);
          });
    }
  }

  void end(int pages) {
    frame('E', frame -> frame.writeInt(pages));
    flush();
  }

  private static void head(DataOutputStream frame, char kind, int level, int page)
      throws IOException {
    frame.writeByte(kind);
    frame.writeByte(level);
    frame.writeInt(Math.max(0, page));
  }

  private static void string(DataOutputStream frame, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    frame.writeInt(bytes.length);
    frame.write(bytes);
  }

  private void frame(char type, Payload payload) {
    try {
      var bytes = new ByteArrayOutputStream();
      payload.write(new DataOutputStream(bytes));
      out.writeByte(type);
      out.writeInt(bytes.size());
      bytes.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("The parent is gone.", e);
    }
  }

  private void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("The parent is gone.", e);
    }
  }

  /// Text on one line: composed characters, single blanks, nothing invisible.
  static String oneLine(String text) {
    return clean(text).replaceAll("[\\s\\u00a0\\u2007\\u202f]+", " ").strip();
  }

  private static String clean(String text) {
    var clean = new StringBuilder(text.length());
    Normalizer.normalize(text, Normalizer.Form.NFC)
        .codePoints()
        .filter(c ->
            c == '\n'
                || c == '\t'
                || !(Character.isISOControl(c)
                    || c == 0xAD
                    || c == 0xFEFF
                    || c == 0x200B
                    || c == 0xFFFE
                    || c == 0xFFFF))
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private interface Payload {
    void write(DataOutputStream frame) throws IOException;
  }
}
