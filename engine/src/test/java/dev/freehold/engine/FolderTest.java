package dev.freehold.engine;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.tokenizer.Tokenizer;
import dev.freehold.model.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A tiny model as Hugging Face keeps it, asked as a program asks it.
class FolderTest {

  private static final Path FOLDERS = Goldens.file("..").resolve("folder");

  @Test
  void aFolderAnswersWithItsOwnTemplateAndTokenizer() {
    EngineConfiguration configuration = EngineConfiguration.standard().withThreads(1);
    try (LocalChatModel model = LocalChatModel.open(FOLDERS.resolve("llama"), configuration)) {
      assertThat(model.card().architecture()).isEqualTo("llama");
      assertThat(model.card().bytes()).isPositive();
      ChatAnswer answer =
          model.answer(
              ChatRequest.of(new Message.User("What is light?"))
                  .withSampling(Sampling.GREEDY)
                  .withMaxTokens(8));
      assertThat(answer.usage().completionTokens()).isBetween(1, 8);
    }
  }

  @Test
  void aTokenThatTheFolderSuppressesIsNeverChosen(@TempDir Path scratch) throws IOException {
    int only = copy(scratch, "x");
    String others =
        IntStream.range(0, size(scratch))
            .filter(id -> id != only)
            .mapToObj(Integer::toString)
            .collect(joining(","));
    generation(scratch, "{\"suppress_tokens\":[%s]}".formatted(others));
    assertThat(answer(scratch, 4).text()).isEqualTo("xxxx");
    generation(scratch, "{\"suppress_tokens\":[%s],\"eos_token_id\":[%d]}".formatted(others, only));
    ChatAnswer ended = answer(scratch, 4);
    assertThat(ended.text()).isEmpty();
    assertThat(ended.reason()).isEqualTo(ChatEvent.FinishReason.STOP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"suppress_tokens\":[1000000]} | suppress_tokens has 1000000",
        "{\"suppress_tokens\":\"x\"} | suppress_tokens is no list of tokens",
        "{\"eos_token_id\":[-1]} | eos_token_id is no list of tokens",
        "{\"eos_token_id\":1000000} | eos_token_id has 1000000",
        "{\"eos_token_id\":[10,11,12,13]} | So many tokens that end an answer",
        "{\"begin_suppress_tokens\":[1]} | begin_suppress_tokens",
        "{\"bad_words_ids\":[[1,2]]} | bad_words_ids"
      })
  void whatCannotBeHeldToIsRefusedByName(String config, String told, @TempDir Path scratch)
      throws IOException {
    copy(scratch, "x");
    generation(scratch, config);
    assertThatThrownBy(() -> answer(scratch, 1))
        .isInstanceOfAny(MalformedFile.class, Unsupported.class)
        .hasMessageContaining(told);
  }

  private static ChatAnswer answer(Path folder, int tokens) {
    EngineConfiguration configuration = EngineConfiguration.standard().withThreads(1);
    try (LocalChatModel model = LocalChatModel.open(folder, configuration)) {
      return model.answer(
          ChatRequest.of(new Message.User("What is light?"))
              .withSampling(Sampling.GREEDY)
              .withMaxTokens(tokens));
    }
  }

  private static void generation(Path folder, String config) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), config);
  }

  private static int size(Path folder) {
    try (ModelFile file = Models.file(folder)) {
      return Tokenizer.read(file.metadata()).vocabulary().size();
    }
  }

  /// Copies a folder; returns the token of a letter.
  private static int copy(Path to, String letter) throws IOException {
    try (Stream<Path> files = Files.list(FOLDERS.resolve("llama"))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    try (ModelFile file = Models.file(to)) {
      Vocabulary vocabulary = Tokenizer.read(file.metadata()).vocabulary();
      return IntStream.range(0, vocabulary.size())
          .filter(id -> vocabulary.text(id).equals(letter))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aModelDoesNotPartFromItself() {
    EngineConfiguration configuration = EngineConfiguration.standard().withThreads(1);
    Path folder = FOLDERS.resolve("mistral");
    List<Integer> windows = new ArrayList<>();
    Divergence.Result result =
        Divergence.measure(
            folder,
            folder,
            configuration,
            "Are not the Rays of Light very small Bodies emitted from shining Substances?"
                .repeat(8),
            32,
            4,
            (done, _) -> windows.add(done));
    assertThat(windows).containsExactly(1, 2, 3, 4);
    assertThat(result.scored()).isEqualTo(4 * 15);
    assertThat(result.mean()).isLessThan(1e-9);
    assertThat(result.sameBest()).isEqualTo(1);
    assertThat(result.after()).isEqualTo(result.before());
  }
}
