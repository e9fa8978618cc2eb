package dev.freehold.cli;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.governance.egress.Gate;
import dev.freehold.remote.Upstream;
import dev.freehold.remote.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All models by name: those that are here, and those of upstreams, which are only ever handed out
/// behind the gate.
///
/// Safe for use by many threads at once.
///
/// @param here the models of this machine
/// @param upstreams the servers that may be asked beside them
/// @param gate what everything that leaves passes
record HouseModels(ChatModels here, Upstreams upstreams, Gate gate) implements ChatModels {

  @Override
  public List<ModelCard> cards() {
    List<ModelCard> cards = new ArrayList<>(here.cards());
    cards.addAll(upstreams.cards());
    return cards;
  }

  @Override
  public List<ModelCard> cards(Principal principal) {
    List<ModelCard> cards = new ArrayList<>(here.cards(principal));
    cards.addAll(upstreams.cards());
    return cards;
  }

  /// A model of this machine; an upstream's is asked on somebody's behalf only.
  @Override
  public ChatModel model(String name) {
    if (upstreams.of(name).isPresent()) {
      throw new InvalidRequest(
          "%s is an upstream's and is asked on somebody's behalf only.".formatted(name), "model");
    }
    return here.model(name);
  }

  @Override
  public ChatModel model(String name, Asking asking) {
    Optional<Upstream> upstream = upstreams.of(name);
    return upstream.isPresent()
        ? gate.guard(upstreams.model(name), upstream.get().origin(), asking)
        : here.model(name, asking);
  }
}
