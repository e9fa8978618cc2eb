package dev.freehold.model.gguf;

import dev.freehold.chat.Unavailable;
import dev.freehold.tensor.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Writes GGUF files. The file appears under its name only once it is whole and on the disk.
public final class GgufWriter {

  private static final int ALIGNMENT = 32;

  private GgufWriter() {}

  /// A tensor to be written.
  ///
  /// @param name its name
  /// @param type how its weights are to be stored
  /// @param shape its dimensions, the one whose weights lie side by side first
  public record Planned(String name, TensorType type, List<Long> shape) {

    /// Bytes it takes.
    public long bytes() {
      return type.bytes(shape.stream().reduce(1L, Math::multiplyExact));
    }
  }

  /// Takes the bytes of a tensor piece by piece.
  public interface Sink {
    /// Appends `length` bytes of `piece` from `start`.
    void accept(byte[] piece, int start, int length);
  }

  /// Gives the bytes of tensors, each asked for once and in order.
  public interface Source {
    /// Writes all bytes of `tensor` to `sink`.
    void write(Planned tensor, Sink sink);
  }

  /// Writes a file, over one that is there.
  ///
  /// @throws Unavailable where the disk does not take it
  public static void write(Path target, GgufHeader header, List<Planned> tensors, Source source) {
    Path beside = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        write(channel, ByteBuffer.wrap(beginning(header, tensors)));
        for (Planned tensor : tensors) {
          body(channel, tensor, source);
        }
        channel.force(true);
      }
      Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Unavailable("%s could not be written: %s".formatted(target, e.getMessage()), e);
    } finally {
      remove(beside);
    }
  }

  private static void remove(Path beside) {
    try {
      Files.deleteIfExists(beside);
    } catch (IOException e) {
      throw new Unavailable("%s could not be removed: %s".formatted(beside, e.getMessage()), e);
    }
  }

  /// What a file begins with: everything before the weights of its first tensor.
  static byte[] beginning(GgufHeader header, List<Planned> tensors) {
    header.without("general.alignment");
    GgufHeader.Bytes bytes = header.bytes(tensors.size());
    long offset = 0;
    for (Planned tensor : tensors) {
      bytes.string(tensor.name).integer(tensor.shape.size());
      tensor.shape.forEach(bytes::number);
      bytes.integer(tensor.type.id()).number(offset);
      offset = Math.ceilDiv(offset + tensor.bytes(), ALIGNMENT) * ALIGNMENT;
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(0);
    }
    return bytes.toByteArray();
  }

  private static void body(FileChannel channel, Planned tensor, Source source) throws IOException {
    long start = channel.position();
    try {
      source.write(
          tensor,
          (piece, from, length) -> {
            try {
              write(channel, ByteBuffer.wrap(piece, from, length));
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    long written = channel.position() - start;
    if (written != tensor.bytes()) {
      throw new IllegalStateException(
          "tensor %s is %d bytes and %d were given"
              .formatted(tensor.name, tensor.bytes(), written));
    }
    int padding = (int) (Math.ceilDiv(written, ALIGNMENT) * ALIGNMENT - written);
    write(channel, ByteBuffer.allocate(padding));
  }

  private static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
