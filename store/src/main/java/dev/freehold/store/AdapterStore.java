package dev.freehold.store;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Adapters on disk, beside the models they were made for.
///
/// ```
/// HOME/models/adapters/blobs/sha256-…   adapters in GGUF, complete, never changed
/// HOME/models/adapters/tags/NAME.json   a name with the base, the sources and the gates
/// HOME/models/adapters/partial/         what is being written; never read as an adapter
/// ```
///
/// A process killed at any moment leaves an adapter either there or not there. Safe for many
/// threads and many processes.
public final class AdapterStore {

  private static final String TAG_ENDING = ".json";

  private final Path root;
  private final Disk disk;

  private AdapterStore(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /// The adapters beside the models of a store.
  ///
  /// @throws Unavailable where the folder cannot be used
  public static AdapterStore in(ModelStore models) {
    AdapterStore store = new AdapterStore(models.root().resolve("adapters"), models.disk());
    try {
      for (String folder : List.of("blobs", "tags", "partial")) {
        store.disk.createFolders(store.root.resolve(folder));
      }
      return store;
    } catch (IOException e) {
      throw DiskFault.told(store.root, e);
    }
  }

  /// Makes an adapter visible under its name, at once and whole.
  ///
  /// @return the adapter; the one that is there where it is the same already
  /// @throws Conflict where another adapter has that name
  /// @throws Unavailable where the disk does not take it
  public StoredAdapter publish(Publication publication, AdapterWriter writer) {
    try (Turn _ = mutation()) {
      for (Path left : children(root.resolve("partial"))) {
        disk.delete(left);
      }
      Path file = root.resolve("partial").resolve(publication.name() + ".gguf");
      writer.write(file);
      Digest digest = digest(file);
      Optional<StoredAdapter> there = onDisk(publication.name().value());
      if (there.isPresent()) {
        disk.delete(file);
        return same(there.get(), publication, digest);
      }
      long bytes = Files.size(file);
      disk.move(file, blob(digest));
      StoredAdapter adapter =
          new StoredAdapter(
              publication,
              bytes,
              digest,
              Instant.ofEpochSecond(Instant.now().getEpochSecond()),
              List.of(),
              blob(digest));
      writeTag(adapter);
      return adapter;
    } catch (IOException e) {
      throw DiskFault.told(root, e);
    }
  }

  private static StoredAdapter same(StoredAdapter there, Publication wanted, Digest digest) {
    Publication known = there.publication();
    boolean same =
        there.digest().equals(digest)
            && known.base().equals(wanted.base())
            && known.sources().equals(wanted.sources());
    if (same) {
      return there;
    }
    throw new Conflict(
        "An adapter %s is here already; `freehold adapter rm %s` takes it away, or choose another name."
            .formatted(there.name(), there.name()));
  }

  /// The adapters that a principal may read, by name.
  public List<StoredAdapter> list(Principal principal, SourceRights rights) {
    return onDisk().stream().filter(adapter -> adapter.admits(principal, rights)).toList();
  }

  /// The adapter of that name, if it is here and that principal may read it: who may not cannot
  /// tell the two apart.
  public Optional<StoredAdapter> find(String name, Principal principal, SourceRights rights) {
    return onDisk(name).filter(adapter -> adapter.admits(principal, rights));
  }

  /// All adapters, by name, for whoever owns the data folder and could read its files anyway.
  ///
  /// @throws MalformedFile where a tag was damaged
  public List<StoredAdapter> onDisk() {
    List<StoredAdapter> adapters = new ArrayList<>();
    for (Path tag : children(root.resolve("tags"))) {
      String file = String.valueOf(tag.getFileName());
      if (file.endsWith(TAG_ENDING)) {
        onDisk(file.substring(0, file.length() - TAG_ENDING.length())).ifPresent(adapters::add);
      }
    }
    adapters.sort(Comparator.comparing(StoredAdapter::name));
    return adapters;
  }

  /// The adapter of that name, if it is here, for whoever owns the data folder.
  public Optional<StoredAdapter> onDisk(String name) {
    Optional<Name> plain = plain(name);
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    Path tag = tag(plain.get());
    try {
      StoredAdapter adapter =
          AdapterTag.read(Files.readAllBytes(tag), plain.get(), tag, this::blob);
      if (Files.exists(adapter.file())) {
        return Optional.of(adapter);
      }
      if (!Files.exists(tag)) {
        return Optional.empty(); // Removed by somebody between the two looks.
      }
      throw new MalformedFile(
          tag.toString(), -1, "its file is gone; run `freehold adapter rm %s`".formatted(name));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFault.told(tag, e);
    }
  }

  /// The adapter of that name, for whoever owns the data folder.
  ///
  /// @throws NotFound where there is none
  public StoredAdapter resolve(String name) {
    return onDisk(name).orElseThrow(() -> unknown(name));
  }

  /// The adapters that saw something, whose id was among [Publication#seen()] or is a source's.
  public List<StoredAdapter> thatSaw(String id) {
    return onDisk().stream()
        .filter(adapter ->
            adapter.publication().seen().contains(id)
                || adapter.publication().sources().contains(new AdapterSource.Kept(id)))
        .toList();
  }

  /// Notes something that whoever uses the adapter should know, once.
  ///
  /// @throws NotFound where there is no such adapter
  public StoredAdapter mark(String name, String why) {
    try (Turn _ = mutation()) {
      StoredAdapter adapter = resolve(name);
      if (adapter.marks().stream().anyMatch(mark -> mark.why().equals(why))) {
        return adapter;
      }
      List<StoredAdapter.Mark> marks = new ArrayList<>(adapter.marks());
      marks.add(new StoredAdapter.Mark(Instant.ofEpochSecond(Instant.now().getEpochSecond()), why));
      StoredAdapter marked =
          new StoredAdapter(
              adapter.publication(),
              adapter.bytes(),
              adapter.digest(),
              adapter.created(),
              marks,
              adapter.file());
      writeTag(marked);
      return marked;
    } catch (IOException e) {
      throw DiskFault.told(root, e);
    }
  }

  /// Takes an adapter away.
  ///
  /// @return bytes freed
  /// @throws NotFound where there is none of that name
  public long remove(String name) {
    Name plain = plain(name).orElseThrow(() -> unknown(name));
    try (Turn _ = mutation()) {
      if (!Files.exists(tag(plain))) {
        throw unknown(name);
      }
      disk.delete(tag(plain));
      return sweep();
    } catch (IOException e) {
      throw DiskFault.told(root, e);
    }
  }

  private long sweep() throws IOException {
    Set<Path> named = new HashSet<>();
    onDisk().forEach(adapter -> named.add(adapter.file()));
    long freed = 0;
    for (Path blob : children(root.resolve("blobs"))) {
      if (!named.contains(blob)) {
        freed += Files.size(blob);
        disk.delete(blob);
      }
    }
    return freed;
  }

  private void writeTag(StoredAdapter adapter) throws IOException {
    Path tag = tag(adapter.publication().name());
    Path beside = root.resolve("partial").resolve(tag.getFileName() + ".new");
    disk.writeWhole(beside, tag, AdapterTag.write(adapter));
  }

  private Path tag(Name name) {
    return root.resolve("tags").resolve(name + TAG_ENDING);
  }

  private Path blob(Digest digest) {
    return root.resolve("blobs").resolve("sha256-" + digest.hex());
  }

  private Turn mutation() throws IOException {
    return Turn.take(root.resolve("lock"), () -> {});
  }

  private static Digest digest(Path file) throws IOException {
    MessageDigest hash = Digest.sha256();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
      }
    }
    return Digest.of(hash);
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw DiskFault.told(folder, e);
    }
  }

  private static Optional<Name> plain(String name) {
    try {
      return Optional.of(new Name(name));
    } catch (FreeholdException e) {
      return Optional.empty();
    }
  }

  private static NotFound unknown(String name) {
    return new NotFound(
        "No adapter is called \"%s\" here; `freehold adapter list` lists those that are."
            .formatted(name.length() > 90 ? name.substring(0, 90) + "…" : name));
  }
}
