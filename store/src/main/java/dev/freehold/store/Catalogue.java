package dev.freehold.store;

import dev.freehold.chat.MalformedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The list of models that can be pulled by a short name, smallest first; immutable.
///
/// @param entries in the order of the file
public record Catalogue(List<CatalogueEntry> entries) {

  /// The name of the model a fresh installation gets.
  public static final String DEFAULT = "smollm2";

  private static final String RESOURCE = "catalogue.json";

  public Catalogue {
    entries = List.copyOf(entries);
  }

  /// The catalogue of this version.
  public static Catalogue shipped() {
    try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The catalogue is missing from this build.");
      }
      return parse(in.readAllBytes(), RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads a catalogue; a file that lacks a field is refused by the field's name.
  static Catalogue parse(byte[] json, String file) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw new MalformedFile(file, -1, "no JSON: " + e.getOriginalMessage(), e);
    }
    List<CatalogueEntry> entries = new ArrayList<>();
    for (JsonNode model : new Fields(root, file).array("models")) {
      entries.add(entry(new Fields(model, file)));
    }
    return new Catalogue(entries);
  }

  private static CatalogueEntry entry(Fields model) {
    List<Source> sources = new ArrayList<>();
    for (JsonNode source : model.array("sources")) {
      sources.add(source(new Fields(source, model.file())));
    }
    return new CatalogueEntry(
        new Name(model.text("name")),
        model.text("title"),
        new ModelFacts(
            model.text("architecture"),
            model.number("parameters"),
            Math.toIntExact(model.number("contextLength")),
            model.text("licence")),
        model.number("bytes"),
        model.number("memory"),
        model.optionalText("digest").map(Digest::of),
        model.text("note"),
        sources);
  }

  private static Source source(Fields source) {
    return switch (source.text("kind")) {
      case "hugging-face" ->
          new Source.HuggingFace(
              HuggingFace.repository(source.text("repository")), Optional.of(source.text("file")));
      case "python-package" ->
          new Source.PythonPackage(source.text("package"), source.text("version"));
      case String other ->
          throw new MalformedFile(source.file(), -1, "source kind \"%s\"".formatted(other));
    };
  }

  /// The entry of that name.
  public Optional<CatalogueEntry> find(String name) {
    return entries.stream().filter(entry -> entry.name().value().equals(name)).findFirst();
  }

  /// The model a fresh installation gets.
  public CatalogueEntry defaultModel() {
    return find(DEFAULT)
        .orElseThrow(() -> new IllegalStateException("The catalogue lacks " + DEFAULT + "."));
  }

  /// The most able model that fits.
  ///
  /// @param memory bytes of the machine that a model may take
  /// @param architectures what the engine runs
  public Optional<CatalogueEntry> suggest(long memory, Set<String> architectures) {
    return entries.stream()
        .filter(entry -> entry.memory() <= memory)
        .filter(entry -> architectures.contains(entry.facts().architecture()))
        .reduce((smaller, larger) -> larger);
  }
}
