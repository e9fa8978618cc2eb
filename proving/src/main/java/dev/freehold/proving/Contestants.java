package dev.freehold.proving;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.evaluation.Contestant;
import dev.freehold.evaluation.Entrant;
import dev.freehold.evaluation.Price;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Contestants by the names people give them: a model's name, behind it `+docs` where it is given
/// documents. A model with an adapter has a name of its own, `model+adapter`.
///
/// @param models all models, upstreams' behind the gate
/// @param asking on whose behalf, and for which use
/// @param grounds what `+docs` stands for
/// @param prices by contestant or by model
public record Contestants(
    ChatModels models, Asking asking, Optional<Grounds> grounds, Map<String, Price> prices) {

  /// What is put behind a model's name where it is given the documents.
  public static final String GROUNDED = "+docs";

  /// What is put behind a model's name when it is held against itself.
  public static final String TWICE = " (again)";

  public Contestants {
    prices = Map.copyOf(prices);
  }

  private static String without(String name, String ending) {
    return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
  }

  /// Whether a contestant is given documents.
  public static boolean grounded(String contestant) {
    return without(contestant, TWICE).endsWith(GROUNDED);
  }

  /// The model behind a contestant's name.
  public static String model(String contestant) {
    return without(without(contestant, TWICE), GROUNDED);
  }

  /// The model that a name is without its adapter; empty where it has none.
  static Optional<String> bare(String model, List<ModelCard> cards) {
    int plus = model.lastIndexOf('+');
    if (plus < 1) {
      return Optional.empty();
    }
    String root = model.substring(0, plus);
    return cards.stream().anyMatch(card -> card.name().equals(root))
        ? Optional.of(root)
        : Optional.empty();
  }

  /// A contestant with its model.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such model
  /// @throws InvalidRequest where it asks for documents and there are none
  public Entrant entrant(String name) {
    String bare = model(name);
    ChatModel alone = models.model(bare, asking);
    boolean leaves = alone.card().architecture().equals("upstream");
    Price price =
        Optional.ofNullable(prices.get(name))
            .or(() -> Optional.ofNullable(prices.get(bare)))
            .orElse(Price.FREE);
    Contestant one = Contestant.of(name, alone, leaves, price);
    Optional<String> root = bare(bare, models.cards());
    if (root.isPresent()) {
      one = one.adapted(root.get());
    }
    if (!grounded(name)) {
      return new Entrant(one, alone);
    }
    Grounds given =
        grounds.orElseThrow(() ->
            new InvalidRequest(
                "%s is to be given documents, and none are named.".formatted(name), "docs"));
    return new Entrant(one.reading(given.digest()), given.ground(alone));
  }

  /// All of them, in this order.
  public List<Entrant> entrants(List<String> names) {
    List<Entrant> entrants = new ArrayList<>();
    names.forEach(name -> entrants.add(entrant(name)));
    return entrants;
  }

  /// The columns of a candidate that exist: alone, with documents, with each of its adapters, with
  /// both.
  ///
  /// @param documents whether there are documents to give
  public static List<String> columns(String candidate, ChatModels models, boolean documents) {
    List<String> columns = new ArrayList<>(List.of(candidate));
    List<ModelCard> cards = models.cards();
    List<String> adapters =
        cards.stream()
            .map(ModelCard::name)
            .filter(name -> bare(name, cards).filter(candidate::equals).isPresent())
            .sorted()
            .toList();
    if (documents) {
      columns.add(candidate + GROUNDED);
    }
    columns.addAll(adapters);
    if (documents) {
      adapters.forEach(one -> columns.add(one + GROUNDED));
    }
    return columns;
  }
}
