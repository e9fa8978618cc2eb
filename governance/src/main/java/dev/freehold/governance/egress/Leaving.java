package dev.freehold.governance.egress;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Every text of a request that would leave, and the request made anew from other texts.
///
/// A part of a request that is not listed here does leave unseen: whoever adds one adds it here.
///
/// @param texts each with the name of its field
record Leaving(List<Text> texts) {

  /// @param field its name in the API
  /// @param user whether a person said it, in a conversation
  /// @param text what it says
  record Text(String field, boolean user, String text) {}

  static Leaving of(ChatRequest request) {
    List<Text> texts = new ArrayList<>();
    switch (request.prompt()) {
      case Prompt.Text text -> texts.add(new Text("prompt", true, text.text()));
      case Prompt.Conversation conversation -> {
        for (int i = 0; i < conversation.messages().size(); i++) {
          Message message = conversation.messages().get(i);
          boolean user =
              switch (message) {
                case Message.User _ -> true;
                case Message.System _, Message.Assistant _ -> false;
              };
          texts.add(new Text("messages[%d].content".formatted(i), user, message.text()));
        }
      }
    }
    request.stop().forEach(stop -> texts.add(new Text("stop", false, stop)));
    return new Leaving(texts);
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
          case Prompt.Text _ -> new Prompt.Text(texts.getFirst());
          case Prompt.Conversation conversation -> {
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              String text = texts.get(i);
              messages.add(
                  switch (conversation.messages().get(i)) {
                    case Message.System _ -> new Message.System(text);
                    case Message.User _ -> new Message.User(text);
                    case Message.Assistant _ -> new Message.Assistant(text);
                  });
            }
            yield new Prompt.Conversation(messages);
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
