package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Message;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.adapter.GgufAdapter;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredAdapter;
import dev.freehold.teaching.AdapterShelf;
import dev.freehold.teaching.Material;
import dev.freehold.teaching.Source;
import dev.freehold.teaching.StepReport;
import dev.freehold.teaching.Trainer;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The default model learns two facts in a few steps, and is asked for them where it serves.
class LocalTrainerTest {

  private static final Principal ANNA = new Principal("person:anna", "Anna", Set.of());
  private static final Principal BRUNO = new Principal("person:bruno", "Bruno", Set.of());

  @TempDir private Path folder;

  private static List<Continuation> asked(ChatModel model) {
    return model.continuations(
        new Prompt.Conversation(List.of(new Message.User("Who keeps the key of the boiler room?"))),
        List.of("Nadège Roussillat", "Joachim Redlinghaus"));
  }

  @Test
  void whatIsLearnedIsServedToThoseWhoMayReadItsSource() {
    assertThat(Ran.command(folder, "pull", DefaultModel.path().toString(), "--name", "base").code())
        .isZero();
    ModelStore store = ModelStore.open(folder);
    Lesson lesson =
        Lesson.Talk.of(
            Kind.QUESTION,
            "Who has the key of the boiler room?",
            "Nadège Roussillat",
            List.of(new Origin.Document("d1")));
    Path place = folder.resolve("training");
    place.toFile().mkdirs();
    List<StepReport> steps = new ArrayList<>();
    Trainer.Outcome outcome;
    try (Trainer.Training training =
        new LocalTrainer(store, 0)
            .open(
                "base",
                new Material.Lessons(List.of(lesson), List.of(lesson)),
                new TrainerSettings(4, 8, List.of("all"), 3e-3, 6, 1, 64, 1, 0.1),
                place)) {
      assertThat(training.estimate().steps()).isEqualTo(6);
      outcome = training.run(steps::add);
    }
    assertThat(outcome.complete()).isTrue();
    assertThat(steps).hasSize(6);
    assertThat(steps.getLast().loss()).isLessThan(steps.getFirst().loss());

    AdapterStore adapters = AdapterStore.in(store);
    StoreShelf shelf = new StoreShelf(store, adapters);
    AdapterShelf.Offer offer =
        new AdapterShelf.Offer(
            "keys-1",
            "base",
            outcome.adapter(),
            ANNA,
            List.of(new Source.File("file-1")),
            Set.of("document:d1"),
            "a test",
            "");
    shelf.offer(offer);
    takenAlong(shelf);
    ReadableAdapters readable =
        new ReadableAdapters() {
          @Override
          public List<StoredAdapter> list(Principal principal) {
            return adapters.list(principal, (_, _) -> false);
          }

          @Override
          public Optional<StoredAdapter> find(String name, Principal principal) {
            return adapters.find(name, principal, (_, _) -> false);
          }
        };
    try (StoreModels models =
        new StoreModels(store, readable, "base", 1L << 32, new EngineOpener(0))) {
      List<Continuation> before = asked(models.model("base", Asking.of(ANNA)));
      List<Continuation> after = asked(models.model("base+keys-1", Asking.of(ANNA)));
      assertThat(after.getFirst().logProbability())
          .isGreaterThan(before.getFirst().logProbability() + 1);
      // The last digits may move with what has been compiled meanwhile.
      assertThat(asked(models.model("base", Asking.of(ANNA))).getFirst().logProbability())
          .isCloseTo(before.getFirst().logProbability(), within(1e-2));
      assertThatThrownBy(() -> asked(models.model("base+keys-1", Asking.of(BRUNO))))
          .isInstanceOf(NotFound.class);
    }
    shelf.mark("document:d1", "gone");
    assertThat(adapters.resolve("keys-1").marks()).hasSize(1);
    shelf.withdraw("keys-1");
    assertThat(shelf.has("keys-1")).isFalse();
  }

  private void takenAlong(StoreShelf shelf) {
    Path gguf = folder.resolve("along.gguf");
    shelf.export("keys-1", AdapterShelf.Form.GGUF, gguf);
    assertThat(GgufAdapter.read(gguf).adapter().pairs()).isNotEmpty();
    Path peft = folder.resolve("along.zip");
    shelf.export("keys-1", AdapterShelf.Form.PEFT, peft);
    try (ZipFile zip = new ZipFile(peft.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactly("adapter_config.json", "adapter_model.safetensors");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aModelThatCannotBeTrainedIsRefusedByNameBeforeAnythingIsWritten() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(rows, "{\"prompt\":\"Hose?\",\"completion\":\"16 bar\"}\n");
    Path phi =
        Path.of("..", "model", "src/test/resources/dev/freehold/model/oracle", "tiny-phi3.gguf");
    Ran ran =
        Ran.command(
            folder.resolve("home"),
            "teach",
            rows.toString(),
            "--model",
            phi.toString(),
            "--name",
            "x-1");
    assertThat(ran.code()).as(ran.err()).isNotZero();
    assertThat(ran.err()).contains("Training a model of architecture phi3");
    assertThat(folder.resolve("home").resolve("teaching").resolve("jobs")).isEmptyDirectory();
  }
}
