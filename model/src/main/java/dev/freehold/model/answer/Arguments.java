package dev.freehold.model.answer;

/// The JSON object of a call's arguments, told as it comes.
final class Arguments {

  private final AnswerReader reader;
  private final JsonProgress progress = new JsonProgress();
  private boolean open;

  Arguments(AnswerReader reader) {
    this.reader = reader;
  }

  /// The next character; `LAST` ends the call.
  JsonProgress.Step accept(char c) {
    if (!open) {
      if (AnswerReader.blank(c)) {
        return JsonProgress.Step.MORE;
      }
      if (c != '{') {
        return JsonProgress.Step.BROKEN;
      }
      open = true;
    }
    JsonProgress.Step step = progress.accept(c);
    if (step == JsonProgress.Step.MORE || step == JsonProgress.Step.LAST) {
      reader.pieces().arguments(String.valueOf(c));
    }
    if (step == JsonProgress.Step.LAST) {
      reader.pieces().callEnded();
    }
    return step;
  }

  /// Whether the object has begun.
  boolean open() {
    return open;
  }
}
