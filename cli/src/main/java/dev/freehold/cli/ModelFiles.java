package dev.freehold.cli;

import dev.freehold.model.Models;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.store.Catalogue;
import dev.freehold.store.LocalModels;
import dev.freehold.store.ModelFacts;
import dev.freehold.store.ModelStore;
import dev.freehold.store.PullSettings;
import dev.freehold.store.Puller;
import dev.freehold.store.StoredModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Where the store meets the files the engine reads.
final class ModelFiles {

  private ModelFiles() {}

  static Puller puller(ModelStore store, Shell shell) {
    return new Puller(
        store, Catalogue.shipped(), PullSettings.of(shell.environment()), ModelFiles::facts);
  }

  /// The model of that name; one of the catalogue is fetched if it is not here. A path is a file or
  /// folder of the user's, used where it lies.
  ///
  /// @throws dev.freehold.chat.NotFound where it is neither here nor in the catalogue
  static StoredModel present(ModelStore store, String name, Shell shell) {
    Optional<StoredModel> here = store.find(name);
    if (here.isEmpty() && isPath(name)) {
      return known(store, name);
    }
    if (here.isPresent() || Catalogue.shipped().find(name).isEmpty()) {
      return here.orElseGet(() -> store.resolve(name));
    }
    shell.err().printf("The model %s is not here yet; getting it, once.%n", name);
    try (Progress progress = new Progress(shell, name)) {
      return puller(store, shell).pull(name, Optional.empty(), Optional.empty(), progress);
    }
  }

  /// The model of that name or path; nothing is fetched.
  ///
  /// @throws dev.freehold.chat.NotFound where there is none
  static StoredModel known(ModelStore store, String name) {
    return store.find(name).isEmpty() && isPath(name)
        ? LocalModels.at(Path.of(name), ModelFiles::facts)
        : store.resolve(name);
  }

  /// The model that is served where none is named: a path is taken into the store first, for models
  /// are served by name.
  static String served(ModelStore store, String name, Shell shell) {
    if (store.find(name).isPresent() || !isPath(name)) {
      return present(store, name, shell).name();
    }
    try (Progress progress = new Progress(shell, name)) {
      return puller(store, shell).pull(name, Optional.empty(), Optional.empty(), progress).name();
    }
  }

  private static boolean isPath(String name) {
    boolean written =
        name.contains("/") || name.contains("\\") || name.equals(".") || name.endsWith(".gguf");
    return written && Files.exists(Path.of(name));
  }

  /// What a model file says of itself; reading it shows that it is one.
  static ModelFacts facts(Path file) {
    try (ModelFile gguf = Models.file(file)) {
      Metadata metadata = gguf.metadata();
      String architecture = metadata.string("general.architecture");
      return new ModelFacts(
          architecture,
          gguf.tensors().values().stream().mapToLong(GgufTensor::weights).sum(),
          metadata.integer(architecture + ".context_length", 0),
          metadata
              .findString("general.license")
              .map(ModelFiles::spelled)
              .orElse(ModelFacts.UNKNOWN));
    }
  }

  private static String spelled(String licence) {
    return switch (licence.toLowerCase(Locale.ROOT)) {
      case "apache-2.0" -> "Apache-2.0";
      case "mit" -> "MIT";
      default -> licence;
    };
  }
}
