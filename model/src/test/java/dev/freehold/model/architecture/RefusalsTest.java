package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that ask for something else than what is computed are refused when they are opened, by
/// name.
class RefusalsTest {

  @TempDir private Path folder;

  /// Opens a golden's file in which a text was replaced by another of the same length.
  private void open(String golden, String text, String other) throws IOException {
    Path source =
        Golden.all().stream()
            .filter(candidate -> candidate.name().equals(golden))
            .findFirst()
            .orElseThrow()
            .model();
    String bytes = new String(Files.readAllBytes(source), StandardCharsets.ISO_8859_1);
    Path changed = folder.resolve("changed.gguf");
    Files.write(changed, bytes.replace(text, other).getBytes(StandardCharsets.ISO_8859_1));
    Models.open(changed, new ModelConfiguration(1, 0, 8)).close();
  }

  @Test
  void anUnknownArchitectureIsNamedAndSoAreThoseServed() {
    assertThatThrownBy(() -> open("tiny-f32", "llama", "lhama"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("lhama")
        .hasMessageContaining("gemma3")
        .hasMessageContaining("nomic-bert");
  }

  @Test
  void aParameterThatNobodyHonoursIsNamed() {
    assertThatThrownBy(() -> open("tiny-f32", "llama.vocab_size", "llama.clamp_size"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("llama.clamp_size");
  }

  @Test
  void aParameterOfAnotherArchitectureIsNotTakenForGranted() {
    // Qwen's decoders know no multiplier of what their steps add.
    assertThatThrownBy(() -> open("tiny-granite", "granite", "deci..."))
        .isInstanceOf(Unsupported.class);
    assertThatThrownBy(() -> open("tiny-gemma2", "gemma2", "qwen3."))
        .isInstanceOf(Unsupported.class);
  }

  @Test
  void anUnknownScalingOfPositionsIsNamedAndSoAreThoseServed() {
    assertThatThrownBy(() -> open("tiny-f32-rope-linear", "linear", "spiral"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("spiral")
        .hasMessageContaining("yarn");
  }

  @Test
  void aTensorThatNobodyUsesIsNamed() {
    assertThatThrownBy(() -> open("tiny-f32-rope-llama3", "rope_freqs", "rope_freks"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("rope_freks.weight");
  }

  @Test
  void aTensorThatIsMissingIsNamed() {
    assertThatThrownBy(() -> open("tiny-qwen3", "attn_k_norm", "attn_x_norm"))
        .isInstanceOf(MalformedFile.class)
        .hasMessageContaining("blk.0.attn_k_norm.weight");
  }
}
