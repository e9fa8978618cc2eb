package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.engine.ScaledAdapter;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.AdapterFile;
import dev.freehold.model.adapter.Fit;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.safetensors.PeftFolder;
import dev.freehold.store.AdapterFacts;
import dev.freehold.store.AdapterSource;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.store.Name;
import dev.freehold.store.Publication;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Where the store of adapters meets the files the engine reads.
final class AdapterFiles {

  private AdapterFiles() {}

  /// Publishes an adapter that is in memory, for a model of the store.
  ///
  /// @param sources what it was made from: whoever may read all of them reads it
  /// @param seen ids of what it saw, such as documents
  /// @param origin where it came from, as a person would say it
  /// @param gates what was measured and decided, as JSON
  static StoredAdapter publish(
      AdapterStore store,
      Name name,
      StoredModel base,
      Adapter adapter,
      List<AdapterSource> sources,
      Set<String> seen,
      String origin,
      String gates) {
    try (ModelFile file = Models.file(base.file())) {
      Fit.require(adapter, file);
    }
    AdapterFile whole = AdapterFile.of(adapter).madeFor(base.name(), base.digest().toString());
    return store.publish(
        new Publication(name, base.digest(), facts(adapter), sources, seen, origin, gates),
        target -> GgufAdapter.write(whole, target));
  }

  private static AdapterFacts facts(Adapter adapter) {
    return new AdapterFacts(
        adapter.architecture(),
        adapter.pairs().values().stream().mapToInt(LowRank::rank).max().orElse(0),
        adapter.alpha(),
        adapter.pairs().size(),
        adapter.pairs().values().stream()
            .mapToLong(pair -> (long) pair.a().length + pair.b().length)
            .sum());
  }

  /// Reads a GGUF adapter or a folder of PEFT's, for a model.
  ///
  /// @param anyBase whether it may have been made for a file of another digest
  /// @throws InvalidRequest where it does not fit the model, or was made for another file
  static Adapter read(Path path, StoredModel base, boolean anyBase) {
    try (ModelFile file = Models.file(base.file())) {
      AdapterFile read =
          Files.isDirectory(path) ? PeftFolder.read(path, file.metadata()) : GgufAdapter.read(path);
      Fit.require(read.adapter(), file);
      String madeFor = read.baseDigest();
      if (!anyBase && !madeFor.isEmpty() && !madeFor.equals(base.digest().toString())) {
        throw new InvalidRequest(
            "The adapter was made for a model with %s; %s has %s. --any-base takes it all the same, for instance for another quantisation of that model."
                .formatted(madeFor, base.name(), base.digest()),
            "model");
      }
      return read.adapter();
    }
  }

  /// The adapters of a name, each at scale 1, in memory.
  static List<ScaledAdapter> read(AdaptedName name) {
    return name.adapters().stream()
        .map(adapter -> new ScaledAdapter(GgufAdapter.read(adapter.file()).adapter(), 1))
        .toList();
  }

  /// A model of the store that an adapter was made for.
  ///
  /// @throws NotFound where it is gone
  static StoredModel base(ModelStore models, StoredAdapter adapter) {
    return models.list().stream()
        .filter(model -> model.digest().equals(adapter.publication().base()))
        .findFirst()
        .orElseThrow(() ->
            new NotFound(
                "The model that %s was made for (%s) is not here."
                    .formatted(adapter.name(), adapter.publication().base())));
  }
}
