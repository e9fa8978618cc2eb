package dev.freehold.model.architecture;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.Metadata;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// The keys of a file that belong to its architecture, `llama.block_count` being `block_count`
/// here. Like tensors they are claimed: one that nobody asked for would be silently ignored, so
/// [#requireAllRead()] refuses it.
final class Hyperparameters {

  /// What describes a file and changes nothing of what these architectures compute.
  private static final Set<String> DESCRIPTIVE =
      Set.of(
          "vocab_size",
          "tensor_data_layout",
          "rope.scaling.finetuned",
          "attention.layer_norm_epsilon",
          "pooling_type");

  private static final int USUAL_SEPARATOR = 102;

  /// More heads, and more of what else is counted before a tensor of that size is seen, no model
  /// has; products of two of them are no sound dimension by wrapping around.
  static final int MOST_HEADS = 1 << 14;

  private static final int MOST = 1 << 16;

  private final Metadata metadata;
  private final String architecture;
  private final Set<String> read = new HashSet<>();

  Hyperparameters(Metadata metadata) {
    this.metadata = metadata;
    this.architecture = metadata.string("general.architecture");
  }

  String architecture() {
    return architecture;
  }

  String name() {
    return metadata.string("general.name", architecture);
  }

  private String key(String key) {
    read.add(key);
    return architecture + "." + key;
  }

  boolean has(String key) {
    return metadata.contains(key(key));
  }

  /// The token that separates two texts, as the tokenizer's part of the file says, or as word
  /// pieces have it where that says nothing.
  OptionalInt separator(int vocabulary) {
    String key = "tokenizer.ggml.seperator_token_id";
    if (metadata.contains(key)) {
      return OptionalInt.of(metadata.integer(key));
    }
    boolean usual =
        metadata.string("tokenizer.ggml.model", "").equals("bert") && vocabulary > USUAL_SEPARATOR;
    return usual ? OptionalInt.of(USUAL_SEPARATOR) : OptionalInt.empty();
  }

  int integer(String key) {
    return metadata.integer(key(key));
  }

  int integer(String key, int fallback) {
    return metadata.integer(key(key), fallback);
  }

  /// A whole number of at least 1.
  int positive(String key) {
    return requirePositive(key, integer(key));
  }

  /// A whole number of at least 1, or `fallback`.
  int positive(String key, int fallback) {
    return requirePositive(key, integer(key, fallback));
  }

  /// How many, or how wide, something is that no tensor has shown yet: at least 1 and sensible.
  int count(String key) {
    return requireAtMost(key, positive(key), MOST);
  }

  /// The same, or `fallback`.
  int count(String key, int fallback) {
    return requireAtMost(key, positive(key, fallback), MOST);
  }

  /// A whole number of at least 1 and at most `most`.
  int requireAtMost(String key, int number, int most) {
    if (number > most) {
      throw malformed("%s.%s is %d".formatted(architecture, key, number));
    }
    return number;
  }

  /// The largest of a number that may differ from layer to layer, at least 1.
  int largest(String key, int fallback) {
    return metadata.isArray(key(key))
        ? requirePositive(key, Arrays.stream(metadata.integers(key(key))).max().orElse(0))
        : positive(key, fallback);
  }

  /// The largest of a number that may differ from layer to layer, at least 1.
  int largest(String key) {
    return metadata.isArray(key(key)) ? largest(key, 1) : positive(key);
  }

  /// A number for each layer, which the file may give once for all.
  int[] perLayer(String key, int layers) {
    if (!metadata.isArray(key(key))) {
      int[] same = new int[layers];
      Arrays.fill(same, integer(key));
      return same;
    }
    int[] numbers = metadata.integers(key(key));
    if (numbers.length != layers) {
      throw malformed("%s lists %d layers of %d".formatted(key(key), numbers.length, layers));
    }
    return numbers;
  }

  private int requirePositive(String key, int number) {
    if (number < 1) {
      throw malformed("%s.%s is %d".formatted(architecture, key, number));
    }
    return number;
  }

  float number(String key) {
    return metadata.number(key(key));
  }

  float number(String key, float fallback) {
    return metadata.number(key(key), fallback);
  }

  String string(String key, String fallback) {
    return metadata.string(key(key), fallback);
  }

  boolean flag(String key, boolean fallback) {
    return metadata.flag(key(key), fallback);
  }

  /// Whether something is so, for each layer.
  boolean[] flags(String key, int layers) {
    boolean[] listed = metadata.flags(key(key));
    if (listed.length != layers) {
      throw malformed("%s lists %d layers of %d".formatted(key(key), listed.length, layers));
    }
    return listed;
  }

  /// Which layers see a window only: as the file lists them, or all but each last one of `period`.
  ///
  /// @param fallback the period where the file says nothing
  boolean[] windowed(int layers, int fallback) {
    String key = "attention.sliding_window_pattern";
    if (metadata.isArray(key(key))) {
      return flags(key, layers);
    }
    int period = integer(key, fallback);
    boolean[] windowed = new boolean[layers];
    for (int layer = 0; layer < layers; layer++) {
      windowed[layer] = period == 0 || layer % period < period - 1;
    }
    return windowed;
  }

  /// Checks that every key of the architecture was asked for.
  ///
  /// @throws Unsupported naming those that were not
  void requireAllRead() {
    List<String> ignored =
        metadata.names().stream()
            .filter(name -> name.startsWith(architecture + "."))
            .map(name -> name.substring(architecture.length() + 1))
            .filter(name -> !read.contains(name) && !DESCRIPTIVE.contains(name))
            .sorted()
            .toList();
    if (!ignored.isEmpty()) {
      throw new Unsupported(
          "A model of architecture %s with %s"
              .formatted(
                  architecture,
                  ignored.stream()
                      .map(key -> architecture + "." + key)
                      .collect(Collectors.joining(", "))),
          "files whose every parameter is honoured; for this architecture "
              + read.stream().sorted().collect(Collectors.joining(", ")));
    }
  }

  /// Refuses a parameter whose value is not one of those that are honoured.
  Unsupported unsupported(String key, String value, Object... served) {
    return new Unsupported(
        "%s.%s %s".formatted(architecture, key, value),
        Arrays.stream(served).map(String::valueOf).collect(Collectors.joining(", ")));
  }

  static MalformedFile malformed(String reason) {
    return new MalformedFile("The model's metadata", -1, reason);
  }
}
