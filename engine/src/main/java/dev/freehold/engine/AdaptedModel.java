package dev.freehold.engine;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model with adapters on top of it. What a request names itself is added, and where it names one
/// of these, its scale counts. Safe for use by many threads.
final class AdaptedModel implements ChatModel {

  private final LocalChatModel model;
  private final ModelCard card;
  private final List<AdapterUse> uses;

  AdaptedModel(LocalChatModel model, ModelCard card, List<AdapterUse> uses) {
    this.model = model;
    this.card = card;
    this.uses = List.copyOf(uses);
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    Map<String, AdapterUse> all = new LinkedHashMap<>();
    uses.forEach(use -> all.put(use.name(), use));
    request.adapters().forEach(use -> all.put(use.name(), use));
    return model.stream(request.withAdapters(List.copyOf(all.values())));
  }

  @Override
  public int countTokens(Prompt prompt) {
    return model.countTokens(prompt);
  }

  @Override
  public List<Continuation> continuations(String context, List<String> texts) {
    return model.continuations(context, texts, uses);
  }

  @Override
  public List<ChatEvent.TokenLogprob> tokens(String text, int top) {
    return model.tokens(text, top, uses);
  }

  @Override
  public List<Continuation> continuations(Prompt prompt, List<String> texts) {
    return model.continuations(prompt, texts, uses);
  }

  @Override
  public void close() {
    // The weights belong to the model below.
  }
}
