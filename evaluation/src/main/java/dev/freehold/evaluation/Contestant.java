package dev.freehold.evaluation;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.InvalidRequest;

/// One who takes part in a proof.
///
/// @param name as people call it; unique in a proof
/// @param model the model's own name
/// @param digest `sha256:…` of its weights; empty where only a server knows
/// @param family who made it, to keep judges impartial
/// @param leavesHouse whether what it is asked leaves this house
/// @param price what it costs
public record Contestant(
    String name, String model, String digest, String family, boolean leavesHouse, Price price) {
  public Contestant {
    if (name.isBlank() || name.contains("#")) {
      throw new InvalidRequest("A contestant needs a name without #.", "name");
    }
  }

  /// A contestant as its model describes itself.
  public static Contestant of(String name, ChatModel model, boolean leavesHouse, Price price) {
    var card = model.card();
    return new Contestant(name, card.name(), card.digest(), Families.of(card), leavesHouse, price);
  }

  /// The same contestant with documents to read.
  ///
  /// @param documents digest of what they are
  public Contestant reading(String documents) {
    return new Contestant(
        name, model, digest + ", documents sha256:" + documents, family, leavesHouse, price);
  }
}
