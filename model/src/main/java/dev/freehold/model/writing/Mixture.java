package dev.freehold.model.writing;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which type each tensor of a model gets. The mixtures and their numbers in `general.file_type`
/// are llama.cpp's, so that a file is what its name leads one to expect: the head and, in Q4_K_M
/// and Q5_K_M, values and half of the layers' last matrices have more bits than the rest.
public enum Mixture {
  /// Matrices stay as they are, if they are floats.
  AS_IS(null, -1),
  F32(TensorType.F32, 0),
  F16(TensorType.F16, 1),
  BF16(TensorType.BF16, 32),
  Q8_0(TensorType.Q8_0, 7),
  Q4_0(TensorType.Q4_0, 2),
  Q4_K_M(TensorType.Q4_K, 15),
  Q5_K_M(TensorType.Q5_K, 17),
  Q6_K(TensorType.Q6_K, 18);

  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\.(.+)");

  private final @Nullable TensorType most;
  private final int fileType;

  Mixture(@Nullable TensorType most, int fileType) {
    this.most = most;
    this.fileType = fileType;
  }

  /// The mixture called `name`, in either case.
  public static Mixture of(String name) {
    return Arrays.stream(values())
        .filter(mixture -> mixture.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new Unsupported(
                "The type " + name,
                Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
  }

  /// Whether weights lose more than the rounding of floats.
  public boolean quantises() {
    return most != null && most.blockSize() > 1;
  }

  /// GGUF's number of it, if it has one.
  Optional<Integer> fileType() {
    return fileType < 0 ? Optional.empty() : Optional.of(fileType);
  }

  /// What a model is like, as far as types depend on it.
  ///
  /// @param layers blocks
  /// @param experts experts of a layer, 0 where it has none
  /// @param tied whether the embedding is the head too
  record Shape(int layers, int experts, boolean tied) {}

  /// The type of tensor `name` of dimensions `shape`, which is stored as `stored`.
  TensorType type(String name, List<Long> shape, TensorType stored, Shape model) {
    if (!isMatrix(name, shape)) {
      return stored == TensorType.F16 || stored == TensorType.BF16 ? TensorType.F32 : stored;
    }
    if (most == null || most.blockSize() == 1) {
      return most == null ? stored : most;
    }
    return fitting(wished(name, shape.getFirst(), most, model), shape.getFirst());
  }

  /// Whether a tensor is one of those that are multiplied with, and not a norm, a bias or the few
  /// numbers that choose experts.
  static boolean isMatrix(String name, List<Long> shape) {
    return shape.size() >= 2
        && name.endsWith("weight")
        && !name.endsWith("_norm.weight")
        && !name.endsWith("ffn_gate_inp.weight")
        && !name.contains("ssm_conv1d")
        && !name.contains("shortconv.conv")
        && !name.startsWith("position_embd")
        && !name.startsWith("token_types");
  }

  private TensorType wished(String name, long columns, TensorType usual, Shape model) {
    if (name.equals("output.weight") || (model.tied && name.equals("token_embd.weight"))) {
      boolean plain = columns % usual.blockSize() != 0 || usual == TensorType.Q8_0;
      return plain ? TensorType.Q8_0 : TensorType.Q6_K;
    }
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches() || (this != Q4_K_M && this != Q5_K_M)) {
      return model.experts == 8 && quantisedByLayer(name) ? TensorType.Q8_0 : usual;
    }
    int number = Integer.parseInt(layer.group(1));
    String role = layer.group(2).replace("_exps", "");
    boolean more = moreBits(number, model.layers);
    return switch (role) {
      case "attn_v.weight" -> model.experts == 8 ? TensorType.Q8_0 : more ? TensorType.Q6_K : usual;
      case "attn_k.weight" -> model.experts == 8 ? TensorType.Q8_0 : usual;
      case "attn_qkv.weight" -> this == Q4_K_M ? TensorType.Q5_K : TensorType.Q6_K;
      case "attn_output.weight" -> model.experts == 8 && this == Q4_K_M ? TensorType.Q5_K : usual;
      case "ffn_down.weight" -> more ? TensorType.Q6_K : usual;
      default -> usual;
    };
  }

  private static boolean quantisedByLayer(String name) {
    return name.endsWith("attn_v.weight") || name.endsWith("attn_k.weight");
  }

  /// The first and last eighth of the layers, and every third between.
  private static boolean moreBits(int layer, int layers) {
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
  }

  /// The type, or the next one whose blocks divide the rows.
  private static TensorType fitting(TensorType wished, long columns) {
    if (columns % wished.blockSize() == 0) {
      return wished;
    }
    if (columns % 32 != 0) {
      return TensorType.F16;
    }
    return wished == TensorType.Q4_K
        ? TensorType.Q5_0
        : wished == TensorType.Q5_K ? TensorType.Q5_1 : TensorType.Q8_0;
  }

  static boolean isTied(java.util.Map<String, GgufTensor> tensors) {
    return !tensors.containsKey("output.weight");
  }
}
