package dev.freehold.model.gguf;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A model file in GGUF, version 2 or 3, mapped into memory: metadata and tensors.
///
/// Opening reads the header only and copies no weights. All of the header is checked before
/// anything is handed out: counts, lengths, types, shapes, alignment, and that every tensor lies
/// inside the file. Immutable; any thread may read until [#close()].
///
/// Source: the GGUF specification in the ggml repository, `docs/gguf.md`.
public final class GgufFile implements AutoCloseable {

  private final String name;
  private final Metadata metadata;
  private final Map<String, GgufTensor> tensors;
  private final @Nullable Arena arena;

  private GgufFile(String name, @Nullable Arena arena, MemorySegment bytes) {
    this.name = name;
    this.arena = arena;
    HeaderReader.Header header = new HeaderReader(name, bytes).read();
    this.metadata = header.metadata();
    this.tensors = Collections.unmodifiableMap(header.tensors());
  }

  /// Maps the file at `path` and reads its header.
  ///
  /// @throws NotFound where there is no such file
  /// @throws MalformedFile where the file breaks the format, with the offset of the fault
  /// @throws dev.freehold.chat.Unsupported where it uses a version or tensor type not served yet
  /// @throws Unavailable where the system cannot read or map it
  // The arena is closed here on failure and by close() otherwise.
  @SuppressWarnings("MustBeClosedChecker")
  public static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      GgufFile file = new GgufFile(path.toString(), arena, bytes);
      opened = true;
      return file;
    } catch (NoSuchFileException e) {
      throw new NotFound("There is no file %s.".formatted(path));
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(path, e.getMessage()), e);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /// Reads a file that is in memory already; `name` stands for its path in messages.
  static GgufFile of(String name, byte[] bytes) {
    return new GgufFile(name, null, MemorySegment.ofArray(bytes).asReadOnly());
  }

  /// The path it was opened from, for messages.
  public String name() {
    return name;
  }

  /// The keys and values of the header. They stay readable until [#close()].
  public Metadata metadata() {
    return metadata;
  }

  /// The names of all tensors, in file order.
  public Set<String> tensorNames() {
    return tensors.keySet();
  }

  /// The tensors by name, in file order.
  public Map<String, GgufTensor> tensors() {
    return tensors;
  }

  /// The tensor `tensorName`, if the file has it.
  public Optional<GgufTensor> tensor(String tensorName) {
    return Optional.ofNullable(tensors.get(tensorName));
  }

  /// Releases the mapping; tensors and metadata arrays can no longer be read.
  @Override
  public void close() {
    if (arena != null) {
      arena.close();
    }
  }
}
