package dev.freehold.cli;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Principal;
import dev.freehold.chat.SealedTexts;
import dev.freehold.database.Database;
import dev.freehold.documents.Grounding;
import dev.freehold.documents.Library;
import dev.freehold.governance.Key;
import dev.freehold.governance.Keys;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.teaching.ExternalTrainer;
import dev.freehold.teaching.Teaching;
import dev.freehold.teaching.TeachingPorts;
import dev.freehold.teaching.Trainer;
import dev.freehold.teaching.exam.ExamSettings;
import dev.freehold.workload.Workloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How teaching is put together with everybody it works with.
final class TeachingHouse {

  private TeachingHouse() {}

  /// Opens what was taught in the data folder.
  ///
  /// @param models the models as they are served
  /// @param sealed what must not be taught
  static Teaching open(
      Settings settings,
      ModelStore store,
      Database database,
      Keys keys,
      Library library,
      ChatModels models,
      Workloads workloads,
      SealedTexts sealed) {
    Map<String, Trainer> trainers = new HashMap<>();
    trainers.put("", new LocalTrainer(store, settings.threads()));
    if (!settings.trainer().isEmpty()) {
      trainers.put(
          TeachingPorts.EXTERNAL,
          new ExternalTrainer(
              command(settings.trainer()), name -> store.resolve(name).file().toString()));
    }
    Teaching teaching =
        Teaching.open(
            new TeachingPorts(
                database,
                library,
                models,
                new StoreShelf(store, AdapterStore.in(store)),
                trainers,
                sealed,
                new WorkloadExchanges(workloads),
                id -> person(keys, id),
                (model, principal, collections) ->
                    new GroundedModel(model, new Grounding(library), principal, collections),
                ExamSettings.STANDARD),
            settings.home().resolve("teaching"));
    library.onRemoval(teaching::reconcile);
    workloads.onRemoval(teaching::reconcile);
    return teaching;
  }

  // It is started in a folder of its own, where "oracles/peft_trainer.py" would mean something
  // else.
  private static List<String> command(String words) {
    return Stream.of(words.strip().split("\\s+", -1))
        .map(word ->
            word.contains("/") && Files.exists(Path.of(word))
                ? Path.of(word).toAbsolutePath().toString()
                : word)
        .toList();
  }

  /// Who somebody is today; whoever runs commands here needs no key.
  private static Optional<Principal> person(Keys keys, String id) {
    Principal here = Administration.whoeverRunsThis();
    return here.id().equals(id)
        ? Optional.of(here)
        : keys.list().stream()
            .filter(key -> key.revoked().isEmpty())
            .map(Key::principal)
            .filter(principal -> principal.id().equals(id))
            .findFirst();
  }
}
