package dev.freehold.documents.parsing;

import dev.freehold.chat.MalformedFile;
import dev.freehold.documents.Block;
import dev.freehold.documents.Problem;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// The language between this process and the child that reads documents: frames of one type byte, a
/// four-byte length and a payload, big-endian; strings are a four-byte length and UTF-8.
///
/// The child has touched hostile bytes, so what it says is checked as if a stranger said it: every
/// length, every count, every code point, and the sum of it all. The texts of documents are kept on
/// the disk in the same frames.
public final class Wire {

  static final int VERSION = 1;

  static final byte READY = 'R';
  static final byte TYPE = 'T';
  static final byte PROGRESS = 'P';
  static final byte BLOCK = 'B';
  static final byte PROBLEM = 'X';
  static final byte END = 'E';

  private static final int MOST_FRAME = 8 << 20;
  private static final int MOST_BLOCKS = 400_000;
  private static final int MOST_PROBLEMS = 2_000;
  private static final long MOST_TEXT = 64L << 20;

  private Wire() {}

  /// Asks for a document; its bytes follow.
  static void ask(DataOutputStream out, String name, long bytes) throws IOException {
    out.writeInt(VERSION);
    string(out, name);
    out.writeLong(bytes);
  }

  /// Waits until the child has started.
  static void ready(DataInputStream in) throws IOException {
    if (in.readByte() != READY || in.readInt() != 4 || in.readInt() != VERSION) {
      throw new IOException("The child speaks another language.");
    }
  }

  /// Reads all that is said of one document, up to and with its end.
  ///
  /// @throws MalformedFile where it breaks the rules
  /// @throws IOException where it breaks off
  public static Parsed read(DataInputStream in, DoubleConsumer progress) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    String mediaType = "";
    long sum = 0;
    while (true) {
      byte type = in.readByte();
      int length = in.readInt();
      if (length < 0 || length > MOST_FRAME) {
        throw broken("a frame of %d bytes".formatted(length));
      }
      byte[] payload = in.readNBytes(length);
      if (payload.length < length) {
        throw new EOFException();
      }
      sum += length;
      if (sum > MOST_TEXT) {
        throw broken("more than %d MB of text".formatted(MOST_TEXT >> 20));
      }
      var frame = new DataInputStream(new ByteArrayInputStream(payload));
      try {
        switch (type) {
          case TYPE -> mediaType = string(frame);
          case PROGRESS -> progress.accept(Math.clamp(frame.readFloat(), 0, 1));
          case BLOCK -> blocks.add(block(frame));
          case PROBLEM -> problems.add(new Problem(string(frame), string(frame)));
          case END -> {
            int pages = frame.readInt();
            if (pages < 0) {
              throw broken("%d pages".formatted(pages));
            }
            return new Parsed(mediaType, pages, blocks, problems);
          }
          default -> throw broken("a frame of type %d".formatted(type));
        }
      } catch (EOFException e) {
        throw broken("a frame that ends early");
      }
      if (frame.available() > 0) {
        throw broken("a frame with %d bytes too many".formatted(frame.available()));
      }
      if (blocks.size() > MOST_BLOCKS || problems.size() > MOST_PROBLEMS) {
        throw broken("more pieces than a document has");
      }
    }
  }

  /// Writes what was read, for [#read] to read again.
  public static void write(DataOutputStream out, Parsed parsed) throws IOException {
    frame(out, TYPE, frame -> string(frame, parsed.mediaType()));
    for (Block block : parsed.blocks()) {
      frame(out, BLOCK, frame -> block(frame, block));
    }
    for (Problem problem : parsed.problems()) {
      frame(
          out,
          PROBLEM,
          frame -> {
            string(frame, problem.where());
            string(frame, problem.what());
          });
    }
    frame(out, END, frame -> frame.writeInt(parsed.pages()));
  }

  private static Block block(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    int level = in.readUnsignedByte();
    int number = in.readInt();
    if (number < 0) {
      throw broken("page %d".formatted(number));
    }
    Integer page = number == 0 ? null : Integer.valueOf(number);
    return switch (kind) {
      case 'h' -> new Block.Heading(Math.clamp(level, 1, 6), string(in), page);
      case 'p' -> new Block.Paragraph(string(in), page);
      case 'l' -> new Block.ListItem(Math.clamp(level, 1, 9), string(in), page);
      case 'c' -> new Block.Code(string(in), page);
      case 't' -> table(in, page);
      default -> throw broken("a block of kind %d".formatted(kind));
    };
  }

  private static Block table(DataInputStream in, @Nullable Integer page) throws IOException {
    int rows = count(in);
    List<List<String>> table = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int cells = count(in);
      List<String> row = new ArrayList<>();
      for (int j = 0; j < cells; j++) {
        row.add(string(in));
      }
      table.add(row);
    }
    return new Block.Table(table, page);
  }

  private static void block(DataOutputStream out, Block block) throws IOException {
    switch (block) {
      case Block.Heading heading -> text(out, 'h', heading.level(), block);
      case Block.Paragraph _ -> text(out, 'p', 0, block);
      case Block.ListItem item -> text(out, 'l', item.level(), block);
      case Block.Code _ -> text(out, 'c', 0, block);
      case Block.Table table -> {
        head(out, 't', 0, table.page());
        out.writeInt(table.rows().size());
        for (List<String> row : table.rows()) {
          out.writeInt(row.size());
          for (String cell : row) {
            string(out, cell);
          }
        }
      }
    }
  }

  private static void text(DataOutputStream out, char kind, int level, Block block)
      throws IOException {
    head(out, kind, level, block.page());
    string(out, block.text());
  }

  private static void head(DataOutputStream out, char kind, int level, @Nullable Integer page)
      throws IOException {
    out.writeByte(kind);
    out.writeByte(level);
    out.writeInt(page == null ? 0 : page);
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    // Each row and each cell takes four bytes at least.
    if (count < 0 || count > in.available() / 4) {
      throw broken("a count of %d".formatted(count));
    }
    return count;
  }

  private static String string(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw broken("a text of %d bytes".formatted(length));
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(in.readNBytes(length)))
          .toString();
    } catch (CharacterCodingException e) {
      throw broken("a text that is no UTF-8");
    }
  }

  private static void string(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void frame(DataOutputStream out, byte type, Payload payload) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    payload.write(new DataOutputStream(bytes));
    out.writeByte(type);
    out.writeInt(bytes.size());
    bytes.writeTo(out);
  }

  private static MalformedFile broken(String what) {
    return new MalformedFile("The reader's answer", -1, "it holds " + what);
  }

  private interface Payload {
    void write(DataOutputStream out) throws IOException;
  }
}
