package dev.freehold.cli;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.Models;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.AdapterFile;
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
import dev.freehold.teaching.AdapterShelf;
import dev.freehold.teaching.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Puts adapters that were taught here beside their models.
///
/// @param store the bases
/// @param adapters where adapters lie
record StoreShelf(ModelStore store, AdapterStore adapters) implements AdapterShelf {

  @Override
  public void offer(Offer offer) {
    withdraw(offer.name());
    List<AdapterSource> sources = new ArrayList<>(sources(offer));
    // For its owner's eyes alone, as long as it has not been examined.
    sources.add(new AdapterSource.Named(Set.of("person:" + offer.owner().id())));
    put(offer, sources);
  }

  @Override
  public void publish(Offer offer) {
    put(offer, sources(offer));
  }

  private static List<AdapterSource> sources(Offer offer) {
    return offer.sources().stream()
        .<AdapterSource>map(source ->
            switch (source) {
              case Source.Collection _, Source.Workload _ ->
                  new AdapterSource.Kept(source.toString());
              case Source.File _ -> new AdapterSource.Named(Set.of("person:" + offer.owner().id()));
            })
        .toList();
  }

  private void put(Offer offer, List<AdapterSource> sources) {
    StoredModel base = store.resolve(offer.base());
    AdapterFile file = read(offer, base);
    Adapter adapter = file.adapter();
    AdapterFacts facts =
        new AdapterFacts(
            adapter.architecture(),
            adapter.pairs().values().stream().mapToInt(Adapter.LowRank::rank).max().orElse(0),
            adapter.alpha(),
            adapter.pairs().size(),
            adapter.pairs().values().stream()
                .mapToLong(pair -> (long) pair.a().length + pair.b().length)
                .sum());
    Publication publication =
        new Publication(
            new Name(offer.name()),
            base.digest(),
            facts,
            sources,
            offer.seen(),
            offer.origin(),
            offer.gates());
    adapters.publish(
        publication,
        place -> GgufAdapter.write(file.madeFor(base.name(), base.digest().toString()), place));
  }

  private static AdapterFile read(Offer offer, StoredModel base) {
    if (!Files.isDirectory(offer.adapter())) {
      return GgufAdapter.read(offer.adapter());
    }
    try (ModelFile model = Models.file(base.file())) {
      return PeftFolder.read(offer.adapter(), model.metadata());
    }
  }

  @Override
  public void withdraw(String name) {
    if (has(name)) {
      adapters.remove(name);
    }
  }

  @Override
  public void export(String name, Form form, Path target) {
    StoredAdapter adapter = adapters.resolve(name);
    AdapterFile file = GgufAdapter.read(adapter.file());
    switch (form) {
      case GGUF -> GgufAdapter.write(file, target);
      case PEFT -> {
        Path folder = target.resolveSibling(target.getFileName() + ".peft");
        try (ModelFile weights = Models.file(AdapterFiles.base(store, adapter).file())) {
          PeftFolder.write(file, folder, weights.metadata());
          pack(folder, target);
        } catch (IOException e) {
          throw new Unavailable("%s cannot be written: %s.".formatted(target, e.getMessage()), e);
        }
      }
    }
  }

  // What it packed goes.
  private static void pack(Path folder, Path target) throws IOException {
    try (Stream<Path> listed = Files.list(folder);
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
      for (Path file : listed.sorted().toList()) {
        zip.putNextEntry(new ZipEntry(String.valueOf(file.getFileName())));
        Files.copy(file, zip);
        zip.closeEntry();
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Override
  public boolean has(String name) {
    return adapters.onDisk(name).isPresent();
  }

  @Override
  public void mark(String seen, String why) {
    for (StoredAdapter adapter : adapters.thatSaw(seen)) {
      adapters.mark(adapter.name(), why);
    }
  }

  @Override
  public Set<String> seen() {
    Set<String> seen = new HashSet<>();
    adapters.onDisk().forEach(adapter -> seen.addAll(adapter.publication().seen()));
    return seen;
  }
}
