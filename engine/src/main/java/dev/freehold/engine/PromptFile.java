package dev.freehold.engine;

import dev.freehold.model.SequenceState;
import dev.freehold.model.StateNumbers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// One prompt in a file: what it is of, its tokens, what the model remembers of them, and a
/// checksum (CRC-32C) over all of that. Little-endian.
///
/// Layout: `FHPROMPT` and a version, 16 bytes; the realm, 32 bytes; the number of tokens; 1 where
/// it can be cut anywhere; the tokens; what [SequenceState#transfer] passes; 8 bytes of checksum.
final class PromptFile {

  private static final long MAGIC = 0x54504D4F52504846L;
  private static final long VERSION = 1;
  private static final int REALM = 32;
  private static final int FIXED = 16 + REALM + 8;
  private static final int CHECKSUM = 8;
  private static final int MOST_TOKENS = 1 << 24;

  /// What a file says of itself.
  ///
  /// @param anywhere whether it can be cut anywhere
  record Head(int[] tokens, boolean anywhere, long bytes) {}

  /// A file that is not what it should be.
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1;

    Damaged(String what) {
      super(what);
    }
  }

  private PromptFile() {}

  /// Writes a whole file.
  ///
  /// @param realm 32 bytes that say what model and whose prompts these are
  static void write(Path file, byte[] realm, int[] tokens, boolean anywhere, SequenceState state)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      var out = new Writing(channel);
      out.longNumber(MAGIC);
      out.longNumber(VERSION);
      out.bytes(realm);
      out.number(tokens.length);
      out.number(anywhere ? 1 : 0);
      for (int token : tokens) {
        out.number(token);
      }
      state.transfer(tokens.length, out);
      out.flush();
      out.longNumber(out.checksum.getValue());
      out.flush();
      channel.force(false);
    } catch (Failed e) {
      throw e.reason;
    }
  }

  /// Reads what a file says of itself.
  ///
  /// @throws Damaged where it is none of this realm
  static Head head(Path file, byte[] realm) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer fixed = read(channel, 0, FIXED);
      byte[] its = new byte[REALM];
      boolean ours = fixed.getLong() == MAGIC && fixed.getLong() == VERSION;
      fixed.get(its);
      if (!ours || !Arrays.equals(its, realm)) {
        throw new Damaged("it was written by or for something else");
      }
      int count = fixed.getInt();
      int anywhere = fixed.getInt();
      if (count < 1 || count > MOST_TOKENS || channel.size() < FIXED + 4L * count + CHECKSUM) {
        throw new Damaged("it is cut off");
      }
      int[] tokens = new int[count];
      read(channel, FIXED, 4 * count).asIntBuffer().get(tokens);
      return new Head(tokens, anywhere == 1, channel.size());
    }
  }

  private static ByteBuffer read(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new Damaged("it is cut off");
      }
    }
    return buffer.flip();
  }

  /// Fills an empty sequence.
  ///
  /// @param head what the file said before
  /// @throws Damaged where the file is not what was written
  static void fill(Path file, byte[] realm, Head head, SequenceState empty) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      var in = new Reading(all);
      in.skip(16);
      byte[] its = in.bytes(REALM);
      boolean same = Arrays.equals(its, realm) && in.number(0) == head.tokens().length;
      in.number(0);
      for (int i = 0; same && i < head.tokens().length; i++) {
        same = in.number(0) == head.tokens()[i];
      }
      if (!same) {
        throw new Damaged("it has changed");
      }
      empty.transfer(head.tokens().length, in);
      in.check();
    } catch (Failed e) {
      throw e.reason;
    } catch (IllegalArgumentException | InternalError e) {
      // No such state, or cut off while it was read.
      throw new Damaged(String.valueOf(e.getMessage()));
    }
  }

  /// Carries what went wrong through a walk that knows no files.
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final IOException reason;

    Failed(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  private static final class Writing implements StateNumbers {
    private final FileChannel channel;
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);

    Writing(FileChannel channel) {
      this.channel = channel;
    }

    private void room(int bytes) {
      if (buffer.remaining() < bytes) {
        flush();
      }
    }

    void flush() {
      buffer.flip();
      checksum.update(buffer.duplicate());
      try {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      } catch (IOException e) {
        throw new Failed(e);
      }
      buffer.clear();
    }

    void longNumber(long value) {
      // The checksum is over all that comes before it.
      flush();
      buffer.putLong(value);
    }

    void bytes(byte[] value) {
      room(value.length);
      buffer.put(value);
    }

    @Override
    public int number(int value) {
      room(Integer.BYTES);
      buffer.putInt(value);
      return value;
    }

    @Override
    public void numbers(float[] values) {
      int at = 0;
      while (at < values.length) {
        room(Float.BYTES);
        int count = Math.min(values.length - at, buffer.remaining() / Float.BYTES);
        buffer.asFloatBuffer().put(values, at, count);
        buffer.position(buffer.position() + count * Float.BYTES);
        at += count;
      }
    }
  }

  private static final class Reading implements StateNumbers {
    private static final ValueLayout.OfInt INT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment all;
    private final CRC32C checksum = new CRC32C();
    private long at;

    Reading(MemorySegment all) {
      this.all = all;
    }

    private long take(long bytes) {
      if (bytes > all.byteSize() - CHECKSUM - at) {
        throw new Failed(new Damaged("it is cut off"));
      }
      checksum.update(all.asSlice(at, bytes).asByteBuffer());
      at += bytes;
      return at - bytes;
    }

    void skip(int bytes) {
      take(bytes);
    }

    byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      MemorySegment.copy(all, ValueLayout.JAVA_BYTE, take(count), bytes, 0, count);
      return bytes;
    }

    @Override
    public int number(int value) {
      return all.get(INT, take(Integer.BYTES));
    }

    @Override
    public void numbers(float[] values) {
      long from = take((long) values.length * Float.BYTES);
      MemorySegment.copy(all, FLOAT, from, values, 0, values.length);
    }

    void check() throws Damaged {
      if (at != all.byteSize() - CHECKSUM) {
        throw new Damaged("it holds more than it should");
      }
      if (all.get(LONG, at) != checksum.getValue()) {
        throw new Damaged("its checksum is wrong");
      }
    }
  }
}
