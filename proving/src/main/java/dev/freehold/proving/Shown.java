package dev.freehold.proving;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.Message;
import dev.freehold.chat.SealedTexts;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.Case;
import java.util.List;
import java.util.Optional;

/// Instructions that show a sealed case as an example.
public final class Shown {

  private Shown() {}

  /// Refuses prompts that show one case's question before another's.
  ///
  /// @throws Conflict naming both
  public static void refuse(Benchmark benchmark, SealedTexts seals) {
    for (Case one : benchmark.cases()) {
      List<Message> before = one.messages().subList(0, Math.max(0, one.messages().size() - 1));
      for (Message message : before) {
        Optional<String> shown =
            message instanceof Message.System ? seals.caseIn(message.text()) : Optional.empty();
        if (shown.isPresent()) {
          throw new Conflict(
              "The instructions of case %s show the sealed case %s as an example."
                  .formatted(one.id(), shown.get()));
        }
      }
    }
  }
}
