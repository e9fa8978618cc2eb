package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {

  private static final byte[] BYTES = Weights.bytes(300_000, 3);

  @TempDir private Path folder;

  private Path home() {
    return folder.resolve("home");
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private StoredModel pull(ModelStore store, Path file) {
    return new Puller(store, Catalogue.shipped(), PullSettings.DEFAULT, Weights::magic)
        .pull(file.toString(), Optional.empty(), Optional.empty(), _ -> {});
  }

  @Test
  void aFileIsCopiedIntoTheStoreUnderItsName() throws IOException {
    ModelStore store = ModelStore.open(home());
    StoredModel model = pull(store, file("My Model (v2).gguf", BYTES));
    assertThat(model.name()).isEqualTo("my-model-v2-");
    assertThat(Files.readAllBytes(store.resolve("my-model-v2-").file())).isEqualTo(BYTES);
    assertThat(store.list()).containsExactly(model);
    assertThat(model.card().digest()).startsWith("sha256:");
  }

  @Test
  void weightsStayUntilTheirLastNameGoes() throws IOException {
    ModelStore store = ModelStore.open(home());
    StoredModel first = pull(store, file("a.gguf", BYTES));
    StoredModel second = pull(store, file("b.gguf", BYTES));
    assertThat(second.file()).isEqualTo(first.file());
    assertThat(store.remove("a")).isZero();
    assertThat(first.file()).exists();
    assertThat(store.remove("b")).isEqualTo(BYTES.length);
    assertThat(first.file()).doesNotExist();
    assertThatThrownBy(() -> store.remove("b")).isInstanceOf(NotFound.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "a/b", "/etc/passwd", "..", "", "A", "a\u0000b", ".hidden", "c:\\x"})
  void aNameThatIsNoNameIsNeverAPath(String name) {
    ModelStore store = ModelStore.open(home());
    assertThat(store.find(name)).isEmpty();
    assertThatThrownBy(() -> store.resolve(name)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> store.remove(name)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> new Name(name)).isInstanceOf(InvalidRequest.class);
  }

  @Test
  void aStoreOfAnotherVersionIsLeftAlone() throws IOException {
    ModelStore.open(home());
    Files.writeString(home().resolve("models/version"), "freehold-models 2\n");
    assertThatThrownBy(() -> ModelStore.open(home()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("another version")
        .hasMessageContaining("FREEHOLD_HOME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "[]", "{\"digest\":\"../../x\"}", "null"})
  void aDamagedTagIsNamedAndCanBeRemoved(String json) throws IOException {
    ModelStore store = ModelStore.open(home());
    pull(store, file("a.gguf", BYTES));
    Files.writeString(home().resolve("models/tags/a.json"), json);
    assertThatThrownBy(() -> store.resolve("a"))
        .isInstanceOfAny(MalformedFile.class, InvalidRequest.class);
    store.remove("a");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void missingWeightsAreTold() throws IOException {
    ModelStore store = ModelStore.open(home());
    Files.delete(pull(store, file("a.gguf", BYTES)).file());
    assertThatThrownBy(() -> store.resolve("a")).hasMessageContaining("pull it again");
  }

  @Test
  void manyWhoWantTheSameGetItByOneDownload() throws IOException, InterruptedException {
    byte[] bytes = Weights.bytes(2_000_000, 4);
    try (HubServer server = new HubServer();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.on("/m.gguf", HubServer.file(bytes, "\"x\""));
      Callable<StoredModel> pull =
          () ->
              new Puller(
                      ModelStore.open(home()), Catalogue.shipped(), Weights.PATIENT, Weights::magic)
                  .pull(
                      server.origin() + "/m.gguf",
                      Optional.empty(),
                      Optional.of(Weights.digest(bytes)),
                      _ -> {});
      List<Future<StoredModel>> pulls = threads.invokeAll(java.util.Collections.nCopies(8, pull));
      for (Future<StoredModel> one : pulls) {
        assertThat(Files.readAllBytes(get(one).file())).isEqualTo(bytes);
      }
      assertThat(server.requests).hasSize(1);
    }
  }

  private static StoredModel get(Future<StoredModel> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whicheverChangeOfTheDiskFailsNothingHalfIsSeenAndTheNextPullSucceeds() throws IOException {
    try (HubServer server = new HubServer()) {
      server.on("/m.gguf", HubServer.file(BYTES, "\"x\""));
      int failures = 0;
      for (int n = 0; ; n++) {
        Path home = folder.resolve("disk-" + n);
        String what = server.origin() + "/m.gguf";
        boolean failed = false;
        try {
          new Puller(
                  ModelStore.open(home, new FailingDisk(n)),
                  Catalogue.shipped(),
                  Weights.PATIENT,
                  Weights::magic)
              .pull(what, Optional.empty(), Optional.empty(), _ -> {});
        } catch (FreeholdException e) {
          failed = true;
          failures++;
          assertThat(e).isInstanceOf(Unavailable.class).hasMessageContaining("is full");
        }
        Weights.requireWhole(home);
        StoredModel model =
            new Puller(ModelStore.open(home), Catalogue.shipped(), Weights.PATIENT, Weights::magic)
                .pull(what, Optional.empty(), Optional.empty(), _ -> {});
        assertThat(Files.readAllBytes(model.file())).isEqualTo(BYTES);
        if (!failed) {
          break;
        }
      }
      assertThat(failures).isGreaterThan(15);
    }
  }

  @Test
  void theEnvironmentNamesHubTokenAndOrigins() {
    PullSettings settings =
        PullSettings.of(
            Map.of(
                "HF_TOKEN",
                " t ",
                "FREEHOLD_PULL_ORIGINS",
                "https://a.example, https://b.example"));
    assertThat(settings.token()).contains("t");
    assertThat(settings.origins()).hasSize(2);
  }
}
