package dev.freehold.cli;

import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.teaching.CapturedExchanges;
import dev.freehold.teaching.TrainableExchange;
import dev.freehold.workload.Exchange;
import dev.freehold.workload.Workloads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What workloads captured, for teaching.
record WorkloadExchanges(Workloads workloads) implements CapturedExchanges {

  private static final int PAGE = 1000;

  @Override
  public List<TrainableExchange> of(Principal asker, String workload) {
    List<TrainableExchange> all = new ArrayList<>();
    Optional<String> before = Optional.empty();
    while (true) {
      List<Exchange> page = workloads.exchanges(asker, workload, before, PAGE);
      for (Exchange exchange : page) {
        if (exchange.outcome() == Exchange.Outcome.ANSWERED) {
          all.add(
              new TrainableExchange(
                  exchange.id(),
                  messages(exchange.request()),
                  exchange.answer(),
                  exchange.mayTrain()));
        }
      }
      if (page.size() < PAGE) {
        Collections.reverse(all);
        return all;
      }
      before = Optional.of(page.getLast().id());
    }
  }

  // Conversations with tools are kept as JSON at the end of the answer and not taught yet.
  private static List<Message> messages(String json) {
    if (json.isEmpty()) {
      return List.of();
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode node : JsonMapper.shared().readTree(json)) {
      String text = node.path("content").asString("");
      switch (node.path("role").asString("")) {
        case "system" -> messages.add(new Message.System(text));
        case "user" -> messages.add(new Message.User(text));
        case "assistant" -> messages.add(new Message.Assistant(text));
        default -> {
          return List.of();
        }
      }
    }
    return messages;
  }

  @Override
  public Set<String> present(Set<String> ids) {
    return workloads.present(ids);
  }
}
