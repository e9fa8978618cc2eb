package dev.freehold.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/// A file on its way into the store, hashed as it grows; what an earlier process left is taken up.
///
/// Used by one thread, under the [Turn] of its key.
final class Partial implements AutoCloseable {

  private final ModelStore store;
  private final Path file;
  private final Path etagFile;
  private final FileChannel channel;
  private MessageDigest hash = Digest.sha256();
  private long size;

  private Partial(ModelStore store, Path file, Path etagFile, FileChannel channel) {
    this.store = store;
    this.file = file;
    this.etagFile = etagFile;
    this.channel = channel;
  }

  static Partial open(ModelStore store, Digest key) {
    Path file = store.partial(key, ".part");
    try {
      Partial partial =
          new Partial(store, file, store.partial(key, ".etag"), store.disk().open(file));
      partial.hashWhatIsThere();
      return partial;
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
  }

  private void hashWhatIsThere() throws IOException {
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
        size += read;
      }
    }
    channel.position(size);
  }

  /// Bytes here.
  long size() {
    return size;
  }

  Path file() {
    return file;
  }

  /// What the server called the version these bytes are of, if it did.
  Optional<String> etag() {
    try {
      return Files.exists(etagFile)
          ? Optional.of(Files.readString(etagFile, StandardCharsets.ISO_8859_1))
          : Optional.empty();
    } catch (IOException e) {
      throw new DiskFault(etagFile, e);
    }
  }

  /// Starts anew with a version the server calls so.
  void restart(Optional<String> etag) {
    try {
      channel.truncate(0);
      channel.position(0);
      size = 0;
      hash = Digest.sha256();
      store.disk().delete(etagFile);
      if (etag.isPresent()) {
        store.writeWhole(etagFile, etag.get().getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
  }

  void append(byte[] bytes, int count) {
    try {
      store.disk().write(channel, ByteBuffer.wrap(bytes, 0, count));
      hash.update(bytes, 0, count);
      size += count;
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
  }

  /// Flushes to the disk and says what all the bytes hash to.
  Digest finish() {
    try {
      store.disk().sync(channel);
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
    Digest digest = Digest.of(hash);
    hash = Digest.sha256();
    return digest;
  }

  /// Forgets everything.
  void discard() {
    restart(Optional.empty());
    try {
      store.disk().delete(file);
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
  }

  /// Refuses before the first byte what the disk cannot hold.
  void reserve(long total) {
    try {
      long needed = total - size;
      long free = store.disk().usableBytes(store.root());
      if (needed > free) {
        throw DiskFault.tooSmall(store.root(), needed, free);
      }
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new DiskFault(file, e);
    }
  }
}
