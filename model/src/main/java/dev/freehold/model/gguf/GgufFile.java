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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A model file in GGUF, version 2 or 3, mapped into memory: metadata and tensors. A model cut into
/// several files is opened from any of them and looks like one.
///
/// Opening reads the headers only and copies no weights. All of a header is checked before anything
/// is handed out: counts, lengths, types, shapes, alignment, and that every tensor lies inside its
/// file. Metadata is copied and stays readable for ever. Immutable; any thread may read until
/// [#close()].
///
/// Source: the GGUF specification in the ggml repository, `docs/gguf.md`.
public final class GgufFile implements ModelFile {

  private final String name;
  private final Metadata metadata;
  private final Map<String, GgufTensor> tensors;
  private final long size;
  private final @Nullable Arena arena;

  private GgufFile(String name, HeaderReader.Header header, long size, @Nullable Arena arena) {
    this.name = name;
    this.metadata = header.metadata();
    this.tensors = Collections.unmodifiableMap(header.tensors());
    this.size = size;
    this.arena = arena;
  }

  /// Maps the file at `path`, and the other parts of its model where it is one of several, and
  /// reads the headers.
  ///
  /// @throws NotFound where there is no such file, or a part is missing
  /// @throws MalformedFile where the file breaks the format, with the offset of the fault
  /// @throws dev.freehold.chat.Unsupported where it uses a version or tensor type not served yet
  /// @throws Unavailable where the system cannot read or map it
  // The arena is closed here on failure and by close() otherwise.
  @SuppressWarnings("MustBeClosedChecker")
  public static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      GgufFile file = open(path, arena);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private static GgufFile open(Path path, Arena arena) {
    MemorySegment bytes = map(path, arena);
    HeaderReader.Header header = header(path, bytes);
    List<Path> parts = SplitFiles.parts(path, header.metadata());
    if (parts.size() == 1) {
      return new GgufFile(path.toString(), header, bytes.byteSize(), arena);
    }
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    Metadata metadata = header.metadata();
    long size = 0;
    for (int i = 0; i < parts.size(); i++) {
      MemorySegment mapped = map(parts.get(i), arena);
      HeaderReader.Header part = header(parts.get(i), mapped);
      SplitFiles.require(parts.get(i), part.metadata(), i, parts.size());
      metadata = i == 0 ? part.metadata() : metadata;
      size += mapped.byteSize();
      for (GgufTensor tensor : part.tensors().values()) {
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
          throw new MalformedFile(
              parts.get(i).toString(),
              -1,
              "tensor %s is in an earlier part as well".formatted(tensor.name()));
        }
      }
    }
    int expected = metadata.integer(SplitFiles.TENSORS, tensors.size());
    if (expected != tensors.size()) {
      throw new MalformedFile(
          path.toString(),
          -1,
          "its parts have %d tensors and should have %d".formatted(tensors.size(), expected));
    }
    return new GgufFile(path.toString(), new HeaderReader.Header(metadata, tensors), size, arena);
  }

  private static MemorySegment map(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new NotFound("There is no file %s.".formatted(path));
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static HeaderReader.Header header(Path path, MemorySegment bytes) {
    String name = path.toString();
    return ModelFile.whole(name, () -> new HeaderReader(name, bytes).read());
  }

  /// Reads a file that is in memory already; `name` stands for its path in messages.
  static GgufFile of(String name, byte[] bytes) {
    MemorySegment segment = MemorySegment.ofArray(bytes).asReadOnly();
    return new GgufFile(name, new HeaderReader(name, segment).read(), bytes.length, null);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Metadata metadata() {
    return metadata;
  }

  @Override
  public Map<String, GgufTensor> tensors() {
    return tensors;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
    }
  }
}
