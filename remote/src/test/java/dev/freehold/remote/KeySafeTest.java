package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySafeTest {

  private static final String SECRET = "sk-proj-verySecret0123456789";

  @TempDir Path home;

  private KeySafe safe() {
    return new KeySafe(home.resolve("secrets.key"));
  }

  @Test
  void whatIsSealedIsOpenedForItsOriginOnly() {
    String sealed = safe().seal(SECRET, "https://api.openai.com:443");
    assertThat(safe().open(sealed, "https://api.openai.com:443")).isEqualTo(SECRET);
    assertThatThrownBy(() -> safe().open(sealed, "https://evil.example:443"))
        .isInstanceOf(Unavailable.class)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void everyChangedByteIsNoticed() {
    byte[] sealed = Base64.getDecoder().decode(safe().seal(SECRET, "a"));
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> safe().open(Base64.getEncoder().encodeToString(changed), "a"))
          .isInstanceOf(Unavailable.class);
    }
    for (String none : List.of("", "AAAA", "no base64!", "AAAAAAAAAAAAAAAA")) {
      assertThatThrownBy(() -> safe().open(none, "a")).isInstanceOf(Unavailable.class);
    }
  }

  @Test
  void theKeyFileIsTheOwnersAndIsRefusedWhereItIsNot() throws IOException {
    safe().seal(SECRET, "a");
    Path file = home.resolve("secrets.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> safe().seal(SECRET, "a"))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("read by others");
  }

  @Test
  void whoeverIsFirstMakesTheOneKey() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> sealed = new java.util.ArrayList<>();
      for (int i = 0; i < 32; i++) {
        sealed.add(threads.submit(() -> safe().seal(SECRET, "a")));
      }
      Set<String> different = new HashSet<>();
      for (Future<String> one : sealed) {
        assertThat(safe().open(one.get(), "a")).isEqualTo(SECRET);
        different.add(one.get());
      }
      assertThat(different).as("a nonce of its own each").hasSize(32);
    }
    try (var files = Files.list(home)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void noFileOfTheDataFolderHoldsTheKeyInClear() throws IOException {
    Upstreams upstreams = Upstreams.in(home);
    upstreams.add(
        Added.upstream("up", Dialect.OPENAI, URI.create("http://127.0.0.1:1/v1")),
        Optional.of(SECRET));
    try (var files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content).as(file.toString()).doesNotContain(SECRET.substring(0, 12));
        assertThat(content)
            .doesNotContain(
                Base64.getEncoder()
                    .encodeToString(SECRET.getBytes(StandardCharsets.UTF_8))
                    .substring(0, 12));
      }
    }
    assertThat(upstreams.list().toString()).doesNotContain(SECRET);
  }

  @Test
  void aKeyIsNotSentToAnAddressThatWasWrittenIntoTheFileLater() throws IOException {
    try (var trap = new ScriptedServer(ScriptedServer.stream(""))) {
      Upstreams upstreams = Added.one(home, Dialect.OPENAI, URI.create("http://127.0.0.1:1/v1"));
      Path file = home.resolve("upstreams.json");
      Files.writeString(
          file, Files.readString(file).replace("http://127.0.0.1:1/v1", trap.base().toString()));
      assertThatThrownBy(() -> upstreams.model("up/m"))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("sealed for another server");
      assertThat(trap.asked).isEmpty();
    }
  }
}
