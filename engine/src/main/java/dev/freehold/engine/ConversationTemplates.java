package dev.freehold.engine;

import dev.freehold.chat.ToolUse;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.template.ChatTemplate;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// The chat templates of a model file: the usual one and, where the file has it, one for
/// conversations with tools, as Hermes models have. Immutable.
final class ConversationTemplates {

  private final Optional<ChatTemplate> usual;
  private final Optional<ChatTemplate> withTools;

  private ConversationTemplates(Optional<ChatTemplate> usual, Optional<ChatTemplate> withTools) {
    this.usual = usual;
    this.withTools = withTools;
  }

  static ConversationTemplates read(Metadata metadata, Map<String, String> specialTokens) {
    return new ConversationTemplates(
        template(metadata, "tokenizer.chat_template", specialTokens),
        template(metadata, "tokenizer.chat_template.tool_use", specialTokens));
  }

  private static Optional<ChatTemplate> template(
      Metadata metadata, String key, Map<String, String> specialTokens) {
    return metadata
        .findString(key)
        .map(source ->
            ChatTemplate.parse(source, specialTokens, Clock.system(ZoneId.systemDefault())));
  }

  /// The template of a conversation.
  ///
  /// @throws Unsupported where the file has none
  ChatTemplate of(ToolUse toolUse, String model) {
    if (withTools.isPresent() && !toolUse.shown().isEmpty()) {
      return withTools.get();
    }
    return usual.orElseThrow(() ->
        new Unsupported(
            "A conversation with %s, whose file has no chat template,".formatted(model),
            "a prompt of plain text"));
  }

  /// How the model answers a conversation of that template.
  AnswerFormat format(ChatTemplate template) {
    return AnswerFormat.of(template.source());
  }
}
