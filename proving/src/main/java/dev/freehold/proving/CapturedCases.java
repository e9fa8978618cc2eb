package dev.freehold.proving;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.evaluation.Exchange;
import dev.freehold.evaluation.Lines;
import dev.freehold.workload.Workloads;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The captured exchanges of a workload in the form that benchmarks are drawn from: those that a
/// person was answered with, whole and with their words.
final class CapturedCases {

  private static final int PAGE = 500;
  private static final int LONG_QUESTION = 60;

  /// What the exchanges are divided by: how long the question is, and whether it opens a
  /// conversation or goes on with one.
  static final List<String> STRATA = List.of("question", "turn");

  /// @param exchanges what can be drawn
  /// @param principals whose each is, by its id
  /// @param withoutWords exchanges of which no words were kept
  /// @param tools exchanges that call tools, which are not measured yet
  record Captured(
      List<Exchange> exchanges, Map<String, String> principals, int withoutWords, int tools) {}

  private CapturedCases() {}

  static Captured of(Workloads workloads, Principal asker, String workload, Instant from) {
    List<Exchange> all = new ArrayList<>();
    Map<String, String> principals = new HashMap<>();
    int withoutWords = 0;
    int tools = 0;
    Optional<String> before = Optional.empty();
    while (true) {
      List<dev.freehold.workload.Exchange> page =
          workloads.exchanges(asker, workload, before, PAGE);
      for (dev.freehold.workload.Exchange one : page) {
        if (one.at().isBefore(from)
            || !one.of().isEmpty()
            || one.outcome() != dev.freehold.workload.Exchange.Outcome.ANSWERED) {
          continue;
        }
        if (one.request().isEmpty()) {
          withoutWords++;
          continue;
        }
        Optional<Exchange> read = read(one);
        if (read.isEmpty()) {
          tools++;
          continue;
        }
        all.add(read.get());
        principals.put(one.id(), one.principal());
      }
      if (page.size() < PAGE || page.getLast().at().isBefore(from)) {
        return new Captured(all, principals, withoutWords, tools);
      }
      before = Optional.of(page.getLast().id());
    }
  }

  private static Optional<Exchange> read(dev.freehold.workload.Exchange one) {
    if (one.reason().equals("TOOL_CALLS") || one.request().contains("\"tool_calls\":")) {
      return Optional.empty();
    }
    List<Message> messages;
    ResponseFormat format;
    try {
      messages = Lines.readMessages(one.request());
      format = Lines.readFormat(one.format());
    } catch (InvalidRequest e) {
      return Optional.empty(); // Of tools, or of a bare text.
    }
    if (messages.isEmpty() || messages.getLast() instanceof Message.Assistant) {
      return Optional.empty();
    }
    return Optional.of(
        new Exchange(
            one.id(),
            conversation(one.principal(), messages),
            messages,
            format,
            one.answer(),
            one.model(),
            one.at(),
            strata(messages)));
  }

  /// Turns of one conversation begin with the same question of the same person.
  private static String conversation(String principal, List<Message> messages) {
    String first =
        messages.stream()
            .filter(Message.User.class::isInstance)
            .findFirst()
            .map(Message::text)
            .orElse("");
    return digest(principal + "\n" + first).substring(0, 16);
  }

  private static Map<String, String> strata(List<Message> messages) {
    String asked = messages.getLast().text();
    boolean goesOn = messages.stream().anyMatch(Message.Assistant.class::isInstance);
    return Map.of(
        "question",
        asked.split("\\s+", -1).length > LONG_QUESTION ? "long" : "short",
        "turn",
        goesOn ? "later" : "first");
  }

  /// SHA-256 in hexadecimal.
  static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
