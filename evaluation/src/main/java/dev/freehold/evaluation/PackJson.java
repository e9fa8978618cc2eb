package dev.freehold.evaluation;

import dev.freehold.chat.FreeholdException;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `proof.json` of an evidence pack: everything but the texts.
final class PackJson {

  private PackJson() {}

  static ObjectNode write(Proof proof) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("at", proof.at().toString()).put("freehold", proof.version());
    json.putObject("benchmark")
        .put("name", proof.benchmark().name())
        .put("version", proof.benchmark().version())
        .put("digest", proof.benchmark().digest());
    json.set("settings", ProofJson.write(proof.settings()));
    ArrayNode contestants = json.putArray("contestants");
    proof.contestants().forEach(one -> contestants.add(ProofJson.write(one)));
    json.set("scores", write(proof.table()));
    ArrayNode verdicts = json.putArray("verdicts");
    proof.verdicts().forEach(one -> verdicts.add(ProofJson.write(one)));
    ArrayNode efforts = json.putArray("efforts");
    proof.efforts().forEach(one -> efforts.add(write(one)));
    proof.judge().ifPresent(judge -> json.set("judge", write(judge)));
    return json;
  }

  private static ObjectNode write(ScoreTable table) {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("binary", table.binary());
    ArrayNode cases = json.putArray("cases");
    for (int i = 0; i < table.ids().size(); i++) {
      ObjectNode one = cases.addObject().put("id", table.ids().get(i));
      for (Map.Entry<String, double[][]> entry : table.scores().entrySet()) {
        ArrayNode runs = one.withObjectProperty("scores").putArray(entry.getKey());
        Arrays.stream(entry.getValue()[i]).forEach(runs::add);
      }
    }
    return json;
  }

  private static ObjectNode write(Effort one) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("contestant", one.contestant())
            .put("answers", one.answers())
            .put("failures", one.failures())
            .put("score", one.score())
            .put("successes", one.successes())
            .put("promptTokens", one.promptTokens())
            .put("completionTokens", one.completionTokens())
            .put("tokensPerSecond", one.tokensPerSecond())
            .put("firstMillis", one.firstMillis())
            .put("typicalMillis", one.typicalMillis())
            .put("slowMillis", one.slowMillis())
            .put("cost", one.cost())
            .put("sentBytes", one.sentBytes())
            .put("sentRequests", one.sentRequests());
    one.costPerSuccess().ifPresent(cost -> json.put("costPerSuccess", cost));
    return json;
  }

  private static ObjectNode write(JudgeSummary judge) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("judge", judge.judge())
            .put("digest", judge.digest())
            .put("pairs", judge.pairs())
            .put("consistent", judge.consistent())
            .put("first", judge.first())
            .put("second", judge.second())
            .put("longer", judge.longer())
            .put("unequal", judge.unequal())
            .put("unclear", judge.unclear());
    judge
        .calibration()
        .ifPresent(kappa -> json.put("kappa", kappa.kappa()).put("labels", kappa.labels()));
    judge.warnings().forEach(json.putArray("warnings")::add);
    return json;
  }

  /// What a reader of a pack computes with.
  ///
  /// @param verdicts as stated, to be compared
  record Read(
      Benchmark benchmark,
      ProofSettings settings,
      List<Contestant> contestants,
      ScoreTable table,
      List<String> verdicts) {

    /// Computes the scores again from the answers, where no model, program or person is needed.
    ///
    /// @return whether that was possible
    /// @throws dev.freehold.chat.MalformedFile where they are not those stated
    boolean regrade(Path file, List<Attempt> attempts, List<Judgement> judgements) {
      Proof bare =
          new Proof(
              benchmark,
              settings,
              contestants,
              attempts,
              judgements,
              Optional.empty(),
              table,
              List.of(),
              List.of(),
              "",
              Instant.EPOCH);
      if (!bare.regradable()) {
        return false;
      }
      ScoreTable again =
          new Marks(
                  benchmark,
                  settings,
                  attempts,
                  judgements,
                  Labels.NONE,
                  new Grading(Instruments.none()))
              .table(contestants);
      if (!PackJson.write(again).equals(PackJson.write(table))) {
        throw EvidencePack.broken(file, "states scores that do not follow from its answers");
      }
      return true;
    }
  }

  static Read read(Path file, JsonNode json, List<JsonNode> benchmarkLines) {
    try {
      Benchmark benchmark = benchmark(benchmarkLines);
      if (!benchmark.digest().equals(json.path("benchmark").path("digest").asString(""))) {
        throw EvidencePack.broken(file, "holds another benchmark than it names");
      }
      List<Contestant> contestants = new ArrayList<>();
      json.path("contestants").forEach(one -> contestants.add(ProofJson.contestant(one)));
      List<String> verdicts = new ArrayList<>();
      json.path("verdicts").forEach(one -> verdicts.add(one.toString()));
      return new Read(
          benchmark,
          ProofJson.settings(json.path("settings")),
          contestants,
          table(benchmark, json.path("scores")),
          verdicts);
    } catch (FreeholdException e) {
      throw new dev.freehold.chat.MalformedFile(file.toString(), -1, e.getMessage(), e);
    }
  }

  private static Benchmark benchmark(List<JsonNode> lines) {
    JsonNode head = lines.getFirst();
    return new Benchmark(
        BenchmarkJson.text(head, "benchmark"),
        head.path("version").asInt(1),
        GraderJson.read(head.path("grader")),
        lines.stream().skip(1).map(BenchmarkJson::read).toList());
  }

  private static ScoreTable table(Benchmark benchmark, JsonNode json) {
    Map<String, List<double[]>> scores = new LinkedHashMap<>();
    List<String> ids = new ArrayList<>();
    for (JsonNode one : json.path("cases")) {
      ids.add(one.path("id").asString(""));
      for (Map.Entry<String, JsonNode> entry : one.path("scores").properties()) {
        double[] runs = new double[entry.getValue().size()];
        Arrays.setAll(runs, i -> entry.getValue().get(i).doubleValue());
        scores.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>()).add(runs);
      }
    }
    if (!ids.equals(benchmark.cases().stream().map(Case::id).toList())) {
      throw new dev.freehold.chat.InvalidRequest("scores are of other cases", "scores");
    }
    Map<String, double[][]> table = new LinkedHashMap<>();
    scores.forEach((name, rows) -> table.put(name, rows.toArray(double[][]::new)));
    return new ScoreTable(
        ids,
        benchmark.cases().stream().map(Case::conversation).toList(),
        benchmark.cases().stream().map(Case::slices).toList(),
        json.path("binary").asBoolean(),
        table);
  }
}
