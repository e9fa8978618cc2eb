package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.database.Database;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.evaluation.Seals;
import dev.freehold.governance.egress.Gate;
import dev.freehold.proving.Proofs;
import dev.freehold.remote.Upstreams;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.workload.Capture;
import dev.freehold.workload.Exchanges;
import dev.freehold.workload.SqliteExchanges;
import dev.freehold.workload.Workloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Workloads as commands manage them, beside a Freehold that may be running on the same data
/// folder.
///
/// Nothing is asked of a model here, so nothing is captured; the spool is an empty one of its own.
record Administration(
    Principal person,
    Workloads workloads,
    Proofs proofs,
    HouseModels models,
    Database database,
    Upstreams upstreams,
    Capture capture,
    Path spool)
    implements AutoCloseable {

  /// Whoever may write into the data folder manages what is in it.
  static Principal whoeverRunsThis() {
    return new Principal(
        "person:local", System.getProperty("user.name", "local"), Set.of(Principal.ADMINISTRATORS));
  }

  /// Opens what commands manage; closing puts it away. No model is loaded.
  static Administration open(Settings settings) {
    ModelStore store = ModelStore.open(settings.home());
    return open(
        settings,
        new StoreModels(
            store,
            ReadableAdapters.onDisk(AdapterStore.in(store)),
            settings.model(),
            0,
            _ -> {
              throw new IllegalStateException("A command that manages loads no model.");
            }));
  }

  /// The models that a command may ask, with the adapters of the store.
  static StoreModels models(Settings settings) {
    ModelStore store = ModelStore.open(settings.home());
    return new StoreModels(
        store,
        ReadableAdapters.onDisk(AdapterStore.in(store)),
        settings.model(),
        Runtime.getRuntime().maxMemory(),
        new EngineOpener(settings.threads()));
  }

  /// Opens what commands manage, with models that they may ask.
  static Administration open(Settings settings, StoreModels here) {
    Principal person = whoeverRunsThis();
    Database database = Database.open(settings.home().resolve("freehold.db"));
    Upstreams upstreams = Upstreams.in(settings.home());
    Exchanges exchanges = SqliteExchanges.in(database);
    try {
      Path spool = Files.createTempDirectory("freehold");
      Capture capture = Capture.open(spool, exchanges);
      HouseModels models =
          new HouseModels(here, upstreams, Gate.in(database, settings.gatePolicy()));
      Workloads workloads =
          Workloads.in(
              database,
              exchanges,
              capture,
              models,
              HouseQuality.with(Optional.empty(), settings.judge()));
      // What a process that runs remembers beside the disk goes when that is asked to erase.
      workloads.alsoErase(settings.prompts()::erase);
      Proofs proofs =
          Proofs.in(
              database,
              workloads,
              models,
              Seals.open(settings.home().resolve("sealed")),
              settings.home(),
              Commands.version(),
              (_, _) -> {
                throw new InvalidRequest(
                    "Collections are read by a running Freehold, not by this command: look now on the workload's page (Prove and watch), or by POST /api/workloads/NAME/looks. freehold prove gives contestants a folder: --docs FOLDER.",
                    "docs");
              },
              () -> Optional.of(BgeSmallEmbedder.open()),
              settings.judge());
      return new Administration(
          person, workloads, proofs, models, database, upstreams, capture, spool);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    capture.close();
    upstreams.close();
    database.close();
    try {
      Files.deleteIfExists(spool);
    } catch (IOException _) {
      // An empty folder among the system's temporary ones.
    }
  }
}
