package dev.freehold.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The mails of the sample company, with the departments that people gave them to.
final class Company {

  private static final String TASK =
      """
      You sort the mails of a pump maker by department.
      orders: prices, offers, orders, deliveries
      repairs: broken pumps, returns, warranty
      technical: how pumps are set, run and connected
      training: courses and certificates
      accounts: invoices, payments, refunds
      jobs: applications and work with us\
      """;

  private static final String EXAMPLES =
      """


      Examples:

      Mail: Please send us an offer for three pumps and tell us when you can deliver.
      {"department":"orders"}

      Mail: Unsere Pumpe leckt, wir möchten sie zur Reparatur einsenden.
      {"department":"repairs"}

      Mail: Comment régler la course de la pompe ?
      {"department":"technical"}

      Mail: When is your next maintenance course, and may two of us come?
      {"department":"training"}

      Mail: Ihre Rechnung enthält einen Fehler, bitte schicken Sie eine neue.
      {"department":"accounts"}

      Mail: Je cherche un emploi et vous envoie mon CV.
      {"department":"jobs"}\
      """;

  static final List<String> DEPARTMENTS =
      List.of("orders", "repairs", "technical", "training", "accounts", "jobs");

  /// What lets a model without a chat template, as base models are, read a conversation.
  static final String TEMPLATE =
      """
      {%- for message in messages %}{{ message['content'] }}{{ '\\n\\n' if message['role'] == 'system' else '\\n' }}{% endfor %}\
      """;

  private Company() {}

  /// @param department who is to answer it, as people say
  record Mail(String id, String language, String department, String text) {
    /// As the application asks.
    String question() {
      return "Mail: " + text;
    }

    /// What is right.
    String gold() {
      return "{\"department\":\"%s\"}".formatted(department);
    }
  }

  /// What the application tells the model, with or without examples.
  static String instructions(boolean examples) {
    return examples ? TASK + EXAMPLES : TASK;
  }

  /// The first so many; languages and departments take turns.
  static List<Mail> mails(int most) throws IOException {
    List<Mail> all = new ArrayList<>();
    Path file = Path.of(System.getProperty("freehold.root"), "samples/company/mails.jsonl");
    for (String line : Files.readAllLines(file)) {
      JsonNode json = JsonMapper.shared().readTree(line);
      all.add(
          new Mail(
              json.get("id").asString(),
              json.get("language").asString(),
              json.get("department").asString(),
              json.get("text").asString()));
    }
    return all.subList(0, Math.min(most, all.size()));
  }
}
