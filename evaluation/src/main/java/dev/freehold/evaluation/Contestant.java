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
/// @param column with what beside its weights it answers
/// @param root the model that it is without documents and adapter
public record Contestant(
    String name,
    String model,
    String digest,
    String family,
    boolean leavesHouse,
    Price price,
    Column column,
    String root) {

  /// What an open model may be given: the columns of a report.
  public enum Column {
    ALONE,
    DOCUMENTS,
    ADAPTER,
    BOTH;

    /// The same with documents.
    Column reading() {
      return switch (this) {
        case ALONE, DOCUMENTS -> DOCUMENTS;
        case ADAPTER, BOTH -> BOTH;
      };
    }
  }

  public Contestant {
    if (name.isBlank() || name.contains("#")) {
      throw new InvalidRequest("A contestant needs a name without #.", "name");
    }
  }

  /// A model alone.
  public Contestant(
      String name, String model, String digest, String family, boolean leavesHouse, Price price) {
    this(name, model, digest, family, leavesHouse, price, Column.ALONE, model);
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
        name,
        model,
        digest + ", documents sha256:" + documents,
        family,
        leavesHouse,
        price,
        column.reading(),
        root);
  }

  /// The same contestant, whose model is this one with an adapter.
  public Contestant adapted(String bare) {
    return new Contestant(
        name,
        model,
        digest,
        family,
        leavesHouse,
        price,
        column == Column.DOCUMENTS || column == Column.BOTH ? Column.BOTH : Column.ADAPTER,
        bare);
  }
}
