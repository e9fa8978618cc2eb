package dev.freehold.langchain4j;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Translates between LangChain4j's requests and answers and Freehold's. What cannot be honoured is
/// refused by name.
final class Requests {

  private Requests() {}

  static ChatRequest read(dev.langchain4j.model.chat.request.ChatRequest request, ChatModel model) {
    String name = request.modelName();
    refuse(
        name != null && !name.equals(model.card().name()),
        "modelName %s (this is %s)".formatted(name, model.card().name()));
    List<Message> messages = request.messages().stream().map(Requests::message).toList();
    Sampling usual = Sampling.DEFAULT;
    Sampling sampling =
        new Sampling(
            or(request.temperature(), usual.temperature()),
            request.topK() == null ? usual.topK() : request.topK(),
            or(request.topP(), usual.topP()),
            usual.minP(),
            usual.repeatPenalty(),
            or(request.presencePenalty(), usual.presencePenalty()),
            or(request.frequencyPenalty(), usual.frequencyPenalty()),
            usual.seed());
    Integer limit = request.maxOutputTokens();
    return new ChatRequest(
        new Prompt.Conversation(messages).withToolUse(Tools.use(request)),
        sampling,
        limit == null ? OptionalInt.empty() : OptionalInt.of(limit),
        request.stopSequences(),
        OptionalInt.empty(),
        "",
        Forms.of(request.responseFormat()));
  }

  static ChatResponse response(ChatAnswer answer, ChatModel model) {
    AiMessage.Builder message = AiMessage.builder();
    if (!answer.text().isEmpty() || answer.toolCalls().isEmpty()) {
      message.text(answer.text());
    }
    if (!answer.reasoning().isEmpty()) {
      message.thinking(answer.reasoning());
    }
    if (!answer.toolCalls().isEmpty()) {
      message.toolExecutionRequests(answer.toolCalls().stream().map(Tools::request).toList());
    }
    ChatEvent.Usage usage = answer.usage();
    return ChatResponse.builder()
        .aiMessage(message.build())
        .modelName(model.card().name())
        .finishReason(
            switch (answer.reason()) {
              case STOP -> FinishReason.STOP;
              case LENGTH -> FinishReason.LENGTH;
              case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
            })
        .tokenUsage(new TokenUsage(usage.promptTokens(), usage.completionTokens()))
        .build();
  }

  private static Message message(ChatMessage message) {
    return switch (message) {
      case SystemMessage system -> new Message.System(system.text());
      case UserMessage user ->
          new Message.User(
              user.contents().stream().map(Requests::text).collect(Collectors.joining("\n")));
      case AiMessage answer ->
          new Message.Assistant(text(answer.text()), text(answer.thinking()), Tools.calls(answer));
      case ToolExecutionResultMessage result -> {
        refuse(!result.hasSingleText(), "results of tools that are not one text");
        yield new Message.Tool(text(result.id()), result.text());
      }
      default -> throw unsupported("messages of type " + message.type());
    };
  }

  private static String text(Content content) {
    if (content instanceof TextContent text) {
      return text.text();
    }
    throw unsupported("content of type " + content.type());
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static double or(@Nullable Double value, double otherwise) {
    return value == null ? otherwise : value;
  }

  private static void refuse(boolean given, String what) {
    if (given) {
      throw unsupported(what);
    }
  }

  static UnsupportedFeatureException unsupported(String what) {
    return new UnsupportedFeatureException(
        "Freehold does not serve %s yet. Text messages, tools, response formats with a JSON schema, temperature, topK, topP, penalties, stopSequences and maxOutputTokens are served."
            .formatted(what));
  }
}
