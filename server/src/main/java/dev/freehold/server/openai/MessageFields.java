package dev.freehold.server.openai;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ToolCall;
import dev.freehold.server.http.Fields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The messages of a chat completion request.
final class MessageFields {

  private MessageFields() {}

  static List<Message> messages(Fields fields) {
    JsonNode list = fields.any("messages").orElseThrow(() -> fields.missing("messages"));
    if (!list.isArray()) {
      throw new InvalidRequest("messages must be a list.", "messages");
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(Fields.inside(list.get(i), "messages[%d]".formatted(i))));
    }
    return messages;
  }

  private static Message message(Fields fields) {
    String role = fields.requiredText("role");
    Message message =
        switch (role) {
          case "system", "developer" -> new Message.System(content(fields));
          case "user" -> new Message.User(content(fields));
          case "assistant" -> assistant(fields);
          case "tool" -> new Message.Tool(fields.requiredText("tool_call_id"), content(fields));
          default ->
              throw new InvalidRequest(
                  "The role %s is not supported: system, developer, user, assistant and tool are."
                      .formatted(brief(role)),
                  fields.name("role"));
        };
    fields.refuse("name", _ -> false, "say in the message who speaks.");
    fields.refuseOthers();
    return message;
  }

  private static Message assistant(Fields fields) {
    List<ToolCall> calls = ToolFields.calls(fields);
    // An answer that only calls tools has no content.
    boolean silent = !calls.isEmpty() && fields.any("content").isEmpty();
    String text = silent ? "" : content(fields);
    String reasoning = fields.text("reasoning_content").orElse("");
    // What an SDK echoes of an answer of ours holds these, empty.
    fields.refuse("function_call", _ -> false, "it is the older form of tool_calls; use that.");
    fields.refuse("refusal", _ -> false, "put it into content.");
    fields.refuse("audio", _ -> false, "answers are text.");
    fields.refuse("annotations", JsonNode::isEmpty, "leave it out.");
    return new Message.Assistant(text, reasoning, calls);
  }

  private static String content(Fields fields) {
    JsonNode content = fields.any("content").orElseThrow(() -> fields.missing("content"));
    if (!content.isArray()) {
      return Fields.text(content, fields.name("content"));
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      Fields part = Fields.inside(content.get(i), "%s[%d]".formatted(fields.name("content"), i));
      String type = part.requiredText("type");
      if (!type.equals("text")) {
        throw new InvalidRequest(
            "Content parts of the type %s are not supported yet: text is.".formatted(brief(type)),
            part.name("type"));
      }
      texts.add(part.requiredText("text"));
      part.refuseOthers();
    }
    return String.join("\n", texts);
  }

  static String brief(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
