package dev.freehold.chat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a model is asked to continue.
public sealed interface Prompt {

  /// A conversation, rendered with the chat template of the model's own file, ending where the
  /// assistant speaks.
  ///
  /// @param messages in order, at least one; a tool's result comes after the call it answers
  /// @param toolUse the tools the model may call
  /// @param effort how much to think before answering; empty leaves it to the model
  /// @param templateVariables further variables of the chat template, by name, each as JSON text; a
  ///   model whose template does not use one refuses it
  record Conversation(
      List<Message> messages,
      ToolUse toolUse,
      Optional<ReasoningEffort> effort,
      Map<String, String> templateVariables)
      implements Prompt {
    public Conversation {
      messages = List.copyOf(messages);
      // In the order given, which templates can show.
      templateVariables =
          java.util.Collections.unmodifiableMap(new LinkedHashMap<>(templateVariables));
      if (messages.isEmpty()) {
        throw new InvalidRequest("A conversation needs at least one message.", "messages");
      }
      Set<String> calls = new HashSet<>();
      for (Message message : messages) {
        switch (message) {
          case Message.System _, Message.User _ -> {}
          case Message.Assistant assistant ->
              assistant.toolCalls().forEach(call -> calls.add(call.id()));
          case Message.Tool tool -> {
            if (!calls.contains(tool.callId())) {
              throw new InvalidRequest(
                  "A tool message answers a call of an earlier assistant message; none has the id that its tool_call_id names.",
                  "messages");
            }
          }
        }
      }
    }

    /// A conversation without tools.
    public Conversation(List<Message> messages) {
      this(messages, ToolUse.NONE, Optional.empty(), Map.of());
    }

    /// The same conversation with other messages.
    public Conversation withMessages(List<Message> value) {
      return new Conversation(value, toolUse, effort, templateVariables);
    }

    /// The same conversation with other tools.
    public Conversation withToolUse(ToolUse value) {
      return new Conversation(messages, value, effort, templateVariables);
    }

    /// The same conversation with another effort.
    public Conversation withEffort(ReasoningEffort value) {
      return new Conversation(messages, toolUse, Optional.of(value), templateVariables);
    }

    /// The names of the tools called so far by the ids of the calls.
    public Map<String, String> toolNames() {
      Map<String, String> names = new HashMap<>();
      for (Message message : messages) {
        if (message instanceof Message.Assistant assistant) {
          assistant.toolCalls().forEach(call -> names.put(call.id(), call.name()));
        }
      }
      return names;
    }
  }

  /// Plain text, continued as it stands: no template, no role.
  record Text(String text) implements Prompt {}
}
