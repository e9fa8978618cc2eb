package dev.freehold.evaluation;

import dev.freehold.chat.ChatModel;

/// A contestant and the model that answers for it; the caller closes the model.
public record Entrant(Contestant contestant, ChatModel model) {}
