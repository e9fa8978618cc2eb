package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
