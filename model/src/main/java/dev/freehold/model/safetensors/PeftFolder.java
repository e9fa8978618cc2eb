package dev.freehold.model.safetensors;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.AdapterFile;
import dev.freehold.model.adapter.Scaled;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.SafetensorsWriter.Floats;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/// Adapters as PEFT keeps them: a folder with `adapter_config.json` and
/// `adapter_model.safetensors`. Read and written for one base model, whose metadata says what its
/// matrices are called and in what order their rows lie.
///
/// Scales of single modules and the root of the rank (`alpha_pattern`, `use_rslora`) go into the
/// second factor, since an [Adapter] has one alpha.
public final class PeftFolder {

  private static final String WEIGHTS = "adapter_model.safetensors";
  static final String DIGEST = "freehold.base.digest";
  private static final int NAMED = 5;
  private static final Pattern FACTOR =
      Pattern.compile("base_model\\.model\\.(.{1,300})\\.lora_([AB])\\.weight");

  private PeftFolder() {}

  /// Reads the adapter in `folder`.
  ///
  /// @param base the metadata of the model it belongs to
  /// @throws NotFound where a file is missing
  /// @throws MalformedFile where a file breaks its format or they do not fit together
  /// @throws Unsupported where it is more than a LoRA adapter of matrices (DoRA, biases, whole
  ///   modules, embeddings, experts), or the architecture's names are not known
  public static AdapterFile read(Path folder, Metadata base) {
    PeftNames names = new PeftNames(base);
    PeftSettings settings = PeftSettings.read(folder);
    Path path = folder.resolve(WEIGHTS);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return ModelFile.whole(
          path.toString(),
          () -> {
            Safetensors.Content content = Safetensors.content(path.toString(), bytes);
            Adapter adapter = adapter(path.toString(), content.tensors(), settings, names);
            String digest = content.remarks().getOrDefault(DIGEST, "");
            return new AdapterFile(adapter, settings.base(), digest);
          });
    } catch (NoSuchFileException e) {
      throw new NotFound(
          "There is no file %s; adapters in other formats (pickle) are not read.".formatted(path));
    } catch (JacksonException e) {
      throw new MalformedFile(path.toString(), -1, e.getOriginalMessage());
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  /// Reads an adapter out of tensors; `file` stands for their origin in messages.
  static Adapter adapter(
      String file,
      Map<String, Safetensors.Tensor> tensors,
      PeftSettings settings,
      PeftNames names) {
    List<String> leftovers = new ArrayList<>();
    Map<String, LowRank> pairs = new TreeMap<>();
    Map<String, Double> scales = new HashMap<>();
    for (String stored : tensors.keySet()) {
      Matcher factor = FACTOR.matcher(stored);
      String module = factor.matches() ? factor.group(1) : "";
      List<PeftNames.Part> parts = names.parts(module);
      if (parts.isEmpty()) {
        leftovers.add(stored);
      } else if (factor.group(2).equals("A")) {
        LowRank pair = pair(file, tensors, stored, settings.rank(module));
        for (PeftNames.Part part : parts) {
          if (pairs.put(part.matrix(), PeftNames.taken(part, pair)) != null) {
            throw new MalformedFile(file, -1, "%s is adapted twice".formatted(part.matrix()));
          }
          scales.put(part.matrix(), settings.scale(module));
        }
      } else if (!tensors.containsKey(other(stored, "B", "A"))) {
        leftovers.add(stored);
      }
    }
    if (!leftovers.isEmpty()) {
      throw new Unsupported(
          "%s has %d tensors that are no factors of a matrix that can be adapted (%s), so this adapter"
              .formatted(
                  file,
                  leftovers.size(),
                  leftovers.stream().limit(NAMED).collect(Collectors.joining(", "))),
          "for %s adapters of %s".formatted(names.architecture(), names.known()));
    }
    if (pairs.isEmpty()) {
      throw new MalformedFile(file, -1, "it adapts no matrix");
    }
    return Scaled.adapter(names.architecture(), settings.alpha(), pairs, scales);
  }

  private static String other(String stored, String one, String other) {
    String ending = ".lora_%s.weight";
    String end = ending.formatted(one);
    return stored.substring(0, stored.length() - end.length()) + ending.formatted(other);
  }

  private static LowRank pair(
      String file, Map<String, Safetensors.Tensor> tensors, String stored, int rank) {
    Safetensors.Tensor a = tensors.get(stored);
    Safetensors.Tensor b = tensors.get(other(stored, "A", "B"));
    if (a == null || b == null) {
      throw new MalformedFile(file, -1, "%s has no other factor".formatted(stored));
    }
    boolean fits =
        a.shape().size() == 2
            && b.shape().size() == 2
            && a.shape().get(0) == rank
            && b.shape().get(1) == rank
            && a.shape().get(1) > 0
            && b.shape().get(0) > 0
            && Math.max(a.shape().get(1), b.shape().get(0)) <= Integer.MAX_VALUE / rank;
    if (!fits) {
      throw new MalformedFile(
          file,
          -1,
          "the factors of %s are %s and %s and the configuration says rank %d"
              .formatted(stored, a.shape(), b.shape(), rank));
    }
    return new LowRank(
        rank,
        a.shape().get(1).intValue(),
        b.shape().get(0).intValue(),
        numbers(file, stored, a),
        numbers(file, stored, b));
  }

  private static float[] numbers(String file, String stored, Safetensors.Tensor tensor) {
    TensorType type =
        switch (tensor.kind()) {
          case "F32" -> TensorType.F32;
          case "F16" -> TensorType.F16;
          case "BF16" -> TensorType.BF16;
          default ->
              throw new Unsupported(
                  "Factors of kind %s (%s in %s)".formatted(tensor.kind(), stored, file),
                  "F32, F16, BF16");
        };
    int count = Math.toIntExact(tensor.segment().byteSize() / type.blockBytes());
    float[] numbers = new float[count];
    Dequantizer.dequantize(type, tensor.segment(), 0, numbers, 0, count);
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new MalformedFile(file, -1, "a number of %s is %s".formatted(stored, number));
      }
    }
    return numbers;
  }

  /// Writes an adapter as `folder`, which is not there yet.
  ///
  /// @param base the metadata of the model it belongs to
  /// @throws InvalidRequest where something is in the way
  /// @throws Unsupported where it adapts what has no name in PEFT
  /// @throws Unavailable where the disk does not take it
  public static void write(AdapterFile file, Path folder, Metadata base) {
    if (Files.exists(folder)) {
      throw new InvalidRequest("%s is in the way.".formatted(folder), "output");
    }
    PeftNames names = new PeftNames(base);
    TreeMap<String, LowRank> modules = new TreeMap<>();
    for (String matrix : file.adapter().pairs().keySet()) {
      modules.computeIfAbsent(
          names.module(matrix), module -> names.together(module, file.adapter().pairs()));
    }
    TreeMap<String, Floats> matrices = new TreeMap<>();
    modules.forEach((module, pair) -> {
      String prefix = "base_model.model." + module;
      matrices.put(prefix + ".lora_A.weight", new Floats(pair.rank(), pair.in(), pair.a()));
      matrices.put(prefix + ".lora_B.weight", new Floats(pair.out(), pair.rank(), pair.b()));
    });
    Map<String, String> remarks = new TreeMap<>();
    remarks.put("format", "pt");
    if (!file.baseDigest().isEmpty()) {
      remarks.put(DIGEST, file.baseDigest());
    }
    write(
        folder,
        SafetensorsWriter.bytes(matrices, remarks),
        new PeftConfiguration(file, names, modules).text());
  }

  private static void write(Path folder, byte[] weights, String configuration) {
    Path beside = folder.resolveSibling(folder.getFileName() + ".part");
    try {
      Files.createDirectories(beside);
      Files.write(beside.resolve(WEIGHTS), weights);
      Files.writeString(beside.resolve("adapter_config.json"), configuration);
      Files.move(beside, folder);
    } catch (IOException e) {
      throw new Unavailable("%s could not be written: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
