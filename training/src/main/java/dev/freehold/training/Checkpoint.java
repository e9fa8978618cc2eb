package dev.freehold.training;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// All that a run needs to go on to the bit: how far it was, the adapter, the optimiser's means,
/// and the best adapter so far. Where in the data it was, and which dice fall next, follows from
/// the step and the seed.
///
/// The file is written beside its place, synced, and moved there in one go, so that there is always
/// a whole one; its last 32 bytes are the SHA-256 of the rest.
///
/// @param fingerprint SHA-256 of what the run is: base, lessons, settings
/// @param step steps done
/// @param passes passes done of the step after that, whose gradient so far is kept then
/// @param measured the last step after which what is held out was measured, or 0
/// @param tokens tokens that went forward and back
/// @param loss of the last step, or of the passes done of the next
/// @param gradientNorm of the last step
/// @param values the adapter
/// @param means the optimiser's running means of the gradient
/// @param squares and of its square
/// @param bestLoss the lowest loss on what is held out, or infinity
/// @param bestStep the step it was measured after, or 0
/// @param worse measurements since then
/// @param best the adapter then; empty where nothing was measured yet
/// @param gradient of the passes done of the next step; empty where there are none
record Checkpoint(
    byte[] fingerprint,
    int step,
    int passes,
    int measured,
    long tokens,
    double loss,
    double gradientNorm,
    float[] values,
    float[] means,
    float[] squares,
    double bestLoss,
    int bestStep,
    int worse,
    float[] best,
    float[] gradient) {

  private static final int MAGIC = 0x46485443; // FHTC
  private static final int VERSION = 1;
  private static final int DIGEST = 32;
  private static final int FIXED = 2 * 4 + DIGEST + 3 * 4 + 4 * 8 + 5 * 4;

  private static Path path(Path folder) {
    return folder.resolve("training.checkpoint");
  }

  /// Writes it to `folder` in place of the last.
  ///
  /// @throws Unavailable where the disk does not take it
  void write(Path folder) {
    Path target = path(folder);
    Path beside = folder.resolve("training.checkpoint.new");
    try {
      Files.createDirectories(folder);
      try (FileChannel channel =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        MessageDigest digest = sha256();
        put(channel, digest, header());
        for (float[] array : List.of(values, means, squares, best, gradient)) {
          put(channel, digest, array);
        }
        write(channel, ByteBuffer.wrap(digest.digest()));
        channel.force(true);
      }
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory = FileChannel.open(folder)) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw new Unavailable(
          "The checkpoint %s could not be written: %s. Training can go on from the last one."
              .formatted(target, e.getMessage()),
          e);
    }
  }

  private ByteBuffer header() {
    return ByteBuffer.allocate(FIXED)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(VERSION)
        .put(fingerprint)
        .putInt(step)
        .putInt(passes)
        .putInt(measured)
        .putLong(tokens)
        .putDouble(loss)
        .putDouble(gradientNorm)
        .putDouble(bestLoss)
        .putInt(bestStep)
        .putInt(worse)
        .putInt(values.length)
        .putInt(best.length)
        .putInt(gradient.length)
        .flip();
  }

  private static void put(FileChannel channel, MessageDigest digest, float[] array)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    int most = buffer.capacity() / Float.BYTES;
    for (int from = 0; from < array.length; from += most) {
      int count = Math.min(most, array.length - from);
      buffer.clear();
      buffer.asFloatBuffer().put(array, from, count);
      put(channel, digest, buffer.limit(count * Float.BYTES));
    }
  }

  private static void put(FileChannel channel, MessageDigest digest, ByteBuffer bytes)
      throws IOException {
    digest.update(bytes.duplicate());
    write(channel, bytes);
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// Reads the one in `folder`, if there is one.
  ///
  /// @throws MalformedFile where it is broken
  /// @throws Unavailable where it cannot be read
  static Optional<Checkpoint> read(Path folder) {
    Path path = path(folder);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(path, e.getMessage()), e);
    }
    return Optional.of(parse(path.toString(), bytes));
  }

  static Checkpoint parse(String name, byte[] bytes) {
    if (bytes.length < FIXED + DIGEST) {
      throw new MalformedFile(name, bytes.length, "it ends inside its header");
    }
    int end = bytes.length - DIGEST;
    MessageDigest digest = sha256();
    digest.update(bytes, 0, end);
    if (!Arrays.equals(digest.digest(), Arrays.copyOfRange(bytes, end, bytes.length))) {
      throw new MalformedFile(name, end, "its digest does not fit what it holds");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, end).order(ByteOrder.LITTLE_ENDIAN);
    int magic = buffer.getInt();
    int version = buffer.getInt();
    if (magic != MAGIC || version != VERSION) {
      throw new MalformedFile(name, 0, "it is no checkpoint of this version");
    }
    byte[] fingerprint = new byte[DIGEST];
    buffer.get(fingerprint);
    int step = buffer.getInt();
    int passes = buffer.getInt();
    int measured = buffer.getInt();
    long tokens = buffer.getLong();
    double loss = buffer.getDouble();
    double gradientNorm = buffer.getDouble();
    double bestLoss = buffer.getDouble();
    int bestStep = buffer.getInt();
    int worse = buffer.getInt();
    int count = buffer.getInt();
    int bestCount = buffer.getInt();
    int gradientCount = buffer.getInt();
    boolean sensible =
        step >= 0
            && passes >= 0
            && count >= 0
            && (bestCount == 0 || bestCount == count)
            && (gradientCount == 0 || gradientCount == count);
    long numbers = 3L * count + bestCount + gradientCount;
    if (!sensible || numbers * Float.BYTES != buffer.remaining()) {
      throw new MalformedFile(name, FIXED, "its arrays do not take what its header says");
    }
    return new Checkpoint(
        fingerprint,
        step,
        passes,
        measured,
        tokens,
        loss,
        gradientNorm,
        floats(buffer, count),
        floats(buffer, count),
        floats(buffer, count),
        bestLoss,
        bestStep,
        worse,
        floats(buffer, bestCount),
        floats(buffer, gradientCount));
  }

  private static float[] floats(ByteBuffer buffer, int count) {
    float[] floats = new float[count];
    buffer.asFloatBuffer().get(floats);
    buffer.position(buffer.position() + count * Float.BYTES);
    return floats;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
