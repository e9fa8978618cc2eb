package dev.freehold.model.answer;

/// What an [AnswerReader] tells of an answer, in order.
public interface AnswerSink {

  /// A piece of what the model says.
  void text(String piece);

  /// A piece of what it thinks before.
  void reasoning(String piece);

  /// It begins to call a tool that was offered.
  void callBegun(String name);

  /// A piece of the JSON text of that call's arguments.
  void arguments(String piece);

  /// The call is complete; one that breaks off is never ended.
  void callEnded();
}
