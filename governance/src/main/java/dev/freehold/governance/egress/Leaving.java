package dev.freehold.governance.egress;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Every text of a request that would leave, and the request made anew from other texts.
///
/// Requests, prompts and messages are taken apart by patterns that name all their parts: a part
/// that is added to any of them breaks this file's build, so that nothing new leaves unseen.
///
/// @param texts each with the name of its field
record Leaving(List<Text> texts) {

  /// @param field its name in the API
  /// @param user whether a person said it, in a conversation
  /// @param text what it says
  record Text(String field, boolean user, String text) {}

  static Leaving of(ChatRequest request) {
    List<Text> texts = new ArrayList<>();
    // The scope of the cache stays here; sampling, limits and log-probabilities are numbers.
    switch (request) {
      case ChatRequest(
              Prompt prompt,
              Sampling _,
              OptionalInt _,
              List<String> stop,
              OptionalInt _,
              String _) -> {
        switch (prompt) {
          case Prompt.Text(String text) -> texts.add(new Text("prompt", true, text));
          case Prompt.Conversation(List<Message> messages) -> {
            for (int i = 0; i < messages.size(); i++) {
              texts.add(text("messages[%d].content".formatted(i), messages.get(i)));
            }
          }
        }
        stop.forEach(one -> texts.add(new Text("stop", false, one)));
      }
    }
    return new Leaving(texts);
  }

  private static Text text(String field, Message message) {
    return switch (message) {
      case Message.User(String text) -> new Text(field, true, text);
      case Message.System(String text) -> new Text(field, false, text);
      case Message.Assistant(String text) -> new Text(field, false, text);
    };
  }

  /// The same request with these texts, in the same order.
  static ChatRequest with(ChatRequest request, List<String> texts) {
    int count =
        switch (request.prompt()) {
          case Prompt.Text _ -> 1;
          case Prompt.Conversation conversation -> conversation.messages().size();
        };
    Prompt prompt =
        switch (request.prompt()) {
          case Prompt.Text(String _) -> new Prompt.Text(texts.getFirst());
          case Prompt.Conversation(List<Message> messages) -> {
            List<Message> others = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              String text = texts.get(i);
              others.add(
                  switch (messages.get(i)) {
                    case Message.System(String _) -> new Message.System(text);
                    case Message.User(String _) -> new Message.User(text);
                    case Message.Assistant(String _) -> new Message.Assistant(text);
                  });
            }
            yield new Prompt.Conversation(others);
          }
        };
    return request.withPrompt(prompt).withStop(texts.subList(count, texts.size()));
  }

  long bytes() {
    return texts.stream()
        .mapToLong(text -> text.text().getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  String joined() {
    StringBuilder all = new StringBuilder();
    texts.forEach(text -> all.append(text.text()));
    return all.toString();
  }
}
