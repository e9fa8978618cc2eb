package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/// The example of the README, as a program would have it.
final class ReadmeExample {

  private ReadmeExample() {}

  static void run(Path file, PrintStream out) {
    // tag::example
    try (LocalChatModel model = LocalChatModel.open(file)) {
      var request = ChatRequest.of(new Message.User("What is the capital of France?"));
      try (ChatStream answer = model.stream(request.withSampling(Sampling.GREEDY))) {
        while (answer.hasNext()) {
          if (answer.next() instanceof ChatEvent.Text piece) out.print(piece.text());
        }
      }
      float[] vector =
          model.embedder().embed(Embedder.Purpose.PASSAGE, List.of("Paris")).getFirst();
      out.printf("%n%d dimensions%n", vector.length);
    }
    // end::example
  }
}
