package dev.freehold.teaching;

import dev.freehold.chat.Message;
import java.util.List;

/// One captured exchange of a workload, as far as teaching goes.
///
/// @param id unique
/// @param messages what was asked; empty where words were not kept
/// @param answer what was answered
/// @param mayTrain whether somebody has looked and said that it may be trained on
public record TrainableExchange(
    String id, List<Message> messages, String answer, boolean mayTrain) {
  public TrainableExchange {
    messages = List.copyOf(messages);
  }
}
