package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.store.ModelStore;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model's name with those of adapters behind it: `smollm2+handbook-1`.
///
/// @param base the model
/// @param adapters what is on top of it, each at scale 1
record AdaptedName(StoredModel base, List<StoredAdapter> adapters) {

  /// Whether a name is one of these.
  static boolean is(String name) {
    return name.indexOf('+') >= 0;
  }

  /// The part of a name that is the model's.
  static String base(String name) {
    return is(name) ? name.substring(0, name.indexOf('+')) : name;
  }

  /// What a name stands for, if the model is here and the principal may read every adapter.
  ///
  /// @throws InvalidRequest where one is named twice
  static Optional<AdaptedName> find(
      String name, ModelStore models, ReadableAdapters readable, Principal principal) {
    return models.find(base(name)).flatMap(base -> on(name, base, readable, principal));
  }

  /// What a name stands for whose model is that one.
  static Optional<AdaptedName> on(
      String name, StoredModel base, ReadableAdapters readable, Principal principal) {
    List<StoredAdapter> adapters = new ArrayList<>();
    String rest = is(name) ? name.substring(name.indexOf('+') + 1) : "";
    for (String one : is(name) ? rest.split("\\+", -1) : new String[0]) {
      Optional<StoredAdapter> adapter = adapter(one, base, readable, principal);
      if (adapter.isEmpty()) {
        return Optional.empty();
      }
      if (adapters.contains(adapter.get())) {
        throw new InvalidRequest("%s names %s twice.".formatted(name, one), "model");
      }
      adapters.add(adapter.get());
    }
    return Optional.of(new AdaptedName(base, adapters));
  }

  /// The adapter of that name, if it is one for that model that the principal may read.
  static Optional<StoredAdapter> adapter(
      String name, StoredModel base, ReadableAdapters readable, Principal principal) {
    return readable
        .find(name, principal)
        .filter(adapter -> adapter.publication().base().equals(base.digest()));
  }

  /// The whole name.
  String name() {
    StringBuilder name = new StringBuilder(base.name());
    adapters.forEach(adapter -> name.append('+').append(adapter.name()));
    return name.toString();
  }

  /// What lists show. The digest is the last adapter's, which is for no other base.
  ModelCard card() {
    ModelCard plain = base.card();
    if (adapters.isEmpty()) {
      return plain;
    }
    StoredAdapter last = adapters.getLast();
    return new ModelCard(
        name(),
        plain.architecture(),
        plain.parameters()
            + adapters.stream().mapToLong(one -> one.publication().facts().parameters()).sum(),
        plain.bytes() + adapters.stream().mapToLong(StoredAdapter::bytes).sum(),
        plain.contextLength(),
        plain.licence(),
        last.digest().toString(),
        last.created());
  }
}
