package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.family.Families;
import dev.freehold.model.safetensors.family.Family;
import dev.freehold.model.safetensors.family.FolderTensor;
import dev.freehold.model.text.Json;
import dev.freehold.model.tokenizer.TokenizerDescription;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A model as Hugging Face keeps them: a folder with `config.json`, `tokenizer.json` and
/// `model.safetensors`, or several of these and `model.safetensors.index.json`. Seen from here it
/// is a [ModelFile] like any other: its [Family] gives GGUF's keys and names.
///
/// Weights are used where the files are mapped. Only what GGUF stores differently is copied,
/// outside the heap and until [#close()]: rows of queries and keys of architecture `llama`, norms
/// of Gemma, experts in blocks and others, which each family tells. The vision tower of a model
/// that sees is left out; the text model is whole without it. Immutable; any thread may read until
/// [#close()].
public final class HuggingFaceFolder implements ModelFile {

  private static final String HEAD = "output.weight";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path folder;
  private final Arena arena;
  private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();
  private final Metadata metadata;
  private long size;

  /// Opens the folder at `path`.
  ///
  /// @throws NotFound where a file is missing
  /// @throws MalformedFile where a file breaks its format or they do not fit together
  /// @throws Unsupported where the family of the model or a feature of it is not served yet
  /// @throws Unavailable where the system cannot read or map a file
  // The arena is closed here on failure and by close() otherwise.
  @SuppressWarnings("MustBeClosedChecker")
  public static HuggingFaceFolder open(Path path) {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      HuggingFaceFolder folder =
          ModelFile.whole(path.toString(), () -> new HuggingFaceFolder(path, arena));
      opened = true;
      return folder;
    } catch (JacksonException e) {
      throw new MalformedFile(path.toString(), -1, e.getOriginalMessage());
    } catch (ArithmeticException e) {
      throw new MalformedFile(path.toString(), -1, "its sizes are out of range", e);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private HuggingFaceFolder(Path folder, Arena arena) {
    this.folder = folder;
    this.arena = arena;
    Family family = Families.read(folder);
    SentenceModules modules = SentenceModules.read(folder, family.mapsVectors());
    Map<String, FolderTensor> stored = new LinkedHashMap<>();
    stored()
        .forEach((name, tensor) ->
            stored.put(
                name,
                new FolderTensor(name, tensor.kind(), tensor.shape(), tensor.segment(), arena)));
    List<FolderTensor> read = new ArrayList<>();
    stored.values().forEach(tensor -> read.addAll(family.read(tensor, stored)));
    List<FolderTensor> maps = maps(modules);
    read.addAll(maps);
    family.computed().forEach((name, of) -> read.add(FolderTensor.vector(name, of, arena)));
    metadata = describe(family, modules, maps, vocabularySize(family, read));
    boolean hasHead = read.stream().anyMatch(tensor -> tensor.name().equals(HEAD));
    // Of a model that makes vectors the head may be left out; nothing reads it then.
    boolean tied = family.tiesHead() || (!hasHead && modules.pooling().isPresent());
    for (FolderTensor tensor : read) {
      boolean again = tied && tensor.name().equals(HEAD);
      if (!again && tensors.putIfAbsent(tensor.name(), tensor.gguf()) != null) {
        throw new MalformedFile(name(), -1, "%s is there twice".formatted(tensor.name()));
      }
    }
    if (!tied && !hasHead) {
      throw new MalformedFile(
          name(), -1, "lm_head.weight is missing and not tied to the embedding");
    }
  }

  /// The two linear maps that EmbeddingGemma has behind its pooling, named as GGUF counts them.
  private List<FolderTensor> maps(SentenceModules modules) {
    if (!modules.maps().isEmpty() && modules.maps().size() != 2) {
      throw new Unsupported(
          "%d modules Dense (%s)".formatted(modules.maps().size(), name()), "two or none");
    }
    List<FolderTensor> maps = new ArrayList<>();
    for (Path path : modules.maps()) {
      Map<String, Safetensors.Tensor> stored = file(path);
      Safetensors.Tensor weight = stored.get("linear.weight");
      if (stored.size() != 1 || weight == null || weight.shape().size() != 2) {
        throw new MalformedFile(path.toString(), -1, "it holds more or less than linear.weight");
      }
      String name = "dense_%d.weight".formatted(maps.size() + 2);
      maps.add(new FolderTensor(name, weight.kind(), weight.shape(), weight.segment(), arena));
    }
    return maps;
  }

  private Metadata describe(
      Family family, SentenceModules modules, List<FolderTensor> maps, int rows) {
    GgufHeader header = new GgufHeader();
    header.text("general.architecture", family.architecture());
    header.text("general.type", "model");
    header.text("general.name", Path.of(name()).getFileName().toString());
    family.describe(header);
    ModelCardFile.licence(folder).ifPresent(licence -> header.text("general.license", licence));
    modules
        .pooling()
        .ifPresent(kind -> header.integer(family.architecture() + ".pooling_type", kind));
    for (FolderTensor map : maps) {
      String key = "%s.%s_feat_".formatted(family.architecture(), map.name().substring(0, 7));
      header.integer(key + "in", Math.toIntExact(map.shape().getLast()));
      header.integer(key + "out", Math.toIntExact(map.shape().getFirst()));
    }
    Path tokenizer = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(tokenizer)) {
      TokenizerDescription.read(tokenizer, rows).describe(header);
    }
    return header.metadata(folder.resolve("config.json").toString());
  }

  /// Tokens, which config.json and the rows of the embedding must agree on.
  private int vocabularySize(Family family, List<FolderTensor> read) {
    int size = family.vocabularySize();
    for (FolderTensor tensor : read) {
      boolean embedding = tensor.name().equals("token_embd.weight");
      if (embedding && tensor.shape().size() == 2 && tensor.shape().getFirst() == size) {
        return size;
      }
    }
    throw new MalformedFile(
        name(), -1, "there is no embedding of vocab_size %d tokens".formatted(size));
  }

  private Map<String, Safetensors.Tensor> stored() {
    if (Files.isRegularFile(folder.resolve(INDEX))) {
      return indexed();
    }
    if (!Files.isRegularFile(folder.resolve(SINGLE))) {
      throw new NotFound(
          "%s has neither %s nor %s; models in other formats (pickle) are not read."
              .formatted(folder, SINGLE, INDEX));
    }
    return file(folder.resolve(SINGLE));
  }

  private Map<String, Safetensors.Tensor> indexed() {
    JsonNode map = Json.read(folder.resolve(INDEX)).path("weight_map");
    Map<String, String> wanted = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String file = entry.getValue().asString("");
      // A path that leaves the folder would read what is not the model's.
      if (!file.endsWith(".safetensors") || file.contains("/") || file.contains("\\")) {
        throw new MalformedFile(
            folder.resolve(INDEX).toString(), -1, "it names the file '%s'".formatted(file));
      }
      wanted.put(entry.getKey(), file);
    }
    Map<String, Safetensors.Tensor> all = new LinkedHashMap<>();
    Set<String> files = new HashSet<>(wanted.values());
    for (String file : files.stream().sorted().toList()) {
      file(folder.resolve(file))
          .forEach((name, tensor) -> {
            if (!file.equals(wanted.get(name))) {
              throw new MalformedFile(
                  folder.resolve(file).toString(), -1, "%s is not in the index".formatted(name));
            }
            all.put(name, tensor);
          });
    }
    if (all.size() != wanted.size()) {
      wanted.keySet().removeAll(all.keySet());
      throw new MalformedFile(
          folder.resolve(INDEX).toString(),
          -1,
          "%s is not in the file it names".formatted(wanted.keySet().iterator().next()));
    }
    return all;
  }

  private Map<String, Safetensors.Tensor> file(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      size += bytes.byteSize();
      return Safetensors.read(path.toString(), bytes);
    } catch (NoSuchFileException e) {
      throw new NotFound("There is no file %s.".formatted(path));
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public Metadata metadata() {
    return metadata;
  }

  @Override
  public Map<String, GgufTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void close() {
    arena.close();
  }
}
