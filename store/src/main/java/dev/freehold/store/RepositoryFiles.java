package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The files of a Hugging Face repository, and which of them to take: GGUF models, each one file or
/// all its parts, or else the folder of safetensors that the repository is.
///
/// @param source the repository
/// @param files all its files by name
record RepositoryFiles(Source.HuggingFace source, Map<String, Listed> files) {

  private static final Pattern GIT_BLOB = Pattern.compile("[0-9a-f]{40}");

  /// What to take where a repository offers several: the best answers for the room they need first.
  private static final List<String> PREFERENCE =
      List.of(
          "q4_k_m", "q5_k_m", "q4_k_s", "q5_k_s", "q4_1", "q4_0", "q6_k", "q8_0", "q5_1", "q5_0",
          "bf16", "f16");

  /// One file of a listing.
  ///
  /// @param name its path in the repository
  /// @param stated what the hub says its bytes hash to
  /// @param size as the hub states it
  record Listed(String name, Optional<Stated> stated, OptionalLong size) {}

  /// One model: a file, its parts in order, or a folder.
  ///
  /// @param name what it is called
  /// @param files what it consists of
  /// @param folder whether files keep their names
  record Offer(String name, List<Listed> files, boolean folder) {

    /// What the store calls file `index`.
    String stored(int index) {
      String path = files.get(index).name();
      if (folder) {
        return ModelFolder.flat(path);
      }
      return files.size() == 1 ? path : ModelFolder.place(path).stored(index);
    }
  }

  /// Reads a listing.
  static RepositoryFiles read(JsonNode listing, Source.HuggingFace source) {
    Map<String, Listed> files = new LinkedHashMap<>();
    for (JsonNode sibling : new Fields(listing, source.title()).array("siblings")) {
      String name = new Fields(sibling, source.title()).text("rfilename");
      files.put(name, listed(name, sibling));
    }
    return new RepositoryFiles(source, files);
  }

  private static Listed listed(String name, JsonNode sibling) {
    JsonNode lfs = sibling.path("lfs");
    JsonNode digest = lfs.path("sha256");
    String blob = sibling.path("blobId").asString("");
    Optional<Stated> stated =
        digest.isString()
            ? HuggingFace.digestOfEtag(digest.stringValue()).map(Stated.Sha256::new)
            : lfs.isMissingNode() && GIT_BLOB.matcher(blob).matches()
                ? Optional.of(new Stated.GitBlob(blob))
                : Optional.empty();
    JsonNode size = lfs.path("size").isIntegralNumber() ? lfs.path("size") : sibling.path("size");
    return new Listed(
        name,
        stated,
        size.isIntegralNumber() && size.canConvertToLong() && size.longValue() >= 0
            ? OptionalLong.of(size.longValue())
            : OptionalLong.empty());
  }

  /// The model that is meant.
  ///
  /// @throws NotFound where there is none, or a part is missing
  /// @throws InvalidRequest where several could be meant, listing them
  Offer choose() {
    if (source.file().isPresent()) {
      return named(source.file().get());
    }
    Map<String, List<String>> models = ggufModels();
    models.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).contains("mmproj"));
    if (models.isEmpty()) {
      return folder();
    }
    if (models.size() == 1) {
      return offer(models.keySet().iterator().next(), models);
    }
    return PREFERENCE.stream()
        .flatMap(quantisation -> ofQuantisation(models, quantisation).stream())
        .findFirst()
        .orElseThrow(() ->
            new InvalidRequest(
                "%s has several files; choose one with hf:%s:FILE. It has: %s."
                    .formatted(source.title(), source.repository(), names()),
                "model"));
  }

  private Offer named(String wanted) {
    if (files.containsKey(wanted) && wanted.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
      String whole = ModelFolder.place(wanted).whole();
      return offer(whole, ggufModels());
    }
    Map<String, List<String>> models = ggufModels();
    models.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).contains("mmproj"));
    return ofQuantisation(models, wanted)
        .orElseThrow(() ->
            new NotFound(
                "%s has no file \"%s\". It has: %s."
                    .formatted(source.title(), Http.shorten(wanted), names())));
  }

  private Map<String, List<String>> ggufModels() {
    return ModelFolder.ggufModels(files.keySet());
  }

  private Offer offer(String name, Map<String, List<String>> models) {
    List<String> parts = models.getOrDefault(name, List.of(name));
    ModelFolder.requireWhole(parts, files.keySet(), source.title());
    return new Offer(name, listed(parts), false);
  }

  private Offer folder() {
    Set<String> names = files.keySet();
    if (!ModelFolder.isHuggingFace(names)) {
      throw new NotFound(
          "%s has neither a GGUF file nor config.json with model.safetensors; look for a repository whose name ends in -GGUF."
              .formatted(source.title()));
    }
    String name = source.repository().substring(source.repository().indexOf('/') + 1);
    return new Offer(name, listed(ModelFolder.huggingFace(names)), true);
  }

  private List<Listed> listed(List<String> chosen) {
    return files.values().stream()
        .filter(file -> chosen.contains(file.name()))
        .sorted(Comparator.comparingInt(file -> chosen.indexOf(file.name())))
        .toList();
  }

  private Optional<Offer> ofQuantisation(Map<String, List<String>> models, String quantisation) {
    Pattern asWord = Pattern.compile("(?i)(^|.*[-._/])" + Pattern.quote(quantisation) + "\\.gguf");
    return models.keySet().stream()
        .sorted()
        .filter(name -> asWord.matcher(name).matches())
        .findFirst()
        .map(name -> offer(name, models));
  }

  private String names() {
    String names =
        files.keySet().stream()
            .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".gguf"))
            .limit(40)
            .map(Http::shorten)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "no GGUF file" : names;
  }
}
