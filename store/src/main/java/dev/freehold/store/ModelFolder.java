package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which files together are one model, by their names: the parts that `gguf-split` writes, and the
/// folders of Hugging Face.
final class ModelFolder {

  private static final Pattern PART =
      Pattern.compile("(?i)(.*)-(\\d{5})-of-(\\d{5})(\\.gguf)", Pattern.DOTALL);
  private static final Pattern WEIGHTS =
      Pattern.compile("model[A-Za-z0-9._-]{0,100}\\.safetensors(\\.index\\.json)?");
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String CONFIGURATION = "config.json";

  /// What says how the weights are used, and under which terms.
  private static final Set<String> BESIDE =
      Set.of(
          CONFIGURATION,
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "modules.json",
          "README.md",
          "LICENSE",
          "LICENSE.md",
          "LICENSE.txt",
          "NOTICE",
          "NOTICE.txt",
          "USE_POLICY.md");

  /// How sentence-transformers makes a vector of hidden states, and the linear maps behind that.
  private static final Pattern MODULES =
      Pattern.compile(
          "\\d{1,2}_(?:Pooling[/.]config\\.json|Dense[/.](?:config\\.json|model\\.safetensors))");

  private ModelFolder() {}

  /// Where a file stands among the parts of a model.
  ///
  /// @param whole what the model would be called as one file
  /// @param number which part, from 1
  /// @param count of how many
  record Place(String whole, int number, int count) {

    /// The names of all parts, in order.
    List<String> parts() {
      String stem = whole.substring(0, whole.length() - ".gguf".length());
      String ending = whole.substring(stem.length());
      return IntStream.rangeClosed(1, count)
          .mapToObj(i -> "%s-%05d-of-%05d%s".formatted(stem, i, count, ending))
          .toList();
    }

    /// What the store calls part `index`, counted from 0, whatever its maker called it.
    String stored(int index) {
      return "model-%05d-of-%05d.gguf".formatted(index + 1, count);
    }
  }

  /// The place of a file among the parts of a model; of one that is no part, 1 of 1.
  static Place place(String file) {
    Matcher part = PART.matcher(file);
    if (part.matches()) {
      int number = Integer.parseInt(part.group(2));
      int count = Integer.parseInt(part.group(3));
      if (number >= 1 && number <= count) {
        return new Place(part.group(1) + part.group(4), number, count);
      }
    }
    return new Place(file, 1, 1);
  }

  /// The GGUF models among files: of each its name as one file, and all its files in order, be they
  /// there or not.
  static Map<String, List<String>> ggufModels(Collection<String> files) {
    Map<String, List<String>> models = new TreeMap<>();
    for (String file : files) {
      if (file.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
        Place place = place(file);
        models.put(place.whole(), place.count() == 1 ? List.of(file) : place.parts());
      }
    }
    return models;
  }

  /// Refuses a model of which parts are missing.
  ///
  /// @throws NotFound naming them
  static List<String> requireWhole(List<String> parts, Collection<String> files, String where) {
    List<String> missing = parts.stream().filter(part -> !files.contains(part)).toList();
    if (!missing.isEmpty()) {
      throw new NotFound(
          "The model has %d parts, and %d of them are not in %s: %s%s."
              .formatted(
                  parts.size(),
                  missing.size(),
                  where,
                  missing.stream().limit(5).collect(Collectors.joining(", ")),
                  missing.size() > 5 ? ", …" : ""));
    }
    return parts;
  }

  /// Whether these are the files of a Hugging Face folder with weights as safetensors.
  static boolean isHuggingFace(Collection<String> files) {
    return files.contains(CONFIGURATION) && (files.contains(SINGLE) || files.contains(INDEX));
  }

  /// Those files of a Hugging Face folder that are kept: weights, what describes them, terms.
  static List<String> huggingFace(Collection<String> files) {
    boolean indexed = files.contains(INDEX);
    return files.stream()
        .filter(file ->
            isBeside(file) || (WEIGHTS.matcher(file).matches() && file.equals(SINGLE) != indexed))
        .filter(file -> indexed || isBeside(file) || file.equals(SINGLE))
        .sorted()
        .toList();
  }

  private static boolean isBeside(String file) {
    return BESIDE.contains(file) || MODULES.matcher(file).matches();
  }

  /// What the store calls a file of such a folder, where all lie side by side.
  static String flat(String file) {
    return file.replace('/', '.');
  }

  /// The one GGUF model among the files of a folder.
  ///
  /// @throws NotFound where there is none
  /// @throws InvalidRequest where there are several
  static Map.Entry<String, List<String>> onlyModel(Collection<String> files, String where) {
    Map<String, List<String>> models = ggufModels(files);
    models.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).contains("mmproj"));
    if (models.isEmpty()) {
      throw new NotFound(
          "%s holds no model: neither a GGUF file, nor config.json with %s."
              .formatted(where, SINGLE));
    }
    if (models.size() > 1) {
      throw new InvalidRequest(
          "%s holds several models; name one of their files: %s."
              .formatted(where, String.join(", ", models.keySet())),
          "model");
    }
    Map.Entry<String, List<String>> only = models.entrySet().iterator().next();
    requireWhole(only.getValue(), files, where);
    return only;
  }
}
