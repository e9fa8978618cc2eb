package dev.freehold.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// The few operations by which the store changes a disk, so that a test can let the Nth one fail.
class Disk {

  FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  void sync(FileChannel channel) throws IOException {
    channel.force(true);
  }

  void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(to.resolveSibling("."));
  }

  /// Writes beside the place, flushes, renames: the file is there whole or not at all.
  final void writeWhole(Path beside, Path file, byte[] bytes) throws IOException {
    delete(beside);
    try (FileChannel channel = open(beside)) {
      write(channel, ByteBuffer.wrap(bytes));
      sync(channel);
    }
    move(beside, file);
  }

  void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /// Deletes a file, or a folder with all that is in it.
  void deleteAll(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> children;
      try (Stream<Path> files = Files.list(path)) {
        children = files.toList();
      }
      for (Path child : children) {
        deleteAll(child);
      }
    }
    delete(path);
  }

  void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder);
  }

  long usableBytes(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  /// A rename is durable once its folder is; Windows has no such call and needs none.
  private static void syncFolder(Path folder) throws IOException {
    if (java.io.File.separatorChar == '/') {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
