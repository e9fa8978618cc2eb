package dev.freehold.langchain4j;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.FreeholdException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.List;
import java.util.Set;

/// LangChain4j's `StreamingChatModel` over a model that runs in this process.
///
/// `chat` returns at once; the handler is called from one virtual thread, in order. Cancelling
/// through the streaming handle stops generation within one step, and neither `onCompleteResponse`
/// nor `onError` follows. The model stays its owner's to close. Safe for use by many threads at
/// once.
public final class FreeholdStreamingChatModel implements StreamingChatModel {

  private final ChatModel model;
  private final ChatRequestParameters defaults;

  /// @param model answers
  public FreeholdStreamingChatModel(ChatModel model) {
    this(model, ChatRequestParameters.builder().build());
  }

  /// @param model answers
  /// @param defaults hold where a request says nothing
  public FreeholdStreamingChatModel(ChatModel model, ChatRequestParameters defaults) {
    this.model = model;
    this.defaults = defaults;
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    // Read here, so that what cannot be honoured is refused to the caller and not on another
    // thread.
    dev.freehold.chat.ChatRequest read;
    try {
      read = Requests.read(request, model);
    } catch (FreeholdException e) {
      throw Failures.of(e);
    }
    Thread.ofVirtual().name("freehold-langchain4j").start(() -> answer(read, handler));
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

  private void answer(dev.freehold.chat.ChatRequest request, StreamingChatResponseHandler handler) {
    try (ChatStream stream = model.stream(request)) {
      relay(stream, new Handle(stream), handler);
    } catch (FreeholdException e) {
      handler.onError(Failures.of(e));
    }
  }

  private void relay(ChatStream stream, Handle handle, StreamingChatResponseHandler handler) {
    var text = new StringBuilder();
    var reasoning = new StringBuilder();
    var calls = new Tools.Growing();
    while (!handle.isCancelled() && stream.hasNext()) {
      switch (stream.next()) {
        case ChatEvent.Reading _ -> {}
        case ChatEvent.ToolCallBegun call -> calls.begin(call.index(), call.id(), call.name());
        case ChatEvent.ToolCallArguments piece ->
            handler.onPartialToolCall(
                calls.grow(piece.index(), piece.text()), new PartialToolCallContext(handle));
        case ChatEvent.Reasoning piece -> {
          reasoning.append(piece.text());
          handler.onPartialThinking(new PartialThinking(piece.text()));
        }
        case ChatEvent.Text piece -> {
          text.append(piece.text());
          handler.onPartialResponse(
              new PartialResponse(piece.text()), new PartialResponseContext(handle));
        }
        case ChatEvent.Finished finished -> {
          var answer =
              new ChatAnswer(
                  text.toString(),
                  reasoning.toString(),
                  calls.all(),
                  finished.reason(),
                  finished.usage(),
                  List.of());
          for (int i = 0; i < answer.toolCalls().size(); i++) {
            handler.onCompleteToolCall(
                new CompleteToolCall(i, Tools.request(answer.toolCalls().get(i))));
          }
          handler.onCompleteResponse(Requests.response(answer, model));
        }
      }
    }
  }

  /// Lets a handler stop the answer it is being given.
  private static final class Handle implements StreamingHandle {
    private final ChatStream stream;
    private volatile boolean cancelled;

    Handle(ChatStream stream) {
      this.stream = stream;
    }

    @Override
    public void cancel() {
      cancelled = true;
      stream.close();
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }
}
