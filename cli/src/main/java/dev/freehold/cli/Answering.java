package dev.freehold.cli;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Repetition;
import dev.freehold.chat.Unavailable;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One answer as it is written out, which a signal may stop.
///
/// One thread writes; any thread may stop it.
final class Answering {

  private final AtomicReference<@Nullable ChatStream> running = new AtomicReference<>();
  private volatile boolean stopped;

  /// An answer that was written out.
  ///
  /// @param text all of it
  /// @param finished empty where it was stopped
  /// @param repeating whether it was stopped because the model said the same over and over
  record Answer(String text, Optional<ChatEvent.Finished> finished, boolean repeating) {

    /// What a person should know of how it ended; empty where the model had said all.
    String ending() {
      if (repeating) {
        return "The model began to repeat itself and was stopped.";
      }
      return finished
          .map(end ->
              switch (end.reason()) {
                case STOP, TOOL_CALLS -> "";
                case LENGTH -> "The answer reached its longest and ends here.";
              })
          .orElse("Stopped.");
    }
  }

  /// Writes an answer out while it comes.
  Answer write(ChatModel model, ChatRequest request, Consumer<String> out) {
    StringBuilder text = new StringBuilder();
    Repetition repetition = new Repetition();
    stopped = false;
    try (ChatStream stream = model.stream(request)) {
      running.set(stream);
      while (!stopped && stream.hasNext()) {
        switch (stream.next()) {
          // Only the answer is written out; tools are not offered here.
          case ChatEvent.Reading _,
              ChatEvent.Reasoning _,
              ChatEvent.ToolCallBegun _,
              ChatEvent.ToolCallArguments _ -> {}
          case ChatEvent.Text piece -> {
            text.append(piece.text());
            out.accept(piece.text());
            if (repetition.accept(piece.text())) {
              return new Answer(text.toString(), Optional.empty(), true);
            }
          }
          case ChatEvent.Finished finished -> {
            return new Answer(text.toString(), Optional.of(finished), false);
          }
        }
      }
    } catch (Unavailable e) {
      // A stream that is closed while it is waited for says that it is gone.
      if (!stopped) {
        throw e;
      }
    } finally {
      running.set(null);
    }
    return new Answer(text.toString(), Optional.empty(), false);
  }

  /// Ends the answer that runs, if one does.
  void stop() {
    stopped = true;
    ChatStream stream = running.get();
    if (stream != null) {
      stream.close();
    }
  }
}
