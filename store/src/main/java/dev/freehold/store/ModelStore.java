package dev.freehold.store;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Models on disk: files named by their digest, and tags that name them.
///
/// ```
/// HOME/models/version            which layout this is
/// HOME/models/blobs/sha256-…     weights, complete and verified, never changed; a file, or a folder of them
/// HOME/models/tags/NAME.json     a name with what is known of the model
/// HOME/models/partial/           what is still on its way; never read as a model
/// HOME/models/adapters/          see [AdapterStore]
/// ```
///
/// A file or folder enters `blobs` by one rename after it was verified and flushed, and is visible
/// once its tag has entered `tags` by another: a process killed at any moment leaves the model
/// either there or not there. Safe for many threads and many processes.
public final class ModelStore {

  static final String LAYOUT = "freehold-models 1";
  private static final String TAG_ENDING = ".json";

  private final Path root;
  private final Disk disk;

  private ModelStore(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /// The store of a data folder, made if it is not there.
  ///
  /// @throws Unavailable where the folder cannot be used, or holds the store of another version
  public static ModelStore open(Path home) {
    return open(home, new Disk());
  }

  static ModelStore open(Path home, Disk disk) {
    ModelStore store = new ModelStore(home.resolve("models"), disk);
    try {
      for (String folder : List.of("blobs", "tags", "partial")) {
        disk.createFolders(store.root.resolve(folder));
      }
      store.checkLayout();
      return store;
    } catch (IOException e) {
      throw DiskFault.told(store.root, e);
    }
  }

  private void checkLayout() throws IOException {
    Path version = root.resolve("version");
    if (!Files.exists(version)) {
      try (Turn _ = mutation()) {
        if (!Files.exists(version)) {
          writeWhole(version, (LAYOUT + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    String found = Files.readString(version, StandardCharsets.ISO_8859_1).strip();
    if (!found.equals(LAYOUT)) {
      throw new Unavailable(
          ("The models in %s belong to another version of Freehold (its layout is \"%s\", this one"
                  + " reads \"%s\"). Use that version, or set FREEHOLD_HOME to another folder.")
              .formatted(root, found.length() > 60 ? found.substring(0, 60) : found, LAYOUT));
    }
  }

  /// All models, by name.
  ///
  /// @throws MalformedFile where a tag was damaged
  public List<StoredModel> list() {
    List<StoredModel> models = new ArrayList<>();
    for (Name name : names()) {
      find(name.value()).ifPresent(models::add);
    }
    models.sort(Comparator.comparing(StoredModel::name));
    return models;
  }

  /// The model of that name.
  ///
  /// @throws NotFound where there is none
  public StoredModel resolve(String name) {
    return find(name).orElseThrow(() -> unknown(name));
  }

  /// The model of that name, if it is here.
  public Optional<StoredModel> find(String name) {
    Optional<Name> plain = plain(name);
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    Path tag = tag(plain.get());
    byte[] json;
    try {
      json = Files.readAllBytes(tag);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFault.told(tag, e);
    }
    StoredModel model = read(json, plain.get(), tag);
    if (!Files.exists(model.file())) {
      if (!Files.exists(tag)) {
        return Optional.empty(); // Removed by somebody between the two looks.
      }
      throw new MalformedFile(
          tag.toString(),
          -1,
          "its weights are gone from the store; run `freehold rm %s` and pull it again"
              .formatted(name));
    }
    return Optional.of(model);
  }

  /// Takes a name away, and the weights with the last one.
  ///
  /// @return bytes freed
  /// @throws NotFound where there is no such name
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

  /// Another name for a model that is here.
  public StoredModel tag(StoredModel model, Name name) {
    try (Turn _ = mutation()) {
      if (!Files.exists(blob(model.digest()))) {
        throw unknown(model.name());
      }
      return writeTag(model, name);
    } catch (IOException e) {
      throw DiskFault.told(root, e);
    }
  }

  /// Makes a verified file, or folder of files, visible under a name; it leaves its place.
  StoredModel commit(Path file, Digest digest, long bytes, Name name, ModelFacts facts, String from)
      throws IOException {
    try (Turn _ = mutation()) {
      if (Files.exists(blob(digest))) {
        disk.deleteAll(file);
      } else {
        disk.move(file, blob(digest));
      }
      StoredModel model =
          new StoredModel(
              name.value(),
              facts,
              from,
              bytes,
              digest,
              Instant.ofEpochSecond(Instant.now().getEpochSecond()),
              blob(digest));
      return writeTag(model, name);
    }
  }

  /// The model's weights if they are here, under whatever name.
  Optional<StoredModel> withDigest(Digest digest) {
    if (!Files.exists(blob(digest))) {
      return Optional.empty();
    }
    return list().stream().filter(model -> model.digest().equals(digest)).findFirst();
  }

  Path blob(Digest digest) {
    return root.resolve("blobs").resolve("sha256-" + digest.hex());
  }

  private Path tag(Name name) {
    return root.resolve("tags").resolve(name + TAG_ENDING);
  }

  /// Where what is still on its way lies; the key is a digest's digits.
  Path partial(Digest key, String ending) {
    return root.resolve("partial").resolve(key.hex() + ending);
  }

  Path scratch(Digest key) {
    return partial(key, ".scratch");
  }

  Path root() {
    return root;
  }

  Disk disk() {
    return disk;
  }

  private Turn mutation() throws IOException {
    return Turn.take(root.resolve("lock"), () -> {});
  }

  private long sweep() throws IOException {
    Set<Path> named = new HashSet<>();
    for (StoredModel model : list()) {
      named.add(model.file());
    }
    long freed = 0;
    for (Path blob : children(root.resolve("blobs"))) {
      if (!named.contains(blob)) {
        freed += Files.isDirectory(blob) ? Arrivals.size(blob) : Files.size(blob);
        // Out of sight before the first of its files goes: half a folder must not look like one.
        Path gone = root.resolve("partial").resolve(blob.getFileName() + ".gone");
        disk.deleteAll(gone);
        disk.move(blob, gone);
        disk.deleteAll(gone);
      }
    }
    return freed;
  }

  private StoredModel writeTag(StoredModel model, Name name) throws IOException {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("name", name.value());
    json.put("architecture", model.facts().architecture());
    json.put("parameters", model.facts().parameters());
    json.put("contextLength", model.facts().contextLength());
    json.put("licence", model.facts().licence());
    json.put("source", model.source());
    json.put("bytes", model.bytes());
    json.put("digest", model.digest().toString());
    json.put("created", model.created().toString());
    byte[] bytes = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    writeWhole(tag(name), bytes);
    return read(bytes, name, tag(name));
  }

  /// Writes beside the place, flushes, renames: the file is there whole or not at all.
  void writeWhole(Path file, byte[] bytes) throws IOException {
    disk.writeWhole(root.resolve("partial").resolve(file.getFileName() + ".new"), file, bytes);
  }

  private StoredModel read(byte[] json, Name name, Path tag) {
    try {
      Fields fields = new Fields(JsonMapper.shared().readTree(json), tag.toString());
      Digest digest = Digest.of(fields.text("digest"));
      return new StoredModel(
          name.value(),
          new ModelFacts(
              fields.text("architecture"),
              fields.number("parameters"),
              Math.toIntExact(fields.number("contextLength")),
              fields.text("licence")),
          fields.text("source"),
          fields.number("bytes"),
          digest,
          Instant.parse(fields.text("created")),
          blob(digest));
    } catch (JacksonException | ArithmeticException | DateTimeException e) {
      throw new MalformedFile(
          tag.toString(), -1, "damaged; run `freehold rm %s` and pull it again".formatted(name), e);
    }
  }

  private List<Name> names() {
    return children(root.resolve("tags")).stream()
        .map(file -> String.valueOf(file.getFileName()))
        .filter(file -> file.endsWith(TAG_ENDING))
        .flatMap(file -> plain(file.substring(0, file.length() - TAG_ENDING.length())).stream())
        .toList();
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
        "No model is called \"%s\" here; `freehold models` lists those that are, and `freehold pull` gets more."
            .formatted(name.length() > 90 ? name.substring(0, 90) + "…" : name));
  }
}
