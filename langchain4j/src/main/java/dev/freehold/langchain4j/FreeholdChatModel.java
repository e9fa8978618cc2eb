package dev.freehold.langchain4j;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.FreeholdException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.Set;

/// LangChain4j's `ChatModel` over a model that runs in this process.
///
/// The model stays its owner's to close. Safe for use by many threads at once; their answers are
/// generated together.
public final class FreeholdChatModel implements dev.langchain4j.model.chat.ChatModel {

  private final ChatModel model;
  private final ChatRequestParameters defaults;

  /// @param model answers
  public FreeholdChatModel(ChatModel model) {
    this(model, ChatRequestParameters.builder().build());
  }

  /// @param model answers
  /// @param defaults hold where a request says nothing
  public FreeholdChatModel(ChatModel model, ChatRequestParameters defaults) {
    this.model = model;
    this.defaults = defaults;
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    try {
      return Requests.response(model.answer(Requests.read(request, model)), model);
    } catch (FreeholdException e) {
      throw Failures.of(e);
    }
  }

  /// A response format with a schema is enforced.
  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return defaults;
  }
}
