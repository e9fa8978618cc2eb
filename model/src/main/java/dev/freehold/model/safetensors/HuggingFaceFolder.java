package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.text.Json;
import dev.freehold.model.tokenizer.TokenizerDescription;
import dev.freehold.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A model as Hugging Face keeps them: a folder with `config.json`, `tokenizer.json` and
/// `model.safetensors`, or several of these and `model.safetensors.index.json`. Seen from here it
/// is a [ModelFile] like any other: [Configuration] gives GGUF's keys, [TensorNames] its names.
///
/// Weights are used where the files are mapped. Only what GGUF stores differently is copied,
/// outside the heap and until [#close()]: rows of queries and keys of architecture `llama`, and
/// norms of Gemma. Of BERT and its heirs what they were trained with is left out. The vision tower
/// of a model that sees is left out; the text model is whole without it. Immutable; any thread may
/// read until [#close()].
public final class HuggingFaceFolder implements ModelFile {

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
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private HuggingFaceFolder(Path folder, Arena arena) {
    this.folder = folder;
    this.arena = arena;
    Configuration configuration = Configuration.read(folder);
    Map<String, Safetensors.Tensor> stored = stored();
    GgufHeader header = configuration.header(name());
    ModelCardFile.licence(folder).ifPresent(licence -> header.text("general.license", licence));
    OptionalInt pooling = SentenceModules.pooling(folder);
    pooling.ifPresent(
        kind -> header.integer(configuration.family().architecture + ".pooling_type", kind));
    int rows = vocabularySize(configuration, stored);
    Path tokenizer = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(tokenizer)) {
      TokenizerDescription.read(tokenizer, rows).describe(header);
    }
    metadata = header.metadata(folder.resolve("config.json").toString());
    // Of a model that makes vectors the head may be left out; nothing reads it then.
    boolean tied =
        configuration.tiesHead()
            || (pooling.isPresent() && stored.keySet().stream().noneMatch(TensorNames::isHead));
    boolean encodes = configuration.family().encodes();
    boolean classifies = stored.keySet().stream().anyMatch(BertNames::classifies);
    stored.forEach((name, tensor) -> {
      if (encodes ? !BertNames.leftOut(name, classifies) : !TensorNames.leftOut(name)) {
        claim(configuration, name, tensor, tied);
      }
    });
    if (!tied && !tensors.containsKey("output.weight")) {
      throw new MalformedFile(
          name(), -1, "lm_head.weight is missing and not tied to the embedding");
    }
    configuration
        .rotaryFactors()
        .ifPresent(factors -> tensors.put("rope_freqs.weight", vector(factors)));
  }

  /// Tokens, which config.json and the rows of the embedding must agree on.
  private int vocabularySize(Configuration configuration, Map<String, Safetensors.Tensor> stored) {
    int size = configuration.vocabularySize();
    for (Map.Entry<String, Safetensors.Tensor> entry : stored.entrySet()) {
      boolean embedding =
          TensorNames.gguf(configuration.family(), entry.getKey())
              .filter("token_embd.weight"::equals)
              .isPresent();
      List<Long> shape = entry.getValue().shape();
      if (embedding && shape.size() == 2 && shape.getFirst() == size) {
        return size;
      }
    }
    throw new MalformedFile(
        name(), -1, "there is no embedding of vocab_size %d tokens".formatted(size));
  }

  private void claim(
      Configuration configuration, String stored, Safetensors.Tensor tensor, boolean tied) {
    String name =
        TensorNames.gguf(configuration.family(), stored)
            .orElseThrow(() ->
                new Unsupported(
                    "Tensor %s of %s".formatted(stored, name()),
                    "the tensors that transformers writes for model_type "
                        + configuration.family().type));
    if (name.equals("output.weight") && tied) {
      return;
    }
    if (tensors.putIfAbsent(name, converted(configuration, name, tensor)) != null) {
      throw new MalformedFile(name(), -1, "%s is there twice".formatted(name));
    }
  }

  private GgufTensor converted(
      Configuration configuration, String name, Safetensors.Tensor tensor) {
    TensorType type =
        switch (tensor.kind()) {
          case "F32" -> TensorType.F32;
          case "F16" -> TensorType.F16;
          case "BF16" -> TensorType.BF16;
          default ->
              throw new Unsupported(
                  "Weights of kind %s (%s in %s)".formatted(tensor.kind(), name, name()),
                  "F32, F16, BF16");
        };
    List<Long> shape = tensor.shape().reversed();
    if (shape.isEmpty() || shape.stream().anyMatch(dimension -> dimension < 1)) {
      throw new MalformedFile(name(), -1, "%s has shape %s".formatted(name, tensor.shape()));
    }
    MemorySegment bytes = tensor.segment();
    Family family = configuration.family();
    if (family.encodes() && name.equals("position_embd.weight")) {
      return positions(name, type, tensor, configuration.firstPosition());
    }
    int heads =
        name.matches("blk\\.\\d+\\.attn_q\\..*")
            ? configuration.heads()
            : name.matches("blk\\.\\d+\\.attn_k\\..*") ? configuration.kvHeads() : 0;
    if (family.pairsRows() && heads > 0) {
      bytes = paired(name, bytes, tensor.shape().getFirst(), heads);
    }
    if (family.normsFromOne() && name.endsWith("norm.weight")) {
      return new GgufTensor(name, TensorType.F32, shape, fromOne(type, bytes));
    }
    return new GgufTensor(name, type, shape, bytes);
  }

  /// Positions without those before a text's first token, which nothing has.
  private GgufTensor positions(String name, TensorType type, Safetensors.Tensor tensor, int first) {
    long rows = tensor.shape().getFirst();
    if (tensor.shape().size() != 2 || rows <= first) {
      throw new MalformedFile(name(), -1, "%s has shape %s".formatted(name, tensor.shape()));
    }
    long rowBytes = tensor.segment().byteSize() / rows;
    return new GgufTensor(
        name,
        type,
        List.of(tensor.shape().getLast(), rows - first),
        tensor.segment().asSlice(first * rowBytes));
  }

  /// Rows of each head from halves apart (row 0 turns with row n/2) to pairs side by side.
  private MemorySegment paired(String name, MemorySegment bytes, long rows, int heads) {
    if (rows % (2L * heads) != 0) {
      throw new MalformedFile(
          name(), -1, "the %d rows of %s are not pairs for %d heads".formatted(rows, name, heads));
    }
    long rowBytes = bytes.byteSize() / rows;
    long half = rows / heads / 2;
    MemorySegment pairs = arena.allocate(bytes.byteSize(), 64);
    for (long row = 0; row < rows; row++) {
      long within = row % (2 * half);
      long target = row - within + within % half * 2 + within / half;
      MemorySegment.copy(bytes, row * rowBytes, pairs, target * rowBytes, rowBytes);
    }
    return pairs;
  }

  private MemorySegment fromOne(TensorType type, MemorySegment bytes) {
    int count = (int) (bytes.byteSize() / type.blockBytes());
    float[] norm = new float[count];
    dev.freehold.tensor.Dequantizer.dequantize(type, bytes, 0, norm, 0, count);
    for (int i = 0; i < count; i++) {
      norm[i] += 1;
    }
    return floats(norm);
  }

  private GgufTensor vector(float[] numbers) {
    return new GgufTensor(
        "rope_freqs.weight", TensorType.F32, List.of((long) numbers.length), floats(numbers));
  }

  private MemorySegment floats(float[] numbers) {
    MemorySegment segment = arena.allocate(numbers.length * 4L, 4);
    ValueLayout.OfFloat little = ValueLayout.JAVA_FLOAT.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < numbers.length; i++) {
      segment.setAtIndex(little, i, numbers[i]);
    }
    return segment;
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
    return file(SINGLE);
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
      file(file)
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

  private Map<String, Safetensors.Tensor> file(String name) {
    Path path = folder.resolve(name);
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
