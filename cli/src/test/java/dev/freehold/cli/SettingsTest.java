package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  @TempDir private Path home;

  private Settings of(Map<String, String> flags, Map<String, String> environment) {
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.putIfAbsent("FREEHOLD_HOME", home.toString());
    return Settings.of(flags, all);
  }

  @Test
  void aFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault() throws IOException {
    assertThat(of(Map.of(), Map.of()).port()).isEqualTo(8080);
    Files.writeString(home.resolve("freehold.properties"), "port=1000\nmodel=mine\n");
    assertThat(of(Map.of(), Map.of()).port()).isEqualTo(1000);
    assertThat(of(Map.of(), Map.of("FREEHOLD_PORT", "2000")).port()).isEqualTo(2000);
    assertThat(of(Map.of("port", "3000"), Map.of("FREEHOLD_PORT", "2000")).port()).isEqualTo(3000);
    assertThat(of(Map.of(), Map.of()).model()).isEqualTo("mine");
    assertThat(of(Map.of(), Map.of()).host()).isEqualTo("127.0.0.1");
    assertThat(of(Map.of(), Map.of()).authentication()).isTrue();
  }

  @Test
  void savedPromptsAreASettingLikeOthers() throws IOException {
    assertThat(of(Map.of(), Map.of()).promptCache()).isZero();
    Files.writeString(home.resolve("freehold.properties"), "prompt-cache=500\n");
    assertThat(of(Map.of(), Map.of()).promptCache()).isEqualTo(500);
    assertThat(of(Map.of(), Map.of()).prompts().mostBytes()).isEqualTo(500L << 20);
    assertThat(of(Map.of(), Map.of("FREEHOLD_PROMPT_CACHE", "600")).promptCache()).isEqualTo(600);
    assertThat(of(Map.of("prompt-cache", "0"), Map.of()).promptCache()).isZero();
    assertThatThrownBy(() -> of(Map.of("prompt-cache", "much"), Map.of()))
        .hasMessageContaining("prompt-cache takes");
  }

  @Test
  void theDataFolderIsTheFlagsThenTheEnvironmentsThenInTheHomeFolder() {
    assertThat(of(Map.of("home", "/srv/x"), Map.of()).home()).isEqualTo(Path.of("/srv/x"));
    assertThat(Settings.of(Map.of(), Map.of()).home())
        .isEqualTo(Path.of(System.getProperty("user.home"), ".freehold"));
  }

  @Test
  void anUnknownSettingIsRefusedByName() throws IOException {
    Files.writeString(home.resolve("freehold.properties"), "prot=1000\n");
    assertThatThrownBy(() -> of(Map.of(), Map.of()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("\"prot\"")
        .hasMessageContaining("port");
  }

  @Test
  void aValueThatIsNoneIsRefusedByName() {
    assertThatThrownBy(() -> of(Map.of("port", "http"), Map.of()))
        .hasMessageContaining("port takes");
    assertThatThrownBy(() -> of(Map.of("port", "65536"), Map.of())).hasMessageContaining("65535");
    assertThatThrownBy(() -> of(Map.of("port", "-1"), Map.of())).hasMessageContaining("port takes");
    assertThatThrownBy(() -> of(Map.of(), Map.of("FREEHOLD_AUTHENTICATION", "off")))
        .hasMessageContaining("true or false");
  }

  @Test
  void namesAreDividedByCommas() {
    assertThat(of(Map.of("names", "a.example, b.example,"), Map.of()).names())
        .containsExactlyInAnyOrder("a.example", "b.example");
  }
}
