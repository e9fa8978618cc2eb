package dev.freehold.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The questions of the sample company, with the answers that people gave.
final class Company {

  static final String INSTRUCTIONS =
      "You answer questions of Veltrane's staff in a few words. If you do not know, say that you do not know.";

  /// What is right where no document has the answer.
  static final List<String> DOES_NOT_KNOW =
      List.of(
          "do not know",
          "don't know",
          "does not say",
          "not sure",
          "cannot say",
          "no information",
          "ne sais pas",
          "weiß nicht",
          "weiß es nicht");

  private Company() {}

  /// @param golds right answers, any of which will do; none where the right thing is to say so
  record Fact(String id, String kind, String language, String question, List<String> golds) {}

  /// The first so many, spread over all kinds and languages.
  static List<Fact> facts(int most) throws IOException {
    List<Fact> all = new ArrayList<>();
    Path file = Path.of(System.getProperty("freehold.root"), "samples/company/facts.jsonl");
    for (String line : Files.readAllLines(file)) {
      JsonNode json = JsonMapper.shared().readTree(line);
      List<String> golds = new ArrayList<>();
      if (!json.get("kind").asString().equals("unanswerable")) {
        json.get("accepted").forEach(one -> golds.add(one.asString()));
      }
      all.add(
          new Fact(
              json.get("id").asString(),
              json.get("kind").asString(),
              json.get("language").asString(),
              json.get("question").asString(),
              golds));
    }
    List<Fact> spread = new ArrayList<>();
    for (int i = 0; i < Math.min(most, all.size()); i++) {
      spread.add(all.get((int) ((long) i * all.size() / Math.min(most, all.size()))));
    }
    return spread;
  }
}
