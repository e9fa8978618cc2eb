package dev.freehold.model.safetensors;

import dev.freehold.fixture.Mutants;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged texts that describe a folder of Hugging Face: it is read or refused by us. More of them:
/// [Mutants].
class DescriptionMutationTest {

  private static final int USUAL = 500;

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama/config.json",
        "deepseek-v3/config.json",
        "gemma4/config.json",
        "gpt-oss/config.json",
        "lfm2/config.json",
        "phi3-longrope/config.json",
        "qwen35/config.json",
        "llama/tokenizer.json",
        "llama/tokenizer_config.json",
        "llama/generation_config.json",
        "bert-embedding/config.json",
        "bert-embedding/modules.json",
        "bert-embedding/1_Pooling.config.json",
        "xlm-roberta-reranker/config.json"
      })
  void everyMutantIsReadOrRefusedByUs(String kind) throws IOException {
    Mutants.check(DescriptionMutationTest.class, kind, USUAL, reader(scratch, kind));
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("descriptions");
    try {
      Mutants.each(arguments[0], reader(folder, arguments[0]));
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /// @param kind a folder and one of its files
  private static Mutants.Reader reader(Path folder, String kind) throws IOException {
    Path from = Folders.path(kind.substring(0, kind.indexOf('/')));
    String name = kind.substring(kind.indexOf('/') + 1);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String flat = from.relativize(file).toString().replace(File.separatorChar, '.');
        Files.copy(file, folder.resolve(flat));
      }
    }
    Files.writeString(
        folder.resolve("generation_config.json"),
        "{\"eos_token_id\":[5,6],\"suppress_tokens\":[7,8],\"bad_words_ids\":null,\"top_k\":9}");
    byte[] sound = Files.readAllBytes(folder.resolve(name));
    boolean cuts = Files.isRegularFile(folder.resolve("tokenizer.json"));
    return seed -> {
      Files.write(folder.resolve(name), mutant(sound, new Random(seed)));
      try (ModelFile file = Models.file(folder)) {
        return cuts
            ? Tokenizer.read(file.metadata()).encode("Light").length > 0
            : !file.tensors().isEmpty();
      }
    };
  }

  private static byte[] mutant(byte[] sound, Random random) {
    byte[] mutant = sound.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(Math.min(mutant.length, random.nextBoolean() ? 3000 : 1 << 20));
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[at] = (byte) "{}[]\",:0123456789-e".charAt(random.nextInt(19));
        case 3 -> {
          // A number made huge.
          for (int j = at; j < mutant.length && mutant[j] != '\n'; j++) {
            mutant[j] = mutant[j] >= '0' && mutant[j] <= '9' ? (byte) '9' : mutant[j];
          }
        }
        default -> mutant = Arrays.copyOf(mutant, 1 + random.nextInt(mutant.length));
      }
    }
    return mutant;
  }
}
