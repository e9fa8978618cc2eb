package dev.freehold.parser;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Counts the entries that a zip archive claims at its end, without reading any of them (PKWARE
/// APPNOTE 4.3.14 and 4.3.16).
final class ZipEntries {

  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LONGEST_END = 22 + 0xffff;

  private ZipEntries() {}

  /// How many entries the archive claims; 0 where the file is none.
  static long count(Path path) throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() < 22 || file.readShort() != 0x504b) {
        return 0;
      }
      byte[] tail = new byte[(int) Math.min(file.length(), LONGEST_END + 100)];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      ByteBuffer bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
      long most = 0;
      for (int at = 0; at <= tail.length - 22; at++) {
        int signature = bytes.getInt(at);
        if (signature == END) {
          most = Math.max(most, Short.toUnsignedInt(bytes.getShort(at + 10)));
        } else if (signature == END_64 && at <= tail.length - 40) {
          most = Math.max(most, bytes.getLong(at + 32));
        }
      }
      return most;
    }
  }
}
