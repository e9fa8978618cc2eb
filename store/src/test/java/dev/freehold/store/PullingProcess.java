package dev.freehold.store;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A process that pulls one model and can be killed.
final class PullingProcess {

  private PullingProcess() {}

  public static void main(String[] arguments) {
    PullSettings settings =
        PullSettings.DEFAULT
            .withHub(URI.create(arguments[1]))
            .withOrigins(List.of())
            .withPatience(
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMillis(10));
    new Puller(
            ModelStore.open(Path.of(arguments[0])), Catalogue.shipped(), settings, Weights::magic)
        .pull("hf:maker/model", Optional.empty(), Optional.empty(), _ -> {});
  }
}
