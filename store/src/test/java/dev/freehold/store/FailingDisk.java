package dev.freehold.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// A disk whose Nth change fails as a full one does.
final class FailingDisk extends Disk {
  private int left;

  FailingDisk(int after) {
    left = after;
  }

  private void step() throws IOException {
    if (left-- == 0) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  FileChannel open(Path file) throws IOException {
    step();
    return super.open(file);
  }

  @Override
  void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    if (left == 0) {
      // A full disk takes a part before it refuses.
      ByteBuffer some = bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2);
      super.write(channel, some);
    }
    step();
    super.write(channel, bytes);
  }

  @Override
  void sync(FileChannel channel) throws IOException {
    step();
    super.sync(channel);
  }

  @Override
  void move(Path from, Path to) throws IOException {
    step();
    super.move(from, to);
  }

  @Override
  void delete(Path file) throws IOException {
    step();
    super.delete(file);
  }

  @Override
  void createFolders(Path path) throws IOException {
    step();
    super.createFolders(path);
  }
}
