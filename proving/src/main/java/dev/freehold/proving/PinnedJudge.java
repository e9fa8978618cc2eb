package dev.freehold.proving;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import java.util.Optional;

/// The judge that compares answers where nobody names another: an open model, pinned by the digest
/// of its weights, so that the ruler does not move.
///
/// @param name the model's
/// @param digest of its weights, `sha256:…`
public record PinnedJudge(String name, String digest) {

  /// Written `NAME@sha256:…`.
  ///
  /// @throws InvalidRequest where it is not
  public static PinnedJudge of(String text) {
    int at = text.indexOf("@sha256:");
    if (at < 1 || !text.substring(at).matches("@sha256:[0-9a-f]{64}")) {
      throw new InvalidRequest(
          "judge takes NAME@sha256:…, a model that is here with the digest that `freehold models --json` shows; \"%s\" is not that."
              .formatted(text),
          "judge");
    }
    return new PinnedJudge(text.substring(0, at), text.substring(at + 1));
  }

  /// Refuses another model under the name of the house's judge, where that one is to judge.
  ///
  /// @param judge who is to judge, if anybody
  /// @throws Conflict where it is another
  public static void require(
      Optional<PinnedJudge> house, Optional<String> judge, ChatModels models, Asking asking) {
    house
        .filter(one -> judge.filter(one.name()::equals).isPresent())
        .ifPresent(one -> one.require(models.model(one.name(), asking).card()));
  }

  /// Refuses another model under its name.
  ///
  /// @throws Conflict where it is another
  public void require(ModelCard card) {
    if (!card.digest().equals(digest)) {
      throw new Conflict(
          "%s is not the model that was pinned as the judge: it is %s, pinned is %s."
              .formatted(
                  name, card.digest().isEmpty() ? "without a digest" : card.digest(), digest));
    }
  }
}
