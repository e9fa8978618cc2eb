package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What sentence-transformers does with hidden states, as it writes it beside the weights:
/// `modules.json` lists its modules, `1_Pooling/config.json` says how one vector is made of them,
/// `2_Dense` and `3_Dense` hold linear maps of that vector.
final class SentenceModules {

  private static final String LIST = "modules.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final long LARGEST = 1 << 20;
  private static final Pattern FOLDER = Pattern.compile("[A-Za-z0-9_]{1,40}");

  private final Path folder;
  private OptionalInt pooling = OptionalInt.empty();
  private final List<Path> maps = new ArrayList<>();

  private SentenceModules(Path folder) {
    this.folder = folder;
  }

  /// What the folder says; nothing where it is not of sentence-transformers.
  ///
  /// @param mapsVectors whether linear maps behind the pooling are served
  /// @throws MalformedFile where what it names is missing or says nothing
  /// @throws Unsupported where a module or a kind of pooling is not served
  static SentenceModules read(Path folder, boolean mapsVectors) {
    SentenceModules modules = new SentenceModules(folder);
    if (Files.isRegularFile(folder.resolve(LIST))) {
      modules.read(mapsVectors);
    }
    return modules;
  }

  /// The kind of pooling in GGUF's numbers, if one is stated.
  OptionalInt pooling() {
    return pooling;
  }

  /// The weights of the linear maps, in order.
  List<Path> maps() {
    return List.copyOf(maps);
  }

  private void read(boolean mapsVectors) {
    Path file = folder.resolve(LIST);
    JsonNode modules = read(file);
    if (!modules.isArray()) {
      throw new MalformedFile(file.toString(), 0, "it is no list");
    }
    for (JsonNode module : modules) {
      String type = module.path("type").asString("");
      String kind = type.substring(type.lastIndexOf('.') + 1);
      String path = module.path("path").asString("");
      if (kind.equals("Dense") && (!mapsVectors || pooling.isEmpty())) {
        throw new Unsupported(
            "The module Dense (%s)".formatted(file), "EmbeddingGemma's, behind its Pooling");
      }
      switch (kind) {
        case "Transformer", "Normalize" -> {}
        case "Pooling" -> pooling = OptionalInt.of(kind(path));
        case "Dense" -> maps.add(map(path));
        default ->
            throw new Unsupported(
                "The module %s (%s)".formatted(kind, file),
                "Transformer, Pooling, Dense, Normalize");
      }
    }
  }

  /// The weights of a linear map that adds nothing and bends nothing.
  private Path map(String path) {
    Path file = beside(path, "config.json");
    JsonNode settings = read(file);
    String activation = settings.path("activation_function").asString("");
    if (settings.path("bias").asBoolean(true) || !activation.endsWith(".Identity")) {
      throw new Unsupported(
          "A Dense with bias %s and activation %s (%s)"
              .formatted(settings.path("bias"), activation, file),
          "bias false, activation Identity");
    }
    return beside(path, WEIGHTS);
  }

  /// A file of a module. A store whose models are folders of plain files keeps it under another
  /// name.
  private Path beside(String path, String name) {
    if (!FOLDER.matcher(path).matches()) {
      throw new MalformedFile(
          folder.resolve(LIST).toString(), -1, "it names the folder '%s'".formatted(path));
    }
    Path flat = folder.resolve(path + "." + name);
    return Files.isRegularFile(flat) ? flat : folder.resolve(path).resolve(name);
  }

  private int kind(String path) {
    Path file = beside(path, "config.json");
    JsonNode settings = read(file);
    List<String> modes = new ArrayList<>();
    String mode = settings.path("pooling_mode").asString("");
    if (!mode.isEmpty()) {
      modes.add(mode);
    }
    settings
        .properties()
        .forEach(entry -> {
          if (entry.getKey().startsWith("pooling_mode_") && entry.getValue().asBoolean(false)) {
            modes.add(entry.getKey().substring("pooling_mode_".length()));
          }
        });
    return switch (String.join(" and ", modes)) {
      case "mean", "mean_tokens" -> 1;
      case "cls", "cls_token" -> 2;
      case "lasttoken" -> 3;
      case "" -> throw new MalformedFile(file.toString(), -1, "it names no pooling_mode");
      default ->
          throw new Unsupported(
              "Pooling by %s (%s)".formatted(String.join(" and ", modes), file),
              "mean, cls, lasttoken");
    };
  }

  private static JsonNode read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new MalformedFile(file.toString(), -1, "modules.json names it and it is missing");
      }
      if (Files.size(file) > LARGEST) {
        throw new MalformedFile(file.toString(), -1, "it is larger than 1 MB");
      }
      return Json.read(Files.readString(file))
          .orElseThrow(() -> new MalformedFile(file.toString(), 0, "no sound JSON"));
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
