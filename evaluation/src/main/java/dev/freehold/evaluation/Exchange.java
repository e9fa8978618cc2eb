package dev.freehold.evaluation;

import dev.freehold.chat.Message;
import dev.freehold.chat.ResponseFormat;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// One captured request and its answer, as far as benchmarks need it: whoever stores exchanges
/// hands them over in this form.
///
/// @param id unique
/// @param conversation exchanges that share one stand or fall together
/// @param messages what was asked, in order, redacted as stored
/// @param format the form that its answer was held to
/// @param answer what was answered
/// @param model who answered
/// @param at when
/// @param strata what it belongs to, e.g. `team` → `support`
public record Exchange(
    String id,
    String conversation,
    List<Message> messages,
    ResponseFormat format,
    String answer,
    String model,
    Instant at,
    Map<String, String> strata) {
  public Exchange {
    messages = List.copyOf(messages);
    strata = Map.copyOf(strata);
  }

  /// An exchange whose answer was held to no form.
  public Exchange(
      String id,
      String conversation,
      List<Message> messages,
      String answer,
      String model,
      Instant at,
      Map<String, String> strata) {
    this(id, conversation, messages, ResponseFormat.FREE, answer, model, at, strata);
  }
}
