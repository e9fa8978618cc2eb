package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models that are several files: parts of a GGUF file, folders of safetensors.
class SeveralFilesTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final List<byte[]> PARTS =
      List.of(Weights.bytes(400_000, 1), Weights.bytes(300_000, 2), Weights.bytes(200_000, 3));

  @TempDir private Path scratch;
  private final HubServer hub = new HubServer();
  private final List<PullEvent> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void closed() {
    hub.close();
  }

  private Path home() {
    return scratch.resolve("home");
  }

  private Puller puller(ModelStore store) {
    return new Puller(
        store, Catalogue.shipped(), Weights.PATIENT.withHub(hub.origin()), Weights::magic);
  }

  private StoredModel pull(String what) {
    return puller(ModelStore.open(home()))
        .pull(what, Optional.empty(), Optional.empty(), events::add);
  }

  private static String part(int index) {
    return "Big-Q4_K_M-%05d-of-00003.gguf".formatted(index + 1);
  }

  private Path folder(Map<String, byte[]> files) throws IOException {
    Path folder = Files.createDirectories(scratch.resolve("My Model"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  private static Map<String, byte[]> parts() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < PARTS.size(); i++) {
      files.put(part(i), PARTS.get(i));
    }
    return files;
  }

  private void requireParts(StoredModel model) throws IOException {
    assertThat(model.bytes()).isEqualTo(900_000);
    for (int i = 0; i < PARTS.size(); i++) {
      assertThat(model.file().resolve("model-%05d-of-00003.gguf".formatted(i + 1)))
          .hasBinaryContent(PARTS.get(i));
    }
    Weights.requireWhole(home());
  }

  private void nothingIsSeen() throws IOException {
    assertThat(ModelStore.open(home()).list()).isEmpty();
    try (var blobs = Files.list(home().resolve("models/blobs"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void anyPartOfAModelBringsAllOfThem() throws IOException {
    Path folder = folder(parts());
    StoredModel model = pull(folder.resolve(part(1)).toString());
    assertThat(model.name()).isEqualTo("big-q4_k_m");
    requireParts(model);
    assertThat(pull(folder.toString()).digest()).isEqualTo(model.digest());
    ModelStore store = ModelStore.open(home());
    assertThat(store.remove("big-q4_k_m")).isEqualTo(900_000);
    nothingIsSeen();
  }

  @Test
  void theBarIsOneForAllParts() throws IOException {
    pull(folder(parts()).toString());
    List<PullEvent.Progress> told = new ArrayList<>();
    for (PullEvent event : events) {
      if (event instanceof PullEvent.Progress progress) {
        told.add(progress);
      }
    }
    assertThat(told).allMatch(progress -> progress.total() == 900_000);
    assertThat(told.stream().map(PullEvent.Progress::done).toList()).isSorted();
    assertThat(told.getLast().done()).isEqualTo(900_000);
  }

  @Test
  void missingPartsAreNamed() throws IOException {
    Path folder = folder(parts());
    Files.delete(folder.resolve(part(2)));
    assertThatThrownBy(() -> pull(folder.resolve(part(0)).toString()))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining(part(2));
    assertThatThrownBy(() -> pull(folder.toString())).isInstanceOf(NotFound.class);
    nothingIsSeen();
  }

  @Test
  void aFolderWithSeveralModelsOrNoneAsksWhich() throws IOException {
    Path folder = folder(Map.of("a.gguf", PARTS.get(0), "b.gguf", PARTS.get(1)));
    assertThatThrownBy(() -> pull(folder.toString()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("a.gguf, b.gguf");
    Files.delete(folder.resolve("a.gguf"));
    assertThat(pull(folder.toString()).name()).isEqualTo("b");
    Path none = Files.createDirectories(scratch.resolve("none"));
    assertThatThrownBy(() -> pull(none.toString()))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void ofAFolderWhatIsTheModelsIsTakenAndNothingElse() throws IOException {
    Path folder =
        folder(
            Map.of(
                "config.json", utf8("{}"),
                "tokenizer.json", utf8("{ }"),
                "LICENSE", utf8("terms"),
                "model.safetensors.index.json", utf8("{  }"),
                "model-00001-of-00002.safetensors", PARTS.get(0),
                "model-00002-of-00002.safetensors", PARTS.get(1),
                "model.safetensors", PARTS.get(2),
                "pytorch_model.bin", PARTS.get(2),
                "notes.txt", utf8("private")));
    StoredModel model = pull(folder.toString());
    assertThat(model.name()).isEqualTo("my-model");
    try (var files = Files.list(model.file())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json",
              "tokenizer.json",
              "LICENSE",
              "model.safetensors.index.json",
              "model-00001-of-00002.safetensors",
              "model-00002-of-00002.safetensors");
    }
    Weights.requireWhole(home());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void serve(int index, byte[] bytes, String etag) {
    hub.on("/files/" + part(index), HubServer.file(bytes, etag));
  }

  private String address(int index) {
    return hub.origin() + "/files/" + part(index);
  }

  @Test
  void anAddressOfAPartBringsAllAndAnInterruptedPullGoesOnWithWhatIsMissing() throws IOException {
    for (int i = 0; i < 3; i++) {
      serve(i, PARTS.get(i), "\"v" + i + "\"");
    }
    hub.on(
        "/files/" + part(2),
        (request, out) -> {
          if (request.header("Range").equals("bytes=0-0")) {
            HubServer.head(
                out,
                206,
                "ETag: \"v2\"\r\nContent-Length: 1\r\nContent-Range: bytes 0-0/200000\r\n");
            out.write(PARTS.get(2), 0, 1);
          } else {
            HubServer.text(out, 404, "", "");
          }
        });
    assertThatThrownBy(() -> pull(address(0))).isInstanceOf(FreeholdException.class);
    nothingIsSeen();
    hub.requests.clear();
    serve(2, PARTS.get(2), "\"v2\"");
    requireParts(pull(address(1)));
    assertThat(hub.requests.stream().filter(one -> !one.header("Range").equals("bytes=0-0")))
        .extracting(HubServer.Request::path)
        .containsExactly("/files/" + part(2));
  }

  @Test
  void partsOfAnotherVersionAreNotMixedWithTheNew() throws IOException {
    serve(0, PARTS.get(2), "\"old\"");
    serve(1, PARTS.get(1), "\"old\"");
    assertThatThrownBy(() -> pull(address(0))).isInstanceOf(FreeholdException.class);
    for (int i = 0; i < 3; i++) {
      serve(i, PARTS.get(i), "\"new\"");
    }
    requireParts(pull(address(0)));
  }

  private void repository(String repository, Map<String, byte[]> files, List<String> large) {
    String siblings =
        files.entrySet().stream()
            .map(file -> {
              byte[] bytes = file.getValue();
              return large.contains(file.getKey())
                  ? """
                  {"rfilename":"%s","blobId":"%s","size":%d,"lfs":{"sha256":"%s","size":%d}}\
                  """
                      .formatted(
                          file.getKey(),
                          COMMIT,
                          bytes.length,
                          Weights.digest(bytes).hex(),
                          bytes.length)
                  : """
                  {"rfilename":"%s","blobId":"%s","size":%d}\
                  """
                      .formatted(file.getKey(), gitBlob(bytes), bytes.length);
            })
            .collect(Collectors.joining(","));
    String listing =
        """
        {"sha":"%s","cardData":{"license":"mit"},"siblings":[%s]}\
        """
            .formatted(COMMIT, siblings);
    hub.on("/api/models/" + repository, (_, out) -> HubServer.text(out, 200, "", listing));
    files.forEach((name, bytes) ->
        hub.on(
            "/%s/resolve/%s/%s".formatted(repository, COMMIT, name),
            HubServer.file(bytes, "\"" + name + "\"")));
  }

  private static String gitBlob(byte[] bytes) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-1");
      hash.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void partsInARepositoryAreOneModelAmongOthers() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("Big-Q8_0.gguf", Weights.bytes(1000, 9));
    for (int i = 0; i < 3; i++) {
      files.put("Q4_K_M/" + part(i), PARTS.get(i));
    }
    repository("maker/Big-GGUF", files, List.copyOf(files.keySet()));
    StoredModel model = pull("hf:maker/Big-GGUF");
    requireParts(model);
    assertThat(model.facts().licence()).isEqualTo("MIT");
    int asked = hub.requests.size();
    assertThat(pull("hf:maker/Big-GGUF:q4_k_m").digest()).isEqualTo(model.digest());
    assertThat(hub.requests).as("only the listing").hasSize(asked + 1);
    assertThat(pull("hf:maker/Big-GGUF:Q8_0").bytes()).isEqualTo(1000);
  }

  private Map<String, byte[]> safetensors() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("README.md", utf8("---\nlicense: mit\n---\n"));
    files.put("config.json", utf8("{}"));
    files.put("model.safetensors", PARTS.get(0));
    files.put("onnx/model.onnx", PARTS.get(1));
    files.put("modules.json", utf8("[]"));
    files.put("1_Pooling/config.json", utf8("{ }"));
    files.put("2_Dense/config.json", utf8("{  }"));
    files.put("pytorch_model.bin", PARTS.get(1));
    return files;
  }

  @Test
  void aRepositoryOfSafetensorsIsPulledAsAFolder() throws IOException {
    repository("maker/Small", safetensors(), List.of("model.safetensors"));
    StoredModel model = pull("hf:maker/Small");
    assertThat(model.name()).isEqualTo("small");
    try (var names = Files.list(model.file())) {
      assertThat(names.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "README.md",
              "config.json",
              "model.safetensors",
              "modules.json",
              "1_Pooling.config.json",
              "2_Dense.config.json");
    }
    Weights.requireWhole(home());
  }

  @Test
  void whatMakesAVectorOfHiddenStatesIsTakenFromAFolderToo() throws IOException {
    StoredModel model = pull(folder(safetensors()).toString());
    assertThat(model.file().resolve("1_Pooling.config.json")).hasContent("{ }");
    assertThat(model.file().resolve("modules.json")).hasContent("[]");
    // As the store keeps it, it is the same model.
    assertThat(LocalModels.at(model.file(), Weights::magic).digest()).isEqualTo(model.digest());
  }

  @Test
  void aSmallFileThatIsNotWhatTheHubStatesIsRefused() throws IOException {
    repository("maker/Small", safetensors(), List.of("model.safetensors"));
    hub.on(
        "/maker/Small/resolve/%s/config.json".formatted(COMMIT),
        HubServer.file(utf8("{ "), "\"x\""));
    assertThatThrownBy(() -> pull("hf:maker/Small"))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("not what it should be");
    nothingIsSeen();
  }

  @Test
  void filesThatAreNoModelTogetherAreDeleted() throws IOException {
    Path folder = folder(Map.of("config.json", utf8("{}"), "model.safetensors", utf8("none")));
    assertThatThrownBy(() -> pull(folder.toString())).isInstanceOf(MalformedFile.class);
    nothingIsSeen();
    try (var left = Files.list(home().resolve("models/partial"))) {
      assertThat(left.map(Path::toString)).allMatch(name -> name.endsWith(".lock"));
    }
  }

  @Test
  void whicheverChangeOfTheDiskFailsNothingHalfIsSeenAndTheNextPullSucceeds() throws IOException {
    for (int i = 0; i < 3; i++) {
      serve(i, Weights.bytes(9_000 + i, i), "\"v\"");
    }
    int failures = 0;
    boolean failed = true;
    // After the first part's changes those of the others are much the same.
    for (int n = 0; failed; n += n < 20 ? 1 : 3) {
      Path home = scratch.resolve("disk-" + n);
      failed = false;
      try {
        ModelStore store = ModelStore.open(home, new FailingDisk(n));
        puller(store).pull(address(0), Optional.empty(), Optional.empty(), _ -> {});
        store.remove("big-q4_k_m");
      } catch (FreeholdException e) {
        failed = true;
        failures++;
        assertThat(e).isInstanceOf(Unavailable.class).hasMessageContaining("is full");
      }
      Weights.requireWhole(home);
      StoredModel model =
          puller(ModelStore.open(home))
              .pull(address(0), Optional.empty(), Optional.empty(), _ -> {});
      assertThat(model.bytes()).isEqualTo(27_003);
      Weights.requireWhole(home);
    }
    assertThat(failures).isGreaterThan(25);
  }
}
